/**
 * What the async context costs: `go`, a hand-off and a pool's job, without a store, with one that all share, and with one
 * for each request. Part of `npm run bench`, or `npx tsx bench/tables/scopes.ts`.
 *
 * Nanoseconds of processor time, medians.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { markdownTable } from "markdown-table";
import { chan, type Go, go, run, runtime, type SendChan } from "millrace";
import { WorkerPool } from "millrace/patterns";

const ROUNDS = 15;
const N = 50_000;
/** As many goroutines or jobs belong to one request. */
const REQUEST = 10;

/** Calls `fn` for each request, in its store, where there is one. */
type Each = (fn: (i: number) => void) => void;

const work: Record<string, (each: Each) => Promise<unknown>> = {
  go: (each) =>
    run(function* () {
      function* nothing(): Go {}
      each(() => go(nothing));
      yield* runtime.gosched();
    }),
  "a hand-off": (each) =>
    run(function* () {
      const out = chan<number>();
      let senders = 0;
      function* send(to: SendChan<number>): Go {
        for (let k = 0; k < REQUEST; k++) yield* to.send(k);
      }
      each((i) => {
        if (i % REQUEST > 0) return;
        senders++;
        go(send, out);
      });
      for (let i = 0; i < senders * REQUEST; i++) yield* out.recv();
    }),
  "a pool's job": (each) =>
    run(function* () {
      const pool = new WorkerPool((i: number) => i, { workers: 8, queue: Number.POSITIVE_INFINITY });
      each((i) => void pool.trySubmit(i));
      yield* pool.drain();
    }),
};

let store: AsyncLocalStorage<number> | undefined;
const ways: Record<string, Each> = {
  "no store": (fn) => {
    for (let i = 0; i < N; i++) fn(i);
  },
  "one store": (fn) => {
    store ??= new AsyncLocalStorage();
    store.run(0, () => {
      for (let i = 0; i < N; i++) fn(i);
    });
  },
  "a store for each request": (fn) => {
    store ??= new AsyncLocalStorage();
    for (let i = 0; i < N; i += REQUEST) {
      store.run(i, () => {
        for (let k = i; k < i + REQUEST; k++) fn(k);
      });
    }
  },
};

async function measure(program: (each: Each) => Promise<unknown>, each: Each): Promise<number> {
  globalThis.gc?.();
  const before = process.cpuUsage();
  await program(each);
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1000) / N;
}

const median = (all: number[]): number => all.sort((a, b) => a - b)[all.length >> 1] as number;

const rows: string[][] = [["", ...Object.keys(ways)]];
const figures = new Map<string, Map<string, number>>();
// The first way comes first for all: once a store was used, a host may not go back to having none.
for (const [way, each] of Object.entries(ways)) {
  for (const [name, program] of Object.entries(work)) {
    for (let i = 0; i < 5; i++) await program(each);
    const all: number[] = [];
    for (let i = 0; i < ROUNDS; i++) all.push(await measure(program, each));
    figures.set(name, (figures.get(name) ?? new Map()).set(way, median(all)));
  }
}
for (const [name, each] of figures) rows.push([name, ...[...each.values()].map((ns) => `${Math.round(ns)} ns`)]);
console.log(markdownTable(rows, { align: ["l", "r", "r", "r"] }));
