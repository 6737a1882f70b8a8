/**
 * Asking the file system. An answer that the kernel has in memory costs 2 µs on this thread and 20 µs by way of libuv's
 * pool of threads; but one that the disk must give would stop every goroutine here, while the pool gets several at a time.
 * Which of the two the next one is nobody knows, only that it is likely to be like the last. So: ask on this thread
 * until an answer came from the disk, then a few times on the pool, then try again.
 */
import { type Go, wait } from "millrace";

/** Milliseconds from which on an answer is slow enough to ask where it came from. */
const SLOW = 0.1;
/** How many questions the pool gets then. */
const WARY = 16;

export class Disk {
  /** How many more questions go to the pool. */
  wary = 0;
  readonly #now: () => number;
  /** Blocks that this process had to read from a disk. */
  readonly #blocksRead: () => number;
  #known: number;

  constructor(now: () => number, blocksRead: () => number) {
    this.#now = now;
    this.#blocksRead = blocksRead;
    this.#known = blocksRead();
  }

  /** What `here` or `pool` answers; both ask the same, one on this thread and one on the pool. Throws what they throw. */
  *ask<T>(here: () => T, pool: () => Promise<T>): Go<T> {
    if (this.wary > 0) {
      this.wary--;
      return (yield* wait(pool())) as T;
    }
    const start = this.#now();
    try {
      return here();
    } finally {
      if (this.#now() - start > SLOW && this.#wasRead()) this.wary = WARY;
    }
  }

  /** Whether the disk was read since last asked. To be slow alone says little: others want the processor too. */
  #wasRead(): boolean {
    const before = this.#known;
    this.#known = this.#blocksRead();
    return this.#known > before;
  }
}

export const disk: Disk = new Disk(
  () => performance.now(),
  () => process.resourceUsage().fsRead,
);
