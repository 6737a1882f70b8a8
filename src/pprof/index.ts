/**
 * Go's `runtime/pprof`: where a program's time goes, by goroutine function, line, channel and lock.
 *
 * @module millrace/pprof
 */
export type {
  ChannelRow,
  GoroutineRow,
  LockRow,
  Profile,
  ProfileName,
  Times,
  WaitRow,
} from "./profile.ts";
export { Profiler, type ProfilerOptions } from "./profiler.ts";
export type { Bar } from "./spread.ts";
