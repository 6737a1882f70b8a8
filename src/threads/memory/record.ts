/**
 * An isolate's record in shared memory: what others read of it, where they reach it, and what it owns.
 *
 * Words that several isolates write stand on cache lines of their own. The place of a record follows from the isolate's
 * number, which a new isolate takes over from a dead one, with all that the record owns.
 */

/** The most threads there can be, main included. */
export const MAX_ISOLATES = 256;
/** Words of a record. */
export const RECORD = 512;
const RECORDS = 1024;

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

/** Whether it sleeps: `RUNNING` or `PARKED`. */
export const PARK = 0;
/** What became of it: `FREE`, `BUSY`, `LIVE`, `STOPPING`. */
export const STATE = 1;
/** How many isolates have had this record: with it, a lock knows whether its owner still lives. */
export const GENERATION = 2;
/** 1 once it was told to end: it takes no more tasks. */
export const LEAVING = 3;
/** Messages for it, newest first, to be taken as a whole. */
export const INBOX = 16;
/** Its blocks that others have freed, to be taken as a whole. */
export const RFREE = 32;
/** The lock it is about to take, or has taken last. */
export const WANTED = 48;
/** The locks it holds besides, linked through the locked objects. */
export const HELD = 49;
/** The chunk that it carves blocks from. */
export const CURSOR = 50;
export const CHUNK_END = 51;
/** Waiters it has taken off queues and not woken yet, oldest first. */
export const SERVING = 52;
export const SERVING_LAST = 53;
/** Its sudogs: the free ones, and all there are. */
export const SUDOGS = 54;
export const ALL_SUDOGS = 55;
/** What its program holds of the shared objects. */
export const HOLDS = 56;
/** Odd while it runs goroutines, and another number each time it could have done something else: a monitor looks at it. */
export const HEARTBEAT = 64;
/** Its queue of tasks that have not started. */
export const RUNQ_HEAD = 80;
export const RUNQ_TAIL = 96;
/** From here 64 words: its free blocks by size. */
export const FREELIST = 112;
/** From here 64 words for the scheduler. */
export const SCHED = 176;
/** The round in which its event loop was found dry and since when it has taken nothing; else 0. Only it writes this. */
export const DRY: number = SCHED;
/** What the host calls its thread, plus one. */
export const THREAD_ID: number = SCHED + 24;
/** The name of the module that it is importing, as a pointer; 0 for none. */
export const IMPORTS: number = SCHED + 34;
/** From here the ring of the queue of tasks, 256 words. */
export const RUNQ = 256;

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
