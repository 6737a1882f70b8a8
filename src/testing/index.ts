/**
 * Tests of concurrent programs: a clock that jumps, every schedule, leaks, data races.
 *
 * @module millrace/testing
 */
export { type Access, BubbleError, OutsideError, RaceError } from "../runtime/panic.ts";
export { type BubbleOptions, bubble, settle } from "./bubble.ts";
export { EndlessError, ExploreError, type FailureKind, NotDeterministicError, UnexplorableError } from "./errors.ts";
export { type Explored, type ExploreOptions, explore } from "./explore.ts";
export { type LeakOptions, leaks, noLeaks, type TestHooks } from "./leaks.ts";
export { type RaceOptions, race } from "./race.ts";
export { replay } from "./replay.ts";
