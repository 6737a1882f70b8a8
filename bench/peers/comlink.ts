import { Worker } from "node:worker_threads";
import { wrap } from "comlink";
import nodeEndpoint from "comlink/dist/esm/node-adapter.mjs";
import { check, type Program, sumTo, THREADS } from "../program.ts";
import { taskPrograms } from "../promises/tasks.ts";

interface Api {
  fib(n: number): number;
  same(value: number): number;
}

const start = () => wrap<Api>(nodeEndpoint(new Worker(new URL("worker-comlink.mjs", import.meta.url))));

let api: ReturnType<typeof start> | undefined;

const roundTrip: Program = async (n) => {
  api ??= start();
  let sum = 0;
  for (let i = 1; i <= n; i++) sum += await api.same(i);
  check(sum, sumTo(n));
};

/** It has no pool: the workers take turns. */
export default {
  ...taskPrograms(() => {
    const workers = Array.from({ length: THREADS }, start);
    let turn = 0;
    return (k) => (workers[turn++ % THREADS] as ReturnType<typeof start>).fib(k);
  }),
  "round-trip": roundTrip,
};
