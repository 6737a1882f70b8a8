/** The page's colours as a canvas needs them: resolved for the theme. */

const NAMES = [
  "bg",
  "surface",
  "line",
  "text",
  "muted",
  "accent",
  "selected",
  "error",
  "span-running",
  "span-runnable",
  "span-blocked",
  "span-mixed",
  "on-span",
] as const;

export type Colours = Readonly<Record<(typeof NAMES)[number], string>>;

export function coloursOf(element: HTMLElement): Colours {
  const probe = element.appendChild(document.createElement("span"));
  const read = (name: string): string => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const colours = Object.fromEntries(NAMES.map((name) => [name, read(name)])) as Record<(typeof NAMES)[number], string>;
  probe.remove();
  return colours;
}

/** Calls `fn` whenever the theme may have changed. */
export function onTheme(fn: () => void): () => void {
  const media = matchMedia("(prefers-color-scheme: dark)");
  media.addEventListener("change", fn);
  const observer = new MutationObserver(fn);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  return () => {
    media.removeEventListener("change", fn);
    observer.disconnect();
  };
}
