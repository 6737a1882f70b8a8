/**
 * Go's package `time`, as far as it is about waiting: `import * as time from "millrace/time"`.
 * Durations are milliseconds.
 *
 * @module millrace/time
 */
export { Hour, Microsecond, Millisecond, Minute, Nanosecond, Second } from "./duration.ts";
export { sleep } from "./sleep.ts";
export { Ticker, tick } from "./ticker.ts";
export { now, since, Time } from "./time.ts";
export { after, afterFunc, Timer } from "./timer.ts";
