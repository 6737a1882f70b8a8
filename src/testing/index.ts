/**
 * Tests of concurrent programs: a clock that jumps, every schedule, leaks, data races.
 *
 * @module millrace/testing
 */
export { type Access, BubbleError, OutsideError, RaceError } from "../runtime/panic.ts";
export { type BubbleOptions, bubble, settle } from "./bubble/bubble.ts";
export {
  EndlessError,
  ExploreError,
  type FailureKind,
  NotDeterministicError,
  UnexplorableError,
} from "./explore/errors.ts";
export { type Explored, type ExploreOptions, explore } from "./explore/explore.ts";
export { replay } from "./explore/replay.ts";
export { type LeakOptions, leaks, noLeaks, type TestHooks } from "./leaks.ts";
export { type RaceOptions, race } from "./race/race.ts";
