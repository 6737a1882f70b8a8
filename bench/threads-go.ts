/**
 * What it costs to start a goroutine on another thread, beside a message to a worker and its answer.
 *
 * `tsx bench/threads-go.ts` measures and prints a table: that is what `npm run bench` does. All sides are measured in turn
 * in each round, by the clock, because several threads work at a time; ratios are taken within a round.
 */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { isMainThread, threadId, Worker } from "node:worker_threads";
import { markdownTable } from "markdown-table";
import { type Go, go, run, runtime } from "millrace";
import { parallel } from "millrace/threads";
import { sleep } from "millrace/time";

const empty = parallel(import.meta, "bench.empty", () => {});
const same = parallel(import.meta, "bench.same", (n: number) => n);

function fib(n: number): number {
  return n < 2 ? n : fib(n - 1) + fib(n - 2);
}
const fibonacci = parallel(import.meta, "bench.fibonacci", fib);
/** The thread that computes it. */
const where = parallel(import.meta, "bench.where", (n: number) => {
  fib(n);
  return threadId;
});

const N = 100_000;
const ROUNDS = 5;
const THREADS = 2;

/** Answers what it gets. */
const ECHO = `
  const { parentPort } = require("node:worker_threads");
  parentPort.on("message", (value) => parentPort.postMessage(value));
`;

async function messages(worker: Worker): Promise<number> {
  const start = performance.now();
  await new Promise<void>((resolve) => {
    let left = N;
    worker.removeAllListeners("message");
    worker.on("message", () => --left === 0 && resolve());
    for (let i = 0; i < N; i++) worker.postMessage(i);
  });
  return performance.now() - start;
}

function onThreads<T>(threads: number, body: () => Go<T>): Promise<T> {
  runtime.gomaxprocs(threads);
  return run(body) as Promise<T>;
}

function* goroutines(): Go<{ forgotten: number; joined: number }> {
  yield* warm();
  let start = performance.now();
  for (let i = 0; i < N; i++) go(empty);
  while (runtime.numGoroutine() > 1) yield* sleep(1);
  const forgotten = performance.now() - start;
  start = performance.now();
  const all = [];
  for (let i = 0; i < N; i++) all.push(go(same, i));
  let sum = 0;
  for (const g of all) sum += yield* g.join();
  if (sum !== (N * (N - 1)) / 2) throw new Error(`wrong sum: ${sum}`);
  return { forgotten, joined: performance.now() - start };
}

/** Starts the threads, and lets V8 see the code. */
function* warm(): Go<void> {
  for (let i = 0; i < 3; i++) {
    const all = [];
    for (let j = 0; j < N / 10; j++) all.push(go(same, j));
    for (const g of all) yield* g.join();
  }
}

/** All by threads that run already: what their start takes is a line of its own. */
function* fibonaccis(threads: number): Go<number> {
  for (const seen = new Set<number>(); seen.size < threads; ) {
    const all = [];
    for (let i = 0; i < 2 * threads; i++) all.push(go(where, 27));
    for (const g of all) seen.add(yield* g.join());
  }
  const start = performance.now();
  for (let i = 0; i < 200; i++) go(fibonacci, 27);
  while (runtime.numGoroutine() > 1) yield* sleep(1);
  return performance.now() - start;
}

interface Idle {
  readonly ms: number;
  readonly bytes: number;
}

/** What one more thread takes: the median of some processes. */
function idle(name: string): Idle {
  const file = fileURLToPath(new URL(`./${name}.mjs`, import.meta.url));
  const all = Array.from({ length: ROUNDS }, () => {
    return JSON.parse(execFileSync(process.execPath, [file], { encoding: "utf8" })) as Idle;
  });
  return { ms: median(all.map(({ ms }) => ms)), bytes: median(all.map(({ bytes }) => bytes)) };
}

function beside(what: string, ours: number, theirs: number, unit: number, name: string): string[] {
  return [what, `${(ours / unit).toFixed(1)} ${name}`, `${(ours / theirs).toFixed(2)} × Piscina`, "< 1"];
}

const median = (values: number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] as number;
const us = (ms: number): string => ((ms * 1000) / N).toFixed(2);

if (isMainThread) {
  const echo = new Worker(ECHO, { eval: true });
  const rounds: { raw: number; forgotten: number; joined: number; one: number; two: number }[] = [];
  for (let i = 0; i < ROUNDS; i++) {
    const raw = await messages(echo);
    const { forgotten, joined } = await onThreads(THREADS, goroutines);
    const one = await onThreads(1, () => fibonaccis(1));
    const two = await onThreads(THREADS, () => fibonaccis(THREADS));
    rounds.push({ raw, forgotten, joined, one, two });
  }
  await echo.terminate();
  const thread = idle("idle-thread");
  const piscina = idle("idle-piscina");
  const of = (pick: (round: (typeof rounds)[number]) => number): number => median(rounds.map(pick));
  const ratio = (pick: (round: (typeof rounds)[number]) => number): string => of(pick).toFixed(2);
  console.log(
    markdownTable([
      ["", "measured", "ratio", "target"],
      ["postMessage and its answer, all in flight", `${us(of((r) => r.raw))} µs`, "", ""],
      [
        "`go` of an empty function, not joined",
        `${us(of((r) => r.forgotten))} µs`,
        `${ratio((r) => r.forgotten / r.raw)} × postMessage`,
        "≤ 0.17",
      ],
      [
        "`go`, joined with a result",
        `${us(of((r) => r.joined))} µs`,
        `${ratio((r) => r.joined / r.raw)} × postMessage`,
        "≤ 0.67",
      ],
      ["200 × fib(27), 1 thread", `${of((r) => r.one).toFixed(0)} ms`, "", ""],
      [
        `200 × fib(27), ${THREADS} threads`,
        `${of((r) => r.two).toFixed(0)} ms`,
        `${ratio((r) => r.one / r.two)} × as fast`,
        "≥ 1.9",
      ],
      beside("one more thread: until it runs something", thread.ms, piscina.ms, 1, "ms"),
      beside("one more thread: resident memory", thread.bytes, piscina.bytes, 2 ** 20, "MiB"),
    ]),
  );
}
