/** How findings speak of times and goroutines. */
import type { Model } from "../model/model.ts";
import type { Routine } from "../model/routines.ts";

/** "130 ms", "2.3 s", "5 min". */
export function forTime(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${(ms / 1_000).toFixed(1)} s`;
  return `${Math.round(ms / 60_000)} min`;
}

/** "goroutine 7 (worker)". */
export function who(model: Model, key: number): string {
  const routine = model.routines.get(key);
  return routine === undefined ? `goroutine ${key % 2 ** 32}` : whoIs(routine);
}

export function whoIs({ g, name }: Routine): string {
  return name === "" ? `goroutine ${g}` : `goroutine ${g} (${name})`;
}

/** "1 waits", "40 wait". */
export const count = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`;

/** ", started at pool.ts:12", where that is known. */
export const startedAt = (origin: string): string => (origin === "" ? "" : `, started at ${origin}`);
