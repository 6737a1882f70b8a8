/** How threads come and go; the first argument says what is tried. */
import nodeThreads, { isMainThread, Worker, workerData } from "node:worker_threads";
import { chan, go, LeakError, main, type RecvChan, run, runtime, type SendChan, wait } from "millrace";
import { Mutex } from "millrace/sync";
import { bubble } from "millrace/testing";
import { parallel, serve, sharedChan, threads } from "millrace/threads";
import { now, since, sleep } from "millrace/time";

const where = parallel(import.meta, "where", () => isMainThread);
const print = parallel(import.meta, "print", (lines: number) => {
  for (let i = 0; i < lines; i++) console.log(`line ${i}`);
  console.error("an error");
});
const hog = parallel(import.meta, "hog", () => {
  console.log("hog 1");
  console.log("hog 2");
  for (;;);
});
const parked = parallel(import.meta, "parked", function* () {
  yield* chan<number>(0, { name: "mine" }).recv();
});
const change = parallel(import.meta, "change", (list: number[]) => {
  list.push(0);
  return list.length;
});
/** Other threads don't know it, and find no such module. */
const nowhere = { url: new URL("./lost.mjs", import.meta.url).href };
const lost = isMainThread ? parallel(nowhere, "lost", () => true) : where;
const nap = parallel(import.meta, "nap", async (ms: number) => {
  await sleep(ms);
  return new Promise<string>((resolve) => setTimeout(resolve, 10, "slept"));
});
const bye = parallel(import.meta, "bye", function* (done: SendChan<string>) {
  try {
    yield* runtime.goexit();
  } finally {
    yield* sleep(1);
    yield* done.send("sent");
  }
});

/** Starts five goroutines, tells how many there are, and ends with them once it may. */
const family = parallel(import.meta, "family", function* (told: SendChan<number>, may: RecvChan<number>) {
  const all = [1, 2, 3].map(() => go(() => may.recv()));
  const far = [1, 2].map(() => go(waits, may));
  yield* sleep(1); // so that the thread of main has nothing to run
  yield* told.send(runtime.numGoroutine());
  for (const g of [...all, ...far]) yield* g.join();
});
const waits = parallel(import.meta, "waits", (may: RecvChan<number>) => may.recv());

/** How many threads there are beside this one. */
let workers = 0;
if (isMainThread) {
  nodeThreads.Worker = class extends Worker {
    constructor(...args: ConstructorParameters<typeof Worker>) {
      super(...args);
      // Not the watchdog that hears signals.
      if (!String(args[0]).endsWith("/threads/worker.js")) return;
      workers++;
      this.on("exit", () => workers--);
    }
  };
}

/** How much the other threads have printed. */
let printed = 0;
const { write } = process.stdout;
process.stdout.write = ((...args: Parameters<typeof write>) => {
  printed++;
  return write.apply(process.stdout, args);
}) as typeof write;

/** Waits until so many goroutines run on other threads. */
function* elsewhere(n: number) {
  while (runtime.goroutines().filter((g) => g.thread !== undefined).length < n) yield* sleep(5);
}

function failure(fn: () => unknown): string {
  try {
    fn();
  } catch (error) {
    return String(error);
  }
  return "nothing";
}

const tries: Record<string, () => unknown> = {
  *output() {
    yield* go(print, 200).join();
  },
  *"main returns"() {
    go(hog);
    go(hog);
    while (printed < 4) yield* sleep(5);
    console.log("end");
  },
  *"run returns"() {
    const seen: number[] = [];
    for (let i = 0; i < 3; i++) {
      const there = yield* wait(
        run(function* () {
          go(hog);
          yield* elsewhere(1);
          return !(yield* go(where).join());
        }),
      );
      const start = now();
      while (workers > 0 && since(start) < 20_000) yield* sleep(5);
      seen.push(workers);
      if (!there) console.log("it ran here");
    }
    console.log(seen);
  },
  *leak() {
    const error = yield* wait(
      run(
        function* () {
          go(parked);
          yield* go(where).join();
          while (runtime.goroutines().every((g) => g.reason !== "chan receive")) yield* sleep(5);
        },
        { leaks: true },
      ).catch((thrown: LeakError) => thrown),
    );
    if (!(error instanceof LeakError)) throw error;
    const [leaked] = error.goroutines;
    console.log(
      error.goroutines.length,
      leaked?.name,
      leaked?.reason,
      leaked?.channel?.name,
      (leaked?.thread ?? 0) > 0,
    );
  },
  *arguments() {
    const f = go as (fn: unknown, ...args: unknown[]) => unknown;
    console.log(failure(() => f(where, 1, { items: [0, 1, 2, chan()] })));
    console.log(failure(() => f(where, new Mutex())));
    console.log(failure(() => f(where, 1, 2, 3, 4, 5, () => 1, 7)));
    const list = [1, 2, 3];
    console.log(yield* go(change, list).join(), list);
  },
  *count() {
    const told = sharedChan<number>();
    const may = sharedChan<number>();
    go(() => may.recv());
    const g = go(family, told, may);
    const there = yield* told.recv();
    console.log(there, runtime.numGoroutine());
    may.close();
    yield* g.join();
    yield* runtime.gosched();
    console.log(runtime.numGoroutine());
  },
  *unknown() {
    yield* go(lost).join();
  },
  *worker() {
    threads({ worker: () => new Worker(new URL(import.meta.url), { workerData: "serve" }) });
    console.log(yield* go(where).join());
    yield* go(lost).join();
  },
  *"no serve"() {
    threads({ worker: () => new Worker("", { eval: true }) });
    yield* go(where).join();
  },
  *"no worker"() {
    threads({ worker: (() => 1) as never });
    yield* go(where).join();
  },
  *seeded() {
    const here = run(() => go(where).join(), { seed: 1 });
    console.log(
      yield* wait(
        run(
          function* () {
            return yield* go(where).join();
          },
          { seed: 1 },
        ),
      ),
    );
    yield* wait(here.catch(() => {}));
    console.log(
      yield* wait(
        bubble(function* () {
          return yield* go(where).join();
        }),
      ),
    );
  },
  *nap() {
    const start = now();
    console.log(yield* go(nap, 700).join(), since(start) >= 700);
    const done = sharedChan<string>();
    const g = go(bye, done);
    console.log(yield* done.recv(), yield* g.join());
  },
  *quit() {
    go(hog);
    yield* elsewhere(1);
    go(parked);
    while (!runtime.goroutines().some((g) => g.reason === "chan receive")) yield* sleep(5);
    console.log("ready");
    yield* sleep(60_000);
  },
};

if (workerData === "serve") serve();
const how = process.argv[2] ?? "";
if (isMainThread && how === "default") {
  console.log(await go(where).join(), await Promise.all([go(nap, 1).join(), go(nap, 300).join()]));
} else main(tries[how] ?? (() => {}));
