/** Numbers and times as people read them. */

/** A duration in milliseconds: `4 µs`, `12 ms`, `2.3 s`, `4 min 10 s`. */
export function duration(ms: number): string {
  if (!(ms > 0)) return "0 ms";
  if (ms < 0.001) return `${trim(ms * 1e6, 3)} ns`;
  if (ms < 1) return `${trim(ms * 1000, 3)} µs`;
  if (ms < 1000) return `${trim(ms, 3)} ms`;
  if (ms < 60_000) return `${trim(ms / 1000, 3)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

/** A point in time, in milliseconds since the beginning, as seconds: `12.345 s`. */
export function point(ms: number): string {
  return `${(ms / 1000).toFixed(3)} s`;
}

export function count(n: number): string {
  return Math.round(n).toLocaleString("en");
}

/** `1 goroutine`, `2,000 goroutines`. */
export function several(n: number, noun: string): string {
  return `${count(n)} ${noun}${n === 1 ? "" : "s"}`;
}

/** At most `digits` of it, without zeros that say nothing. */
function trim(x: number, digits: number): string {
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(Math.max(x, 1))));
  return String(Number(x.toFixed(Math.min(decimals, 2))));
}
