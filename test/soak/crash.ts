/**
 * Threads of this process that end in the middle of what they do for others. It is a module of its own since the threads
 * load it too.
 */
import nodeThreads, { isMainThread, Worker } from "node:worker_threads";
import { type Go, type Goroutine, go, type Panic, range, run, wait } from "millrace";
import { WorkerPool } from "millrace/patterns";
import { parallel, type SharedChan, sharedChan } from "millrace/threads";

/** Threads that can be killed from outside. */
const workers = new Set<Worker>();
if (isMainThread) {
  nodeThreads.Worker = class extends Worker {
    constructor(...args: ConstructorParameters<typeof Worker>) {
      super(...args);
      if (!String(args[0]).endsWith("/threads/worker.js")) return; // not the watchdog
      this.on("exit", () => workers.delete(this));
      workers.add(this);
    }
  };
}

/** Sends numbers for as long as it lives, which is not long. */
const victim = parallel(
  import.meta,
  "victim",
  function* (out: SharedChan<number>, how: string, after: number): Go<void> {
    for (let i = 0; ; i++) {
      if (i === after && how === "exit") process.exit(3);
      if (i === after && how === "throw") throw new TypeError("in a goroutine");
      if (i === after && how === "reject") Promise.reject(new Error("nobody"));
      yield* out.send(i);
    }
  },
);
const work = parallel(import.meta, "work", function* (out: SharedChan<number, number>, from: number): Go<void> {
  for (let i = 0; i < 100; i++) yield* out.send(from + i);
});

/** What the run said in which a thread ended, and the sum that the next run got from other threads. */
export async function crash(how: string, after: number): Promise<{ readonly said: string; readonly sum: number }> {
  const said = await run(function* () {
    const ch = sharedChan<number>(4);
    go(victim, ch, how, after);
    for (const r = range(ch); yield* r.next(); ) if (r.value < 0) return "a number that nobody sent";
    return "nothing";
  }).catch((error: unknown) => String(error));
  const sum = await run(function* () {
    const ch = sharedChan<number, number>(4, { zero: 0 });
    const jobs = [0, 100].map((from) => go(work, ch, from));
    let sum = 0;
    for (let i = 0; i < 200; i++) sum += yield* ch.recv();
    for (const job of jobs) yield* job.join();
    return sum;
  });
  return { said, sum };
}

const square = parallel(import.meta, "square", (n: number) => n * n);
const hang = parallel(import.meta, "hang", (n: number): number => {
  if (n < 0) for (;;);
  return n;
});
/** Other threads don't know it, and find no such module. */
const gone = { url: new URL("./gone.js", import.meta.url).href };
const unloadable = isMainThread ? parallel(gone, "unloadable", (n: number) => n) : square;

/** What became of jobs while threads were killed, `chance` says when. */
export async function kill(chance: () => number): Promise<Record<"done" | "lost" | "wrong", number>> {
  const tally = { done: 0, lost: 0, wrong: 0 };
  function* check(g: Goroutine<number>, right: number): Go {
    try {
      tally[(yield* g.join()) === right ? "done" : "wrong"]++;
    } catch (error) {
      tally[["JOB_LOST", "THREAD_DIED"].includes((error as Panic).code) ? "lost" : "wrong"]++;
    }
  }
  await run(function* () {
    for (let round = 0; round < 3; round++) {
      const all: Goroutine<void>[] = [];
      for (let n = 0; n < 300; n++) {
        const g = go(square, n);
        all.push(go(() => check(g, n * n)));
      }
      yield* wait(new Promise((resolve) => setTimeout(resolve, chance() * 10)));
      const victims = [...workers];
      void victims[Math.floor(chance() * victims.length)]?.terminate();
      for (const g of all) yield* g.join();
    }
  });
  return tally;
}

/** What a pool says of a job that hangs, and of the next one; and of one whose module can't be loaded. */
export function hangs(): Promise<string[]> {
  return run(function* () {
    const said: string[] = [];
    for (const [fn, n] of [
      [hang, -1],
      [hang, 1],
      [unloadable, 1],
      [hang, 2],
    ] as const) {
      const pool = new WorkerPool(fn, { workers: 2, grace: 20 });
      try {
        said.push(String(yield* pool.run(n, n < 0 ? { timeout: 20 } : {})));
      } catch (error) {
        said.push(String(error));
      }
    }
    return said;
  });
}
