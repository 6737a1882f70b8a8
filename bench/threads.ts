/**
 * Values between two threads, through a shared channel and with `postMessage`, in one process and turn about, so that the
 * ratios hold on a busy machine: `node --import tsx bench/threads.ts [ROUNDS]`. Prints nanoseconds a value or a round trip.
 */
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { isMainThread, Worker } from "node:worker_threads";
import { markdownTable } from "markdown-table";
import { type Go, go, type RecvChan, run, type SendChan, wait } from "millrace";
import { parallel, type SharedChan, sharedChan } from "millrace/threads";

const NUMBERS = 200_000;
const OBJECTS = 50_000;
const TRIPS = 5_000;
const HUNDRED = 100;

const object = (i: number) => ({ id: i, name: "widget", v: i * 0.5, ok: true, tags: ["a", "b"] });

const drain = parallel(import.meta, "drain", function* (ch: RecvChan<unknown>, n: number): Go {
  for (let i = 0; i < n; i++) yield* ch.recv();
});

const drainMany = parallel(
  import.meta,
  "drainMany",
  function* (ch: SharedChan<number> | SharedChan<object>, n: number): Go {
    for (let i = 0; i < n; ) i += (yield* ch.recvMany(HUNDRED)).length;
  },
);

const echo = parallel(import.meta, "echo", function* (to: RecvChan<number>, from: SendChan<number>, n: number): Go {
  for (let i = 0; i < n; i++) yield* from.send((yield* to.recv()) as number);
});

const rows: Readonly<
  Record<string, { readonly n: number; readonly ours: () => Go; readonly post: () => Promise<void> }>
> = {
  "numbers, one by one": {
    n: NUMBERS,
    *ours() {
      const ch = sharedChan<number>(1024);
      const g = go(drain, ch, NUMBERS);
      for (let i = 0; i < NUMBERS; i++) yield* ch.send(i);
      yield* g.join();
    },
    post: () => posted(NUMBERS, 1, (i) => i),
  },
  "numbers, by the hundred": {
    n: NUMBERS,
    *ours() {
      const ch = sharedChan<number>(1024);
      const g = go(drainMany, ch, NUMBERS);
      for (let i = 0; i < NUMBERS; i += HUNDRED) yield* ch.sendMany(Array.from({ length: HUNDRED }, (_, k) => i + k));
      yield* g.join();
    },
    post: () => posted(NUMBERS / HUNDRED, HUNDRED, (i) => Array.from({ length: HUNDRED }, (_, k) => i + k)),
  },
  "objects, one by one": {
    n: OBJECTS,
    *ours() {
      const ch = sharedChan<object>(1024);
      const g = go(drain, ch, OBJECTS);
      for (let i = 0; i < OBJECTS; i++) yield* ch.send(object(i));
      yield* g.join();
    },
    post: () => posted(OBJECTS, 1, object),
  },
  "objects, by the hundred": {
    n: OBJECTS,
    *ours() {
      const ch = sharedChan<object>(1024);
      const g = go(drainMany, ch, OBJECTS);
      for (let i = 0; i < OBJECTS; i += HUNDRED) {
        yield* ch.sendMany(Array.from({ length: HUNDRED }, (_, k) => object(i + k)));
      }
      yield* g.join();
    },
    post: () => posted(OBJECTS / HUNDRED, HUNDRED, (i) => Array.from({ length: HUNDRED }, (_, k) => object(i + k))),
  },
  "ping-pong": {
    n: TRIPS,
    *ours() {
      const [to, from] = [sharedChan<number>(1), sharedChan<number>(1)];
      const g = go(echo, to, from, TRIPS);
      for (let i = 0; i < TRIPS; i++) {
        yield* to.send(i);
        yield* from.recv();
      }
      yield* g.join();
    },
    async post() {
      for (let i = 0; i < TRIPS; i++) {
        worker.postMessage({ echo: i });
        await once(worker, "message");
      }
    },
  },
};

/** Posts `n` messages; the worker answers the last one. */
async function posted(n: number, step: number, make: (i: number) => unknown): Promise<void> {
  const done = once(worker, "message");
  worker.postMessage({ count: n });
  for (let i = 0; i < n; i++) worker.postMessage(make(i * step));
  await done;
}

let worker: Worker;

const WANTED: Readonly<Record<string, string>> = {
  "numbers, one by one": "≤ 0.33",
  "numbers, by the hundred": "≤ 1.5",
  "objects, one by one": "≤ 0.5",
  "objects, by the hundred": "≤ 1.0",
  "ping-pong": "≤ 1.0",
};

const median = (of: number[]): number => of.sort((a, b) => a - b)[of.length >> 1] as number;

/** All in one run, because threads go with the run that started them. */
function* measure(rounds: number): Go {
  const table = [["ns a value, or a round trip", "sharedChan(1024)", "postMessage", "ratio", "wanted"]];
  for (const [name, { n, ours, post }] of Object.entries(rows)) {
    const all: [number[], number[]] = [[], []];
    for (let round = -1; round < rounds; round++) {
      const start = performance.now();
      yield* ours();
      const between = performance.now();
      yield* wait(post());
      const end = performance.now();
      if (round < 0) continue; // V8 and the thread were cold
      all[0].push(((between - start) / n) * 1e6);
      all[1].push(((end - between) / n) * 1e6);
    }
    const [mine, theirs] = [median([...all[0]]), median([...all[1]])];
    const ratios = all[0].map((ns, i) => ns / (all[1][i] as number));
    const cells = [mine.toFixed(0), theirs.toFixed(0), median(ratios).toFixed(2), WANTED[name] ?? ""];
    table.push([name, ...cells]);
  }
  console.log("Two threads, taken turn about. The round trip is through two channels of capacity 1.\n");
  console.log(markdownTable(table, { align: ["l", "r", "r", "r", "r"] }));
}

if (isMainThread) {
  const file = fileURLToPath(new URL("./threads-post.mjs", import.meta.url));
  worker = new Worker(file);
  await run(() => measure(Number(process.argv[2] ?? 5)));
  await worker.terminate();
  process.exit(0);
}
