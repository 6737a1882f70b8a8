/** Who started the goroutines of a run, and where. */
import type { Creator, G } from "./g.ts";
import { callSite } from "./traceback.ts";

export class Origins {
  /** The creator of the goroutine started last: mostly also that of the next. */
  #last: Creator | null = null;
  #sites: WeakMap<G, string> | null = null;

  creator(by: G | null): Creator | null {
    let creator: Creator | null = null;
    if (by !== null) creator = this.#last?.id === by.id ? this.#last : { id: by.id, name: by.name };
    this.#last = creator;
    return creator;
  }

  /** Notes where `g` is started: where the program called `from`, through `between` functions of the library. */
  note(g: G, from: (...args: never[]) => unknown, between: number): void {
    this.#sites ??= new WeakMap();
    this.#sites.set(g, callSite(from, between));
  }

  siteOf(g: G): string | undefined {
    return this.#sites?.get(g);
  }
}
