/**
 * The least that brings numbers to another thread in shared memory: a ring with one sender and one receiver, who block when
 * it is full or empty. It has no close, no select, and no goroutine that could go on meanwhile.
 */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { CAPACITY, check, type Programs, sumTo } from "../program.ts";
import { Ring } from "./shared-ring.mjs";

let sender: { readonly worker: Worker; readonly ring: Ring } | undefined;

function start(): { readonly worker: Worker; readonly ring: Ring } {
  const ring = new Ring(CAPACITY);
  return { ring, worker: new Worker(new URL("shared-ring-worker.mjs", import.meta.url), { workerData: ring.memory }) };
}

const programs: Programs = {
  async numbers(n) {
    sender ??= start();
    const { worker, ring } = sender;
    const sum = once(worker, "message");
    worker.postMessage(n);
    for (let i = 1; i <= n; i++) ring.send(i);
    check(((await sum) as [number])[0], sumTo(n));
  },
};

export default programs;
