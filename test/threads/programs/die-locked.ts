/**
 * A thread dies with the lock of a shared channel, by the hand of another, or for want of memory; nothing in it can say so any more.
 * The first thread waits for the lock, so it hears of nothing either; with the argument "other", a third one waits.
 */
import nodeThreads, { isMainThread, Worker } from "node:worker_threads";
import { go, main, type Panic } from "millrace";
import { parallel, type SharedChan, sharedChan, threads } from "millrace/threads";
import { now, since, sleep } from "millrace/time";

const [, , how = "", who = ""] = process.argv;
let worker: Worker | undefined;
if (isMainThread) {
  threads({ count: 2, ...(how === "memory" && { maxMemory: 24 * 2 ** 20 }) });
  nodeThreads.Worker = class extends Worker {
    constructor(...args: ConstructorParameters<typeof Worker>) {
      super(...args);
      if (String(args[0]).endsWith("/threads/worker.js")) worker ??= this;
    }
  };
}

/** What other threads print comes after the news that they are ready. */
let begun = false;
const { write } = process.stdout;
process.stdout.write = ((...args: Parameters<typeof write>) => {
  begun ||= Buffer.from(args[0]).includes("begun");
  return write.apply(process.stdout, args);
}) as typeof write;

const victim = parallel(import.meta, "victim", (ch: SharedChan<number>, locked: Int32Array, kind: string) => {
  console.log("begun");
  const real = Atomics.compareExchange;
  let taken = false;
  Atomics.compareExchange = ((...args: Parameters<typeof real>) => {
    const was: unknown = real(...args);
    // The first that is called in `lock`, and had the lock: from here on this thread is in the lock.
    if (taken || was !== 0 || !/ at lock(\$\d+)? /.test(new Error().stack?.split("\n")[2] ?? "")) return was;
    taken = true;
    Atomics.store(locked, 0, 1);
    Atomics.notify(locked, 0);
    const all: unknown[] = [];
    for (;;) if (kind === "memory") all.push(new Array(20_000).fill(all.length));
  }) as never;
  ch.trySend(1);
});

function use(ch: SharedChan<number>): string {
  try {
    return String(ch.tryRecv());
  } catch (error) {
    return (error as Panic).code;
  }
}

const waiter = parallel(import.meta, "waiter", (ch: SharedChan<number>, locked: Int32Array) => {
  Atomics.store(locked, 0, 2);
  return use(ch);
});

main(function* () {
  const ch = sharedChan<number>(1);
  const locked = new Int32Array(new SharedArrayBuffer(4));
  const dying = go(victim, ch, locked, how);
  while (!begun || Atomics.load(locked, 0) === 0) yield* sleep(1);
  const other = who === "other" ? go(waiter, ch, locked) : undefined;
  while (other !== undefined && Atomics.load(locked, 0) !== 2) yield* sleep(1);
  if (how === "terminate") void worker?.terminate();
  const start = now();
  const got = other === undefined ? use(ch) : yield* other.join();
  const took = since(start);
  let error: unknown;
  try {
    yield* dying.join();
  } catch (thrown) {
    error = thrown;
  }
  console.log(got, how === "memory" || took < 1000 ? "at once" : took, (error as Panic).code);
});
