/** What the tour remembers: edits, by lesson, and which lessons' programs have run. In this browser only. */

const KEY = "millrace-tour";

function read(key: string): string | null {
  try {
    return localStorage.getItem(`${KEY}:${key}`);
  } catch {
    return null; // a browser that keeps nothing
  }
}

function write(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(`${KEY}:${key}`);
    else localStorage.setItem(`${KEY}:${key}`, value);
  } catch {
    // Then it is for this page only.
  }
}

/** What somebody has made of a lesson's program; null when nothing. */
export const editOf = (slug: string): string | null => read(`edit:${slug}`);

export const keepEdit = (slug: string, code: string | null): void => write(`edit:${slug}`, code);

export function done(): ReadonlySet<string> {
  return new Set((read("done") ?? "").split(" ").filter((slug) => slug !== ""));
}

export function keepDone(slugs: ReadonlySet<string>): void {
  write("done", slugs.size === 0 ? null : [...slugs].join(" "));
}
