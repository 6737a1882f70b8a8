/**
 * 100,000 jobs that do nothing, 8 at a time and all at once, beside the packages that limit how many promises run.
 *
 * `tsx bench/tables/limits.ts` measures every row, each in a process of its own, and prints a table: that is what
 * `npm run bench` does. `tsx bench/tables/limits.ts ROW WORKERS` does one and prints a line of JSON. A round runs the package,
 * ours in async functions and ours in goroutines, one after another; a ratio is the median of the rounds' ratios of
 * processor time.
 */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { mapLimit, queue } from "async";
import { Semaphore as TheirSemaphore } from "async-mutex";
import Bottleneck from "bottleneck";
import { markdownTable } from "markdown-table";
import { type Go, type Goroutine, go, run } from "millrace";
import { type Job, mapConcurrent, WorkerPool } from "millrace/patterns";
import { Semaphore } from "millrace/sync";
import pLimit from "p-limit";
import pMap from "p-map";
import PQueue from "p-queue";
import { check } from "../program.ts";

const N = 100_000;
const ROUNDS = 7;
const WORKERS = [8, Number.POSITIVE_INFINITY];

type Way = (workers: number, n: number) => Promise<unknown>;

export interface Row {
  readonly theirs: Way;
  readonly awaited: Way;
  readonly goroutine: Way;
  /** How many of the jobs are enough, where theirs is slow. */
  readonly part?: number;
}

let done = 0;
const job = async (_: number): Promise<void> => void done++;
function* body(_: number): Go {
  done++;
}

const numbers = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
/** Calls `start` for each job, and waits for what it gives. */
const each = (n: number, start: (i: number) => PromiseLike<unknown>): Promise<unknown> =>
  Promise.all(numbers(n).map(start));

/** Each job's result is wanted: by async functions, and by a goroutine. */
const results = {
  awaited: (workers: number, n: number) => {
    const pool = new WorkerPool(job, { workers });
    return each(n, (i) => pool.run(i));
  },
  goroutine: (workers: number, n: number) =>
    run(function* () {
      const pool = new WorkerPool(body, { workers, queue: n });
      const jobs: Job<void>[] = [];
      for (let i = 0; i < n; i++) jobs.push(yield* pool.submit(i));
      for (const each of jobs) yield* each.join();
    }),
};

/** Only that all are done is wanted. */
const idle = {
  awaited: (workers: number, n: number) => {
    const pool = new WorkerPool(job, { workers, queue: n });
    for (let i = 0; i < n; i++) pool.trySubmit(i);
    return Promise.resolve(pool.drain());
  },
  goroutine: (workers: number, n: number) =>
    run(function* () {
      const pool = new WorkerPool(body, { workers });
      for (let i = 0; i < n; i++) yield* pool.submit(i);
      yield* pool.drain();
    }),
};

/** A list of jobs. */
const list = {
  awaited: (workers: number, n: number) => Promise.resolve(mapConcurrent(numbers(n), job, { workers })),
  goroutine: (workers: number, n: number) => run(() => mapConcurrent(numbers(n), body, { workers })),
};

/** A limit around code, not a pool of jobs. */
const places = {
  awaited: (workers: number, n: number) => {
    const places = new Semaphore(Math.min(workers, n));
    return each(n, async (i) => {
      using _ = await places.acquire();
      await job(i);
    });
  },
  goroutine: (workers: number, n: number) =>
    run(function* () {
      const places = new Semaphore(Math.min(workers, n));
      function* one(i: number): Go {
        using _ = yield* places.acquire();
        yield* body(i);
      }
      const all: Goroutine[] = [];
      for (let i = 0; i < n; i++) all.push(go(one, i));
      for (const g of all) yield* g.join();
    }),
};

export const rows: Readonly<Record<string, Row>> = {
  "p-limit": {
    theirs: (workers, n) => {
      const limit = pLimit(workers);
      return each(n, (i) => limit(() => job(i)));
    },
    ...results,
  },
  "p-queue": {
    theirs: (concurrency, n) => {
      const queue = new PQueue({ concurrency });
      for (let i = 0; i < n; i++) void queue.add(() => job(i));
      return queue.onIdle();
    },
    ...idle,
  },
  "p-map": { theirs: (concurrency, n) => pMap(numbers(n), job, { concurrency }), ...list },
  "async, mapLimit": { theirs: (workers, n) => mapLimit(numbers(n), Math.min(workers, n), job), ...list },
  "async, queue": {
    theirs: (workers, n) => {
      const jobs = queue(job, Math.min(workers, n));
      for (let i = 0; i < n; i++) void jobs.push(i);
      return jobs.drain();
    },
    ...idle,
  },
  "async-mutex, Semaphore": {
    theirs: (workers, n) => {
      const places = new TheirSemaphore(Math.min(workers, n));
      return each(n, (i) => places.runExclusive(() => job(i)));
    },
    ...places,
  },
  Bottleneck: {
    theirs: (workers, n) => {
      const limiter = new Bottleneck({ maxConcurrent: workers === Number.POSITIVE_INFINITY ? null : workers });
      return each(n, (i) => limiter.schedule(() => job(i)));
    },
    ...results,
    part: 0.1,
  },
};

/** Nanoseconds of processor time for a job, and ours as parts of theirs. */
interface Measured {
  readonly theirs: number;
  readonly awaited: number;
  readonly goroutine: number;
}

async function cost(way: Way, workers: number, n: number): Promise<number> {
  done = 0;
  globalThis.gc?.();
  const before = process.cpuUsage();
  await way(workers, n);
  const { user, system } = process.cpuUsage(before);
  check(done, n);
  return ((user + system) * 1000) / n;
}

const median = (all: readonly number[]): number => [...all].sort((a, b) => a - b)[all.length >> 1] as number;

export async function measure(row: Row, workers: number, n: number, rounds: number): Promise<Measured> {
  const costs: Measured[] = [];
  for (let round = -1; round < rounds; round++) {
    const theirs = await cost(row.theirs, workers, n);
    const awaited = await cost(row.awaited, workers, n);
    const goroutine = await cost(row.goroutine, workers, n);
    if (round >= 0) costs.push({ theirs, awaited: awaited / theirs, goroutine: goroutine / theirs });
  }
  return {
    theirs: median(costs.map(({ theirs }) => theirs)),
    awaited: median(costs.map(({ awaited }) => awaited)),
    goroutine: median(costs.map(({ goroutine }) => goroutine)),
  };
}

const [, file, name, workers] = process.argv;
if (file === fileURLToPath(import.meta.url)) {
  if (workers !== undefined) {
    const row = rows[name as string] as Row;
    console.log(JSON.stringify(await measure(row, Number(workers), N * (row.part ?? 1), ROUNDS)));
  } else {
    const lines = Object.keys(rows)
      .filter((each) => name === undefined || each.includes(name))
      .map((each) => [
        each,
        ...WORKERS.flatMap((workers) => {
          const args = ["--expose-gc", ...process.execArgv, file, each, String(workers)];
          const out = execFileSync(process.execPath, args, { encoding: "utf8" });
          const { theirs, awaited, goroutine } = JSON.parse(out) as Measured;
          return [Math.round(theirs).toLocaleString("en"), awaited.toFixed(2), goroutine.toFixed(2)];
        }),
      ]);
    const head = ["", ...["8 at a time", "all at once"].flatMap((how) => [`${how}: ns`, "await", "goroutine"])];
    console.log(
      `Nanoseconds of processor time for one of theirs; ours as parts of that. Node ${process.versions.node}.\n`,
    );
    console.log(markdownTable([head, ...lines], { align: ["l", "r", "r", "r", "r", "r", "r"] }));
  }
}
