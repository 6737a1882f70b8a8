/** The scheduler's figures of one thread: how busy it was in the last second, who held it longest. */
import type { ThreadRow } from "../protocol.ts";
import { goroutineId } from "./ids.ts";

/** Milliseconds a bucket, and how many of them make the second. */
const BUCKET = 50;
const BUCKETS = 20;

/** A goroutine that did not yield for long. */
export interface Slice {
  readonly key: number;
  readonly start: number;
  readonly ms: number;
}

/** From here on a stretch is remembered as long, in milliseconds. */
const LONG = 50;
const MOST_LONG = 50;

export class Figures {
  readonly thread: number;
  readonly #busy = new Float64Array(BUCKETS);
  readonly #switches = new Float64Array(BUCKETS);
  /** The number of the newest bucket. */
  #now = 0;
  #longest: Slice = { key: 0, start: 0, ms: 0 };
  /** The latest long ones. */
  long: Slice[] = [];

  constructor(thread: number) {
    this.thread = thread;
  }

  /** A stretch in which `key` ran has ended. */
  ran(key: number, start: number, end: number): void {
    const ms = end - start;
    if (ms > this.#longest.ms) this.#longest = { key, start, ms };
    if (ms >= LONG) {
      this.long.push({ key, start, ms });
      if (this.long.length > MOST_LONG) this.long.shift();
    }
    this.#advance(end);
    for (let at = Math.max(start, (this.#now - BUCKETS + 1) * BUCKET); at < end; ) {
      const bucket = Math.floor(at / BUCKET);
      const next = Math.min(end, (bucket + 1) * BUCKET);
      this.#add(this.#busy, bucket, next - at);
      if (next <= at) break;
      at = next;
    }
  }

  resumed(time: number): void {
    this.#advance(time);
    this.#add(this.#switches, Math.floor(time / BUCKET), 1);
  }

  #add(to: Float64Array, bucket: number, n: number): void {
    if (bucket > this.#now - BUCKETS) to[bucket % BUCKETS] = (to[bucket % BUCKETS] as number) + n;
  }

  #advance(time: number): void {
    const bucket = Math.floor(time / BUCKET);
    if (bucket <= this.#now) return;
    for (let i = Math.max(this.#now + 1, bucket - BUCKETS + 1); i <= bucket; i++) {
      this.#busy[i % BUCKETS] = 0;
      this.#switches[i % BUCKETS] = 0;
    }
    this.#now = bucket;
  }

  /** As of `now`; `running` is when the goroutine that runs now began, if one does. */
  row(now: number, goroutines: number, runnable: number, running: number | null): ThreadRow {
    this.#advance(now);
    const sum = (of: Float64Array): number => of.reduce((a, b) => a + b, 0);
    const second = BUCKET * BUCKETS;
    const current = running === null ? 0 : Math.min(second, Math.max(0, now - running));
    const { key, ms } = this.#longest;
    return {
      thread: this.thread,
      goroutines,
      runnable,
      busy: Math.min(1, (sum(this.#busy) + current) / Math.max(1, Math.min(second, now))),
      switches: sum(this.#switches),
      longest: ms,
      longestBy: key === 0 ? "" : goroutineId(key),
    };
  }
}
