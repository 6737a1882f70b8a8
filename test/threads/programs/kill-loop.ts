/**
 * Kills a thread at any moment, as often as the first argument says, while threads start and end goroutines all the time. The
 * second argument is the seed of which thread and when.
 */
import nodeThreads, { isMainThread, Worker } from "node:worker_threads";
import { type Go, type Goroutine, go, main, type Panic, wait } from "millrace";
import { mapConcurrent } from "millrace/patterns";
import { parallel, threads } from "millrace/threads";
import { sleep } from "millrace/time";

const square = parallel(import.meta, "square", (n: number) => n * n);
/** What a tree gives that has lost some of its own. */
const LOST = -1;

const isLoss = (error: unknown): boolean => ["JOB_LOST", "THREAD_DIED"].includes((error as Panic).code);

/** Starts some itself, so that queues of other threads are full, too. */
const tree = parallel(import.meta, "tree", function* (n: number): Go<number> {
  let sum = 0;
  let lost = false;
  for (const g of Array.from({ length: 20 }, (_, i) => go(square, n + i))) {
    try {
      sum += yield* g.join();
    } catch (error) {
      if (!isLoss(error)) throw error;
      lost = true;
    }
  }
  return lost ? LOST : sum;
});

const workers = new Set<Worker>();
if (isMainThread) {
  threads({ count: 3 });
  nodeThreads.Worker = class extends Worker {
    constructor(...args: ConstructorParameters<typeof Worker>) {
      super(...args);
      // Not the watchdog that hears signals.
      if (!String(args[0]).endsWith("/threads/worker.js")) return;
      this.on("exit", () => workers.delete(this));
      workers.add(this);
    }
  };
}

const kills = Number(process.argv[2]);
const tally = { kills: 0, done: 0, lost: 0, others: 0 };

/** The outcome of one, which is right, or lost. */
function* check(g: Goroutine<number>, right: number): Go {
  try {
    const value = yield* g.join();
    if (value === right) tally.done++;
    else if (value === LOST) tally.lost++;
    else tally.others++;
  } catch (error) {
    if (isLoss(error)) tally.lost++;
    else tally.others++;
  }
}

const treeOf = (n: number): number => Array.from({ length: 20 }, (_, i) => (n + i) ** 2).reduce((a, b) => a + b);

let state = Number(process.argv[3]);
/** A number from 0 up to 1, by the seed: mulberry32. */
function random(): number {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), state | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
}

/** Sometimes at once, sometimes when they have gone far. */
const moment = (): Promise<void> =>
  new Promise((resolve) => (random() < 0.5 ? setImmediate(resolve) : setTimeout(resolve, random() * 4)));

main(function* () {
  for (let round = 0; tally.kills < kills; round++) {
    const { lost } = tally;
    const all: Goroutine<void>[] = [];
    for (let n = 0; n < 700; n++) {
      const g = n % 100 === 0 ? go(tree, n) : go(square, n);
      all.push(go(() => check(g, n % 100 === 0 ? treeOf(n) : n * n)));
    }
    const before = tally.done;
    yield* wait(moment());
    // Threads that are killed faster than they start lose all that waits for them: every other time one is at work.
    while (round % 2 === 0 && tally.done === before && tally.lost - lost < 700) yield* sleep(1);
    const victims = [...workers];
    const victim = victims[Math.floor(random() * victims.length)];
    if (victim !== undefined) {
      tally.kills++;
      void victim.terminate();
    }
    for (const g of all) yield* g.join();
  }
  // And now all of them are as good as new.
  const squares = yield* mapConcurrent([1, 2, 3, 4], square, { retry: { attempts: 5, delay: 1 } });
  if (squares.join() !== "1,4,9,16") tally.others++;
  console.log(JSON.stringify(tally));
});
