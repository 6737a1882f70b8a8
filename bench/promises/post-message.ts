/** Bare `postMessage`: all of it is posted at once, so nothing holds back who is faster. */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { check, item, PACK, type Program, type Programs, sumTo, THREADS } from "../program.ts";
import { taskPrograms } from "./tasks.ts";

const start = (): Worker => new Worker(new URL("post-message-worker.mjs", import.meta.url));

/** Every answer finds its task by its number; the workers take turns. */
function pool(): (k: number) => Promise<number> {
  const waiting = new Map<number, (value: number) => void>();
  const workers = Array.from({ length: THREADS }, () =>
    start().on("message", ({ id, value }: { id: number; value: number }) => {
      waiting.get(id)?.(value);
      waiting.delete(id);
    }),
  );
  let next = 0;
  return (k) =>
    new Promise((resolve) => {
      const id = next++;
      waiting.set(id, resolve);
      workers[id % THREADS]?.postMessage({ id, fib: k });
    });
}

let two: readonly Worker[] | undefined;

/** Bare: the answers are added up, and nobody asks which task they are of. */
const tasks: Program = async (n) => {
  two ??= Array.from({ length: THREADS }, start);
  const workers = two;
  let sum = 0;
  await new Promise<void>((resolve) => {
    let left = n;
    const answered = (value: number) => {
      sum += value;
      if (--left === 0) resolve();
    };
    for (const each of workers) each.removeAllListeners("message").on("message", answered);
    for (let i = 0; i < n; i++) workers[i % THREADS]?.postMessage(1);
  });
  check(sum, n);
};

let worker: Worker | undefined;

/** `n` values in messages of `size`, which the worker adds up. */
function oneWay(size: number, message: (i: number) => unknown): Program {
  return async (n) => {
    worker ??= start();
    const sum = once(worker, "message");
    worker.postMessage({ count: n });
    for (let i = 1; i <= n; i += size) worker.postMessage(message(i));
    check(((await sum) as [number])[0], sumTo(n));
  };
}

const programs: Programs = {
  ...taskPrograms(pool),
  tasks,
  numbers: oneWay(1, (i) => i),
  "numbers-packed": oneWay(PACK, (i) => Array.from({ length: PACK }, (_, k) => i + k)),
  objects: oneWay(1, item),
  "objects-packed": oneWay(PACK, (i) => Array.from({ length: PACK }, (_, k) => item(i + k))),
  "round-trip": async (n) => {
    worker ??= start();
    const w = worker;
    let sum = 0;
    await new Promise<void>((resolve) => {
      let i = 1;
      const answered = ({ value }: { value: number }) => {
        sum += value;
        if (i === n) {
          w.off("message", answered);
          resolve();
        } else w.postMessage({ echo: ++i });
      };
      w.on("message", answered);
      w.postMessage({ echo: i });
    });
    check(sum, sumTo(n));
  },
};

export default programs;
