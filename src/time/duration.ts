/**
 * Durations: milliseconds, as everywhere in JavaScript, with Go's constants so that Go code reads the same. They may have
 * fractions; `Infinity` is never; zero and less is at once.
 */
/** One millionth of a millisecond, in milliseconds: `3 * time.Nanosecond`. Source: https://pkg.go.dev/time#Duration */
export const Nanosecond = 1e-6;
/** One thousandth of a millisecond, in milliseconds. Source: https://pkg.go.dev/time#Duration */
export const Microsecond = 1e-3;
/** A millisecond: 1. Source: https://pkg.go.dev/time#Duration */
export const Millisecond = 1;
/** A second, in milliseconds: `2 * time.Second`. Source: https://pkg.go.dev/time#Duration */
export const Second = 1000;
/** A minute, in milliseconds. Source: https://pkg.go.dev/time#Duration */
export const Minute = 60_000;
/** An hour, in milliseconds. Source: https://pkg.go.dev/time#Duration */
export const Hour = 3_600_000;

/** A duration as Go writes it: `1h2m3.5s`, `1.5ms`, `0s`. Source: https://pkg.go.dev/time#Duration.String */
export function formatDuration(d: number): string {
  const ns = Math.round(Math.abs(d) * 1e6);
  const sign = d < 0 && ns > 0 ? "-" : "";
  if (ns === Infinity) return `${sign}Infinity`;
  if (ns === 0) return "0s";
  if (ns < 1e3) return `${sign}${ns}ns`;
  if (ns < 1e6) return `${sign}${ns / 1e3}µs`;
  if (ns < 1e9) return `${sign}${ns / 1e6}ms`;
  const hours = Math.floor(ns / 3.6e12);
  const minutes = Math.floor(ns / 6e10) % 60;
  const seconds = (ns % 6e10) / 1e9;
  return `${sign}${hours > 0 ? `${hours}h` : ""}${hours > 0 || minutes > 0 ? `${minutes}m` : ""}${seconds}s`;
}
