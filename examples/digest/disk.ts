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

let wary = 0;
let blocksRead = process.resourceUsage().fsRead;

/** What `here` or `pool` answers, which ask the same thing, the one on this thread and the other on the pool. */
export function* ask<T>(here: () => T, pool: () => Promise<T>): Go<T> {
  if (wary > 0) {
    wary--;
    return (yield* wait(pool())) as T;
  }
  const start = performance.now();
  try {
    return here();
  } finally {
    if (performance.now() - start > SLOW && diskWasRead()) wary = WARY;
  }
}

/** Whether the disk was read since last asked. A slow answer alone says little: other processes want the processor too. */
function diskWasRead(): boolean {
  const before = blocksRead;
  blocksRead = process.resourceUsage().fsRead;
  return blocksRead > before;
}
