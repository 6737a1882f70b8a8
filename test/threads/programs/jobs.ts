/** Jobs that fail with their thread, hang, or have too little memory; the first argument says what is tried. */
import { setTimeout as later } from "node:timers/promises";
import { isMainThread, threadId } from "node:worker_threads";
import { chan, type Go, go, main, type Op, run, type SendChan, wait } from "millrace";
import { background, type Context, withCancelCause } from "millrace/context";
import { mapConcurrent, WorkerPool } from "millrace/patterns";
import { parallel, SharedMutex, SharedSemaphore, sharedChan, threads } from "millrace/threads";
import { sleep } from "millrace/time";

threads({
  count: process.argv[2] === "one thread" || process.argv[2] === "neighbours" ? 2 : 2,
  maxMemory: 48 * 2 ** 20,
});

type Kind = "ok" | "crash" | "exit" | "timer" | "reject" | "memory" | "hog" | "wait";

/** An async job: several of them can be under way on one thread. */
const job = parallel(import.meta, "job", async (kind: Kind): Promise<string> => {
  await later(1);
  if (kind === "exit") process.exit(3);
  if (kind === "crash") process.kill(process.pid, "SIGSEGV"); // as a fault in an addon does
  if (kind === "timer") {
    setTimeout(() => {
      throw new TypeError("in a timer");
    }, 1);
    await later(5000);
  }
  if (kind === "reject") {
    Promise.reject(new RangeError("nobody"));
    await later(5000);
  }
  if (kind === "memory") for (let list: unknown = null; ; ) list = { list };
  if (kind === "wait") await later(700);
  return kind;
});
/** A job that computes. */
const compute = parallel(import.meta, "compute", (kind: Kind, _ctx: Context): number => {
  if (kind === "hog") for (;;);
  return threadId;
});
/** Two of them are under way on each thread once both have said so. */
const meet = parallel(import.meta, "meet", async (told: SendChan<number>, kind: Kind): Promise<string> => {
  await told.send(threadId);
  await later(200);
  return await job(kind);
});
/** Takes the lock and the weight and never gives them back. */
const greedy = parallel(
  import.meta,
  "greedy",
  function* ({ mu, sem, told }: { mu: SharedMutex; sem: SharedSemaphore; told: SendChan<number> }, _ctx: Context) {
    yield* mu.lock();
    yield* sem.acquire(2);
    yield* told.send(1);
    for (;;);
  },
);
/** Fails its thread the first time, on whichever thread that is. */
const once = parallel(import.meta, "once", (flag: SharedArrayBuffer): string => {
  if (Atomics.add(new Int32Array(flag), 0, 1) === 0) process.exit(1);
  return "done";
});

const text = (error: unknown): string => {
  const { name, code, message, cause } = error as Error & { readonly code?: string };
  const plain = message.replace(/goroutine \d+ on thread \d+/, "goroutine N");
  return `${name} ${code} ${plain}${cause === undefined ? "" : `; ${(cause as Error).name}`}`;
};

const tried: Record<string, () => Go> = {
  *fails() {
    const pool = new WorkerPool(job, { workers: 4, queue: 100 });
    for (const kind of ["exit", "timer", "reject", "memory"] as const) {
      try {
        console.log(yield* pool.run(kind));
      } catch (error) {
        console.log(text(error));
      }
    }
    console.log((yield* mapConcurrent(["ok", "ok", "ok"] as const, job)).join());
    pool.close();
    yield* pool.drain();
  },

  *neighbours() {
    // Four on two threads: whichever ends its thread takes one along, and the two of the other thread go on.
    const told = sharedChan<number>(4);
    const all = (["ok", "ok", "exit", "ok"] as const).map((kind) => go(meet, told, kind));
    const ends = all.map((g) => go(() => outcome(g.join())));
    for (let i = 0; i < 4; i++) yield* told.recv();
    const said: string[] = [];
    for (const end of ends) said.push(yield* end.join());
    console.log(said.sort().join("\n"));
  },

  *attempts() {
    const pool = new WorkerPool(once, { retry: { attempts: 3, delay: 1 } });
    console.log(yield* pool.run(new SharedArrayBuffer(4)));
  },

  *timeout() {
    const pool = new WorkerPool(compute, { workers: 2, grace: 100 });
    try {
      yield* pool.run("hog", { timeout: 50 });
    } catch (error) {
      console.log(String(error));
    }
    // The other worker goes on meanwhile, and then both do.
    console.log(typeof (yield* pool.run("ok")));
    while (pool.running > 0) yield* sleep(1);
    const [a, b] = [yield* pool.submit("ok"), yield* pool.submit("ok")];
    console.log(typeof (yield* a.join()), typeof (yield* b.join()));
    pool.close();
    yield* pool.drain();
    console.log("drained");
  },

  *cancel() {
    const pool = new WorkerPool(compute, { workers: 1, grace: 100 });
    const hog = yield* pool.submit("hog");
    const next = yield* pool.submit("ok");
    yield* sleep(100);
    hog.cancel(new RangeError("no more"));
    console.log(yield* outcome(hog.join()), typeof (yield* next.join()));
  },

  *context() {
    const [ctx, cancel] = withCancelCause(background());
    go(function* () {
      yield* sleep(100);
      cancel(new RangeError("enough"));
    });
    console.log(yield* outcome(mapConcurrent(["ok", "hog", "hog"] as const, compute, { ctx, grace: 100 })));
    console.log((yield* mapConcurrent(["ok", "ok"] as const, compute)).length);
  },

  *locks() {
    const [mu, sem, told] = [new SharedMutex(), new SharedSemaphore(2), sharedChan<number>(1)];
    const pool = new WorkerPool(greedy, { grace: 100 });
    const greed = yield* pool.submit({ mu, sem, told });
    yield* told.recv();
    console.log(sem.tryAcquire(1));
    greed.cancel();
    console.log(yield* outcome(mu.lock()));
    yield* sem.acquire(2);
    console.log(yield* outcome(greed.join()));
  },

  /** One that waits and does not care has a thread with others: they are not ended with it. */
  *patient() {
    const far = new WorkerPool(job, { workers: 8, grace: 50 });
    const all = [];
    for (let i = 0; i < 8; i++) all.push(yield* far.submit("wait"));
    yield* sleep(150);
    (all[0] as (typeof all)[0]).cancel(new RangeError("this one"));
    const said: string[] = [];
    for (const each of all) said.push(yield* outcome(each.join()));
    console.log(said.join());
  },

  *bare() {
    go(job, "exit");
    yield* chan<number>().recv();
  },

  *crash() {
    console.log(yield* outcome(go(job, "crash").join()));
  },

  *late() {
    const g = go(job, "exit");
    while ((g as unknown as { readonly pending: boolean }).pending) yield* sleep(5);
    console.log(yield* outcome(g.join()));
  },

  *returns() {
    const g = go(job, "exit");
    while ((g as unknown as { readonly pending: boolean }).pending) yield* sleep(5);
  },

  *collected() {
    setInterval(() => {}, 1000); // as a server does, so that it never sleeps
    go(job, "exit");
    yield* chan<number>().recv();
  },

  /** Closures that a task has left on its thread have nobody whose join could tell. */
  *orphans() {
    yield* go(leaves).join();
    // Of another run, and on the same thread: the first that is idle.
    console.log(yield* outcome(wait(run(() => go(job, "exit").join()))));
    yield* wait(later(5000));
  },
};

const leaves = parallel(import.meta, "leaves", async () => {
  go(function* orphan() {
    yield* chan<number>().recv();
  });
});

function* outcome(op: Op<unknown>): Go<string> {
  try {
    const value = yield* op;
    return typeof value === "string" ? value : typeof value;
  } catch (error) {
    return text(error);
  }
}

if (isMainThread) main(tried[process.argv[2] ?? ""] as () => Go);
