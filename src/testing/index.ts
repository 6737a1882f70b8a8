export { type Access, BubbleError, OutsideError, RaceError } from "../runtime/panic.ts";
export { type BubbleOptions, bubble, settle } from "./bubble.ts";
export { type LeakOptions, leaks, noLeaks, type TestHooks } from "./leaks.ts";
export { type RaceOptions, race } from "./race.ts";
