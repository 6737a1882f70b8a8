/**
 * The last events, in words when somebody reads them.
 *
 * Bounded: `MOST` events of 64 bytes and their texts. They are numbered from 1 on; the oldest chunk goes as a whole.
 */

import type { Chunk, Entry } from "../../trace/chunk.ts";
import { keyOf } from "../../trace/timeline.ts";
import type { LoggedEvent } from "../protocol.ts";

const MOST = 131_072;

interface Page {
  readonly chunk: Chunk;
  readonly thread: number;
  /** The number of its first event. */
  readonly first: number;
}

/** Says in words what happened. */
export type Words = (entry: Entry, thread: number) => Omit<LoggedEvent, "n" | "at">;

export class Log {
  #pages: Page[] = [];
  #count = 0;
  #kept = 0;
  readonly #words: Words;
  /** Time 0, in milliseconds of the events' clock. */
  readonly #origin: number;

  constructor(words: Words, origin: number) {
    this.#words = words;
    this.#origin = origin;
  }

  /** All that there have been. */
  get count(): number {
    return this.#count;
  }

  get forgotten(): number {
    return this.#count - this.#kept;
  }

  /** Adds a chunk, which does not change any more. */
  add(chunk: Chunk, thread: number): void {
    this.#pages.push({ chunk, thread, first: this.#count + 1 });
    this.#count += chunk.length;
    this.#kept += chunk.length;
    while (this.#kept > MOST && this.#pages.length > 1) this.#kept -= (this.#pages.shift() as Page).chunk.length;
  }

  /** At most `limit` events after number `after`; the newest where that is -1. */
  read(after: number, limit: number): LoggedEvent[] {
    const from = Math.max(after < 0 ? this.#count - limit : after, this.forgotten);
    const found: LoggedEvent[] = [];
    let at = this.#pages.findIndex(({ first, chunk }) => first + chunk.length > from + 1);
    for (; at >= 0 && at < this.#pages.length && found.length < limit; at++) {
      const { chunk, thread, first } = this.#pages[at] as Page;
      const start = Math.max(0, from + 1 - first);
      let n = first + start;
      chunk.read((entry) => found.push(this.#event(entry, thread, n++)), start, start + limit - found.length);
    }
    return found;
  }

  /** The last events of a goroutine, newest last. */
  of(key: number, limit: number): LoggedEvent[] {
    const found: LoggedEvent[][] = [];
    let wanted = limit;
    for (let at = this.#pages.length - 1; at >= 0 && wanted > 0; at--) {
      const { chunk, thread, first } = this.#pages[at] as Page;
      const here: LoggedEvent[] = [];
      let n = first;
      chunk.read((entry) => {
        if (keyOf(entry.run, entry.g) === key) here.push(this.#event(entry, thread, n));
        n++;
      });
      found.unshift(here.slice(-wanted));
      wanted -= Math.min(wanted, here.length);
    }
    return found.flat();
  }

  #event(entry: Entry, thread: number, n: number): LoggedEvent {
    return { n, at: entry.time - this.#origin, ...this.#words(entry, thread) };
  }
}
