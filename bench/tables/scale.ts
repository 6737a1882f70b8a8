/**
 * What one thing costs when there are a thousand of its kind, and when there are a million: jobs of a pool, values that
 * wait in a stream, goroutines that wait for a lock. A cost that grows with the number is a queue that is searched or
 * moved as a whole.
 *
 * `tsx bench/tables/scale.ts` measures every case at every size, each in a process of its own, and prints a table: that is
 * what `npm run bench` does. `tsx bench/tables/scale.ts CASE N` does one and prints nanoseconds of processor time.
 */
import { execFileSync } from "node:child_process";
import { EventEmitter } from "node:events";
import { fileURLToPath } from "node:url";
import { markdownTable } from "markdown-table";
import { chan, type Go, type Goroutine, go, type RecvChan, range, run, runtime, select } from "millrace";
import { background, withCancel } from "millrace/context";
import { fromEvent } from "millrace/interop";
import { broadcast, distribute, type MapOptions, mapConcurrent, mapStream, merge, WorkerPool } from "millrace/patterns";
import { Cond, Limiter, Mutex, RWMutex, Semaphore, SingleFlight, WaitGroup } from "millrace/sync";
import { afterFunc, sleep } from "millrace/time";
import { check } from "../program.ts";

const SIZES = [1_000, 10_000, 100_000, 1_000_000];
/** A size that takes longer is given up, and larger ones are not tried. */
const PATIENCE = 60_000;

const numbers = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

function* read(source: RecvChan<unknown>): Go<number> {
  let n = 0;
  for (const r = range(source); yield* r.next(); ) n++;
  return n;
}

/** Starts `n` goroutines that do the same, and waits for them. */
function* all(n: number, body: () => unknown, started?: () => unknown): Go {
  const gs: Goroutine[] = [];
  for (let i = 0; i < n; i++) gs.push(go(body));
  yield* runtime.gosched();
  started?.();
  for (const g of gs) yield* g.join();
}

function mapped(options: MapOptions): (n: number) => Promise<void> {
  return async (n) => {
    const results = await mapConcurrent(numbers(n), async (i) => i, options);
    check(results.length, n);
  };
}

function pooled(workers: number): (n: number) => Promise<void> {
  return async (n) => {
    let done = 0;
    const pool = new WorkerPool(async (_: number) => void done++, { workers, queue: Infinity });
    for (let i = 0; i < n; i++) pool.trySubmit(i);
    await pool.drain();
    check(done, n);
  };
}

/** A stream whose results are all there before the second is received. */
function streamed(ordered: boolean): (n: number) => Promise<void> {
  return (n) =>
    run(function* () {
      const results = mapStream(numbers(n), (i) => i, { queue: Infinity, ordered });
      yield* results.recv();
      yield* sleep(1);
      check(yield* read(results), n - 1);
    });
}

export const cases: Readonly<Record<string, (n: number) => Promise<void>>> = {
  "jobs of a pool, 8 workers": pooled(8),
  "jobs of a pool, all at once": pooled(Infinity),
  "mapConcurrent, 8 workers": mapped({ workers: 8 }),
  "mapConcurrent, all at once": mapped({ workers: Infinity }),
  "mapStream, results wait": streamed(true),
  "mapStream, unordered, results wait": streamed(false),
  "broadcast, one reader behind": (n) =>
    run(function* () {
      for (const out of broadcast(numbers(n), 2, { buffer: n })) check(yield* read(out), n);
    }),
  "distribute and merge": (n) =>
    run(function* () {
      check(yield* read(merge(...distribute(numbers(n), 4))), n);
    }),
  "events that wait": (n) =>
    run(function* () {
      const emitter = new EventEmitter();
      using events = fromEvent(emitter, "event", { capacity: n });
      for (let i = 0; i < n; i++) emitter.emit("event", i);
      for (let i = 0; i < n; i++) yield* events.recv();
    }),
  "waiting to receive": (n) =>
    run(function* () {
      const ch = chan<number>();
      yield* all(
        n,
        () => ch.recv(),
        () => ch.close(),
      );
    }),
  "waiting in a select": (n) =>
    run(function* () {
      const quit = chan<never>();
      const other = chan<never>();
      yield* all(
        n,
        () => select([other.recv(), quit.recv()]),
        () => quit.close(),
      );
    }),
  "waiting for a promise": (n) =>
    run(async () => {
      await Promise.all(numbers(n).map(() => runtime.gosched()));
    }),
  "Mutex, waiting": (n) =>
    run(function* () {
      const mu = new Mutex();
      yield* all(n, function* () {
        using _ = yield* mu.lock();
        yield* runtime.gosched();
      });
    }),
  "RWMutex, waiting": (n) =>
    run(function* () {
      const mu = new RWMutex();
      const held = yield* mu.lock();
      yield* all(
        n,
        function* () {
          using _ = yield* mu.rLock();
        },
        () => held[Symbol.dispose](),
      );
    }),
  "Semaphore, waiting": (n) =>
    run(function* () {
      const sem = new Semaphore(8);
      yield* all(n, function* () {
        using _ = yield* sem.acquire();
        yield* runtime.gosched();
      });
    }),
  "Cond, waiting": (n) =>
    run(function* () {
      const mu = new Mutex();
      const cond = new Cond(mu);
      yield* all(
        n,
        function* () {
          using _ = yield* mu.lock();
          yield* cond.wait();
        },
        () => cond.broadcast(),
      );
    }),
  "WaitGroup, waiting": (n) =>
    run(function* () {
      const wg = new WaitGroup();
      wg.add(1);
      yield* all(
        n,
        () => wg.wait(),
        () => wg.done(),
      );
    }),
  "SingleFlight, one key": (n) =>
    run(function* () {
      const flights = new SingleFlight<string>();
      yield* all(n, () => flights.do("key", () => sleep(1)));
    }),
  "Limiter, waiting": (n) =>
    run(function* () {
      const limiter = new Limiter(1_000_000);
      yield* all(n, () => limiter.wait());
    }),
  "timers, each at its time": (n) =>
    run(function* () {
      let fired = 0;
      for (let i = 0; i < n; i++) afterFunc(i % 1000, () => fired++);
      while (fired < n) yield* sleep(10);
    }),
  "timers, stopped": (n) =>
    run(async () => {
      const timers = numbers(n).map((i) => afterFunc(60_000 + i, () => {}));
      for (const timer of timers) timer.stop();
    }),
  "contexts of one parent, cancelled one by one": async (n) => {
    const [parent, cancel] = withCancel(background());
    const cancels = numbers(n).map(() => withCancel(parent)[1]);
    for (const each of cancels) each();
    cancel();
  },
  "contexts of one parent, waited for": (n) =>
    run(function* () {
      const [parent, cancel] = withCancel(background());
      yield* all(
        n,
        function* () {
          const [ctx, done] = withCancel(parent);
          yield* ctx.done().recv();
          done();
        },
        cancel,
      );
    }),
  "runs at once": async (n) => {
    await Promise.all(numbers(n).map(() => run(() => sleep(1))));
  },
};

async function measure(name: string, n: number): Promise<number> {
  const work = cases[name] as (n: number) => Promise<void>;
  await work(1000);
  const before = process.cpuUsage();
  await work(n);
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1000) / n;
}

/** Nanoseconds for one at each size; as many as there was patience for. */
function sizes(file: string, name: string): number[] {
  const costs: number[] = [];
  for (const n of SIZES) {
    try {
      const args = ["--max-old-space-size=4096", ...process.execArgv, file, name, String(n)];
      costs.push(Number(execFileSync(process.execPath, args, { encoding: "utf8", timeout: PATIENCE, stdio: "pipe" })));
    } catch (error) {
      if ((error as { code?: string }).code !== "ETIMEDOUT") throw error;
      break;
    }
  }
  return costs;
}

const [, file, name, n] = process.argv;
if (file === fileURLToPath(import.meta.url)) {
  if (n !== undefined) console.log(await measure(name as string, Number(n)));
  else {
    const rows = Object.keys(cases)
      .filter((each) => name === undefined || each.includes(name))
      .map((each) => {
        const costs = sizes(file, each);
        const figures = SIZES.map((_, i) => (costs[i] === undefined ? "–" : Math.round(costs[i]).toLocaleString("en")));
        const [first, last] = [costs[1], costs.at(-1)];
        const growth = costs.length < SIZES.length || !first || !last ? "–" : (last / first).toFixed(1);
        return [each, ...figures, growth];
      });
    const head = ["CPU ns for one of", ...SIZES.map((size) => size.toLocaleString("en")), "last ÷ second"];
    console.log(`A cost that grows with the square would be 100 in the last column; – took more than a minute.\n`);
    console.log(markdownTable([head, ...rows], { align: ["l", "r", "r", "r", "r", "r"] }));
  }
}
