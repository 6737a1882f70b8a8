/**
 * An isolate's record in shared memory, as code sees it: where it is, and what stands in it.
 *
 * The place of a record follows from the isolate's number, which a new isolate takes over from a dead one, with all that
 * the record owns.
 */
import { MAX_ISOLATES, RECORD, RECORDS } from "./layout.ts";

/** Where the record of an isolate is. */
export function recordOf(isolate: number): number {
  return RECORDS + isolate * RECORD;
}

/** What an isolate writes into a lock: never 0, its lowest bit free, and never the same for two isolates. */
export function keyOf(isolate: number, generation: number): number {
  return (((generation << 8) | isolate) + 1) << 1;
}

/** Who wrote it. */
export function isolateOf(key: number): number {
  return ((key >>> 1) - 1) & (MAX_ISOLATES - 1);
}

/** What `STATE` says. */
export const FREE = 0;
/** Somebody is setting it up or clearing up after it. */
export const BUSY = 1;
export const LIVE = 2;
/** It was told to go, or is gone, and was not cleared up yet: whoever waits for a lock of its need not wait for long. */
export const STOPPING = 3;

/** What `PARK` says. */
export const RUNNING = 0;
/** It sleeps in its event loop. */
export const PARKED = 1;
