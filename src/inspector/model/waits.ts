/** What a goroutine waits for, read out of the text that a recorded event has of it (see `trace/chunk.ts`). */
import type { WaitReason } from "../../runtime/op.ts";
import type { GoroutineId, ThingId } from "../protocol.ts";
import { channelId, thingId, thingKind } from "./ids.ts";

/** One thing that is waited for. */
export interface Awaited {
  readonly reason: string;
  readonly id: ThingId | GoroutineId;
  /** The name that the events have for it; empty for a channel. */
  readonly label: string;
  readonly kind: "chan" | "goroutine" | ReturnType<typeof thingKind>;
}

export interface Wait {
  readonly reason: string;
  /** As the events have it, with the cases of a select. */
  readonly text: string;
  /** Those with a name: of a select, its cases. */
  readonly things: readonly Awaited[];
  readonly on: readonly (ThingId | GoroutineId)[];
  readonly select: boolean;
}

const KNOWN: Readonly<Record<WaitReason, true>> = {
  "chan receive": true,
  "chan receive (nil chan)": true,
  "chan send": true,
  "chan send (nil chan)": true,
  select: true,
  "select (no cases)": true,
  sleep: true,
  "sync.Mutex.Lock": true,
  "sync.RWMutex.RLock": true,
  "sync.RWMutex.Lock": true,
  "sync.WaitGroup.Wait": true,
  "sync.Cond.Wait": true,
  semacquire: true,
  errgroup: true,
  "rate limit": true,
  join: true,
  promise: true,
  await: true,
  "runtime.Gosched": true,
  "runtime.Goexit": true,
  "remote receive": true,
  "remote send": true,
  "remote call": true,
  settle: true,
  bubble: true,
};
/** Longest first, because one is the beginning of another. */
const REASONS = Object.keys(KNOWN).sort((a, b) => b.length - a.length);

/** What the events call things for all threads, by why they are waited for. */
const SHARED: Readonly<Record<string, string>> = {
  "sync.Mutex.Lock": "SharedMutex",
  "sync.WaitGroup.Wait": "SharedWaitGroup",
  semacquire: "SharedSemaphore",
};

/** Texts that are remembered. */
const MOST = 20_000;

export const NOTHING: Wait = { reason: "", text: "", things: [], on: [], select: false };

/** The one that says only why. */
export const waitOnly = (reason: string): Wait => ({ ...NOTHING, reason, text: reason });

/** Reads waits on one thread. */
export class Waits {
  readonly #thread: number;
  readonly #known = new Map<string, Wait>();

  constructor(thread: number) {
    this.#thread = thread;
  }

  /** `chan` is the channel of a plain wait. */
  read(text: string, chan: number): Wait {
    const key = chan === 0 ? text : `${text} #${chan}`;
    let wait = this.#known.get(key);
    if (wait === undefined) {
      if (this.#known.size >= MOST) this.#known.clear();
      wait = this.#parse(key);
      this.#known.set(key, wait);
    }
    return wait;
  }

  #parse(text: string): Wait {
    const select = text.startsWith("select: ");
    const things = (select ? text.slice("select: ".length).split(", ") : [text])
      .map((part) => this.#thing(part))
      .filter((thing) => thing !== null);
    const reason = select ? "select" : reasonOf(text);
    return { reason, text, things, on: [...new Set(things.map((thing) => thing.id))], select };
  }

  #thing(text: string): Awaited | null {
    const reason = reasonOf(text);
    const number = text.slice(reason.length + 1);
    // A lock for all threads has a number as a channel has.
    const shared = number.startsWith("#") ? SHARED[reason] : undefined;
    const name = shared === undefined ? number : `${shared} ${number.slice(1)}`;
    if (name === "") return null;
    if (name.startsWith("#")) {
      return { reason, id: channelId(Number(name.slice(1)), this.#thread), label: "", kind: "chan" };
    }
    const kind = name.startsWith("goroutine ") ? "goroutine" : thingKind(name, reason);
    return { reason, id: thingId(name, this.#thread), label: name, kind };
  }
}

/** The reason that a text begins with; all of it where it is none. */
export function reasonOf(text: string): string {
  return REASONS.find((reason) => text.startsWith(reason)) ?? text;
}
