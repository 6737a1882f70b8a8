/** Where a person is: the panel and what is selected, kept in the address's hash, so that Back and a copied link work. */
import { useEffect, useState } from "preact/hooks";
import { type Place, readPlace, writePlace } from "./address.ts";

export function usePlace(panels: readonly string[]): [Place, (to: Partial<Place>) => void] {
  const [place, setPlace] = useState(() => readPlace(location.hash, panels));
  useEffect(() => {
    const read = (): void => setPlace(readPlace(location.hash, panels));
    addEventListener("hashchange", read);
    return () => removeEventListener("hashchange", read);
  }, []);
  const go = (to: Partial<Place>): void => {
    const next = { ...readPlace(location.hash, panels), ...to };
    // At once, and not when the browser says so: two keys pressed quickly must not undo each other.
    location.hash = writePlace(next);
    setPlace(next);
  };
  return [place, go];
}
