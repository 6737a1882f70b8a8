/**
 * How goroutines and things are called between model and viewer, and how the events call them.
 *
 * A goroutine's number is unique in its run over all threads, so it keeps its name when it moves to another. Channels and
 * local locks have numbers of their own on each thread.
 */

import type { ToldThing } from "../../runtime/types.ts";
import { keyOf } from "../../trace/timeline.ts";
import type { GoroutineId, ThingId, ThingRow } from "../protocol.ts";

export const goroutineId = (key: number): GoroutineId => `${Math.floor(key / 2 ** 32)}/${key % 2 ** 32}`;

/** The number of the goroutine with that name; null where it is none. */
export function keyOfId(id: string): number | null {
  const match = /^(\d{1,9})\/(\d{1,9})(?:@\d+)?$/.exec(id);
  return match === null ? null : keyOf(Number(match[1]), Number(match[2]));
}

const at = (thread: number): string => (thread === 0 ? "" : `@${thread}`);

export const channelId = (chan: number, thread: number): ThingId => `chan/${chan}${at(thread)}`;

export const timerId = (run: number, timer: number, thread: number): ThingId => `timer/${run}.${timer}${at(thread)}`;

/** What there are rows for. */
const ROWS: Readonly<Record<string, ThingRow["kind"]>> = {
  Mutex: "mutex",
  SharedMutex: "mutex",
  Once: "mutex",
  RWMutex: "rwmutex",
  WaitGroup: "waitgroup",
  SharedWaitGroup: "waitgroup",
  Cond: "cond",
  Semaphore: "semaphore",
  SharedSemaphore: "semaphore",
};

/** Things for all threads, whose numbers are the same on each. */
const SHARED: ReadonlySet<string> = new Set(["SharedMutex", "SharedWaitGroup", "SharedSemaphore"]);

/** What model and viewer call a thing that the events call `label`. */
export function thingId({ kind, id, run }: ToldThing, label: string, thread: number): ThingId | GoroutineId {
  if (kind === "chan") return channelId(id, thread);
  if (kind === "goroutine") return goroutineId(keyOf(run, id));
  if (ROWS[kind] === undefined || kind === "Once" || id === 0) return `lock/${label}`;
  return `${kind.toLowerCase()}/${id}${SHARED.has(kind) ? "" : at(thread)}`;
}

/** What sort of row stands for a thing. */
export const rowKind = ({ kind }: ToldThing): ThingRow["kind"] => ROWS[kind] ?? "other";
