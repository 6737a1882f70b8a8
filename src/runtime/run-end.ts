/** What happens when a run ends. */
import { m } from "./m.ts";
import type { P } from "./proc.ts";

const endings = new WeakMap<P, Set<() => void>>();

/**
 * Calls `fn`, which must not throw, when `p` ends; now, if it has. Gives what takes that back. The default run never ends,
 * so what is open there is not kept in mind, and can be collected.
 */
export function whenOver(p: P, fn: () => void): () => void {
  if (p.over) fn();
  if (p.over || p === m.fallback) return () => {};
  const all = endingsOf(p);
  all.add(fn);
  return () => void all.delete(fn);
}

/** What happens when `p` ends. */
export function endingsOf(p: P): Set<() => void> {
  let all = endings.get(p);
  if (all === undefined) {
    const each = new Set<() => void>();
    p.atEnd.push(() => {
      for (const fn of each) fn();
    });
    endings.set(p, each);
    all = each;
  }
  return all;
}
