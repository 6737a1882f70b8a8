/** Goroutines on other threads: what it costs to start one, and what two threads bring when there is work. */
import { type Go, type Goroutine, go, runtime } from "millrace";
import { parallel } from "millrace/threads";
import { sleep } from "millrace/time";
import { check, ENOUGH, FIB_ENOUGH, fib, THREADS } from "../program.ts";
import { onThreads } from "./threads.ts";

const one = parallel(import.meta, "bench.one", () => 1);
const fibonacci = parallel(import.meta, "bench.fibonacci", fib);

function* add(all: readonly Goroutine<number>[]): Go<number> {
  let sum = 0;
  for (const g of all) sum += yield* g.join();
  return sum;
}

function* fibs(n: number): Go {
  const all: Goroutine<number>[] = [];
  for (let i = 0; i < n; i++) all.push(go(fibonacci, ENOUGH));
  check(yield* add(all), n * FIB_ENOUGH);
}

export const fibOn1 = onThreads(1, fibs);
export const fibOn2 = onThreads(THREADS, fibs);

export const joined = onThreads(THREADS, function* (n) {
  const all: Goroutine<number>[] = [];
  for (let i = 0; i < n; i++) all.push(go(one));
  check(yield* add(all), n);
});

export const forgotten = onThreads(THREADS, function* (n) {
  const before = runtime.numGoroutine();
  for (let i = 0; i < n; i++) go(one);
  check(runtime.numGoroutine(), before + n);
  while (runtime.numGoroutine() > before) yield* sleep(1);
});

export const inTurn = onThreads(THREADS, function* (n) {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += yield* go(one).join();
  check(sum, n);
});
