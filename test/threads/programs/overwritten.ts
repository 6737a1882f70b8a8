/**
 * Two threads and the first one work on everything that they share; then a word of the shared memory is overwritten. The
 * arguments: which (`header N`, `record ISOLATE N`, `channel N`, `waiter N`, `any N`), and with what: a number, `+` and one to
 * add, or `self`. Says what came of it; a thread that is in a loop, or waits in the middle of something, is stuck.
 */
import { type Go, go, run, runtime, select } from "millrace";
import { parallel, type SharedChan, SharedMutex, SharedSemaphore, sharedChan, threads } from "millrace/threads";
import { sleep } from "millrace/time";

interface Given {
  readonly ch: SharedChan<unknown>;
  readonly other: SharedChan<number>;
  readonly mu: SharedMutex;
  readonly sem: SharedSemaphore;
}

const square = parallel(import.meta, "square", (n: number) => n * n);

const work = parallel(import.meta, "work", function* ({ ch, other, mu, sem }: Given): Go {
  const [up, down] = [() => other.send(1), () => other.recv()];
  for (let i = 0; ; i++) {
    yield* select({ send: ch.send({ i, text: "text" }), recv: ch.recv(), up: up(), down: down(), idle: sleep(1) });
    ch.trySend(i);
    ch.tryRecv();
    yield* mu.withLock(() => runtime.gosched());
    using _ = yield* sem.acquire(1 + (i % 2));
    if (i % 10 === 0) for (const g of [go(square, i), go(square, i + 1)]) yield* g.join();
  }
});

const [where, with_, layout] = [process.argv[2] ?? "", process.argv[3] ?? "", process.argv[4] ?? "{}"];
const { records, record, heartbeat } = JSON.parse(layout) as Record<string, number>;

/** The memory of this thread, as all copies of the library find it. */
function words(): Int32Array {
  const key = Object.getOwnPropertySymbols(globalThis).find((symbol) => symbol.description?.startsWith("millrace "));
  const { memory } = Reflect.get(globalThis, key as symbol) as { memory: { i32: Int32Array } };
  return memory.i32;
}

function overwrite(given: Given): void {
  const i32 = words();
  const [kind, ...numbers] = where.split(" ");
  const [a = 0, b = 0] = numbers.map(Number);
  const channel = (given.ch as unknown as { ptr: number }).ptr;
  const bases: Record<string, () => number> = {
    header: () => a,
    record: () => (records as number) + a * (record as number) + b,
    channel: () => channel + a,
    any: () => channel + a,
  };
  const at = (bases[kind ?? ""] as () => number)();
  const value = with_ === "self" ? at : with_.startsWith("+") ? (i32[at] as number) + Number(with_) : Number(with_);
  Atomics.store(i32, at, value);
}

const beats = (): number[] =>
  [1, 2].map((i) => words()[(records as number) + i * (record as number) + (heartbeat as number)] as number);
const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

threads({ count: 3, memory: 8 * 2 ** 20 });
process.on("uncaughtException", (error) => {
  console.log(`uncaught ${error}`);
  process.exit();
});
const stop = new AbortController();
let stuck = "";
let happened = (): void => {};
const overwritten = new Promise<void>((resolve) => {
  happened = resolve;
});
const ended = run(
  function* () {
    const given: Given = {
      ch: sharedChan<unknown>(4),
      other: sharedChan<number>(),
      mu: new SharedMutex(),
      sem: new SharedSemaphore(2),
    };
    const gs = [1, 2, 3, 4].map(() => go(work, given));
    go(function* () {
      for (;;) {
        yield* select([given.ch.recv(), given.other.send(1), sleep(1)]);
        yield* given.mu.withLock(() => runtime.gosched());
      }
    });
    while (runtime.threads().busy < 2) yield* sleep(5);
    yield* sleep(30);
    overwrite(given);
    happened();
    for (const g of gs) yield* g.join();
  },
  { signal: stop.signal },
).then(
  () => "ended",
  (error: unknown) => `failed ${error}`,
);
const how = await Promise.race([
  ended,
  overwritten.then(async () => {
    await later(2000);
    const before = beats();
    await later(1000);
    const after = beats();
    stuck = [0, 1].some((i) => before[i] === after[i] && (before[i] as number) % 2 !== 0) ? " STUCK" : "";
    stop.abort();
    return `${await ended}`;
  }),
]);
console.log(`${how.split("\n")[0]}${stuck}`);
process.exit();
