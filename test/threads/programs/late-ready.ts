// A thread says that it is ready, and the first one reads it last of all, as on a machine with much to do.
import { MessageChannel as Host } from "node:worker_threads";
import { go, main, runtime } from "millrace";
import { parallel } from "millrace/threads";
import { sleep } from "millrace/time";

type Handler = (event: { readonly data: { readonly kind?: string } }) => void;
const late = (handler: Handler): Handler => {
  return (event) => {
    if (event.data.kind !== "ready") handler(event);
  };
};
globalThis.MessageChannel = class extends Host {
  constructor() {
    super();
    const listen = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(this.port1), "onmessage")?.set;
    Object.defineProperty(this.port1, "onmessage", { set: (fn: Handler) => listen?.call(this.port1, late(fn)) });
  }
} as never;

const hog = parallel(import.meta, "hog", (meeting: SharedArrayBuffer) => {
  Atomics.wait(new Int32Array(meeting), 0, 0);
});
const free = parallel(import.meta, "free", (meeting: SharedArrayBuffer) => {
  Atomics.store(new Int32Array(meeting), 0, 1);
  Atomics.notify(new Int32Array(meeting), 0);
  return "free";
});
/** Keeps its thread until the one that it starts has run on another. */
const pair = parallel(import.meta, "pair", function* (meeting: SharedArrayBuffer) {
  const g = go(free, meeting);
  Atomics.wait(new Int32Array(meeting), 0, 0);
  return yield* g.join();
});

main(function* () {
  const meeting = new SharedArrayBuffer(4);
  const first = go(hog, meeting);
  while (runtime.goroutines().every((g) => g.thread === undefined)) yield* sleep(1);
  console.log(yield* go(free, meeting).join());
  yield* first.join();
  console.log(yield* go(pair, new SharedArrayBuffer(4)).join());
});
