/**
 * How goroutines and things are called between model and viewer, and how the events call them.
 *
 * A goroutine's number is unique in its run over all threads, so it keeps its name when it moves to another. Channels and
 * local locks have numbers of their own on each thread.
 */
import type { GoroutineId, ThingId, ThingRow } from "../protocol.ts";

/** A goroutine in one number. */
export const keyOf = (run: number, g: number): number => run * 2 ** 32 + g;

export const goroutineId = (key: number): GoroutineId => `${Math.floor(key / 2 ** 32)}/${key % 2 ** 32}`;

/** The number of the goroutine with that name; null where it is none. */
export function keyOfId(id: string): number | null {
  const match = /^(\d{1,9})\/(\d{1,9})(?:@\d+)?$/.exec(id);
  return match === null ? null : keyOf(Number(match[1]), Number(match[2]));
}

const at = (thread: number): string => (thread === 0 ? "" : `@${thread}`);

export const channelId = (chan: number, thread: number): ThingId => `chan/${chan}${at(thread)}`;

export const timerId = (run: number, timer: number, thread: number): ThingId => `timer/${run}.${timer}${at(thread)}`;

const NUMBERED = /^(Shared)?(Mutex|RWMutex|WaitGroup|Cond|Semaphore) (\d+)(?: ".*")?$/s;
const GOROUTINE = /^goroutine (\d+)\.(\d+)$/;

/** What the events call `label`. */
export function thingId(label: string, thread: number): ThingId | GoroutineId {
  const goroutine = GOROUTINE.exec(label);
  if (goroutine !== null) return `${goroutine[1]}/${goroutine[2]}`;
  const numbered = NUMBERED.exec(label);
  if (numbered === null) return `lock/${label}`;
  const [, shared, kind = "", n] = numbered;
  return shared === undefined ? `${kind.toLowerCase()}/${n}${at(thread)}` : `shared${kind.toLowerCase()}/${n}`;
}

/** What sort of thing `label` is, as far as its name tells; `reason` is why somebody waits for it. */
export function thingKind(label: string, reason: string): ThingRow["kind"] {
  const numbered = NUMBERED.exec(label);
  if (numbered !== null) return (numbered[2] as string).toLowerCase() as ThingRow["kind"];
  if (reason.startsWith("sync.")) return (reason.split(".")[1] as string).toLowerCase() as ThingRow["kind"];
  return reason === "semacquire" ? "semaphore" : reason === "" ? "mutex" : "other";
}

/** FILE:LINE out of a frame, `name (FILE:LINE:COLUMN)` or `FILE:LINE:COLUMN`. */
export function lineOf(frame: string): string {
  const place = frame.endsWith(")") ? frame.slice(frame.lastIndexOf("(") + 1, -1) : frame;
  return /^(.+?:\d+)(?::\d+)?$/.exec(place)?.[1] ?? place;
}
