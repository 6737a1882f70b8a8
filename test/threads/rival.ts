/** Tries to send on a channel each time it is told to, without a turn of its event loop, and says what came of it. */
import { workerData } from "node:worker_threads";
import { memory } from "../../src/threads/memory/memory.ts";
import type { SharedChan } from "../../src/threads/shared/chan.ts";
import "../../src/threads/shared/chan.ts";
import { take } from "../../src/threads/values/slot.ts";
import { ready } from "./child.ts";

const { slot, word, times } = workerData as { slot: number; word: number; times: number };
const ch = take(slot) as SharedChan<string>;
ready();
for (let i = 0; i < times; i++) {
  while (Atomics.load(memory.i32, word) !== 1) Atomics.wait(memory.i32, word, Atomics.load(memory.i32, word), 100);
  Atomics.store(memory.i32, word, ch.trySend("shared") ? 2 : 3);
}
