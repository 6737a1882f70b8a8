/** What `go`, `run`, `join` and `wait` take and give. Compiled by compile.test.ts, never run. */
import { chan, type Go, type Goroutine, go, type Op, type RecvChan, run, runtime, type SendChan, wait } from "millrace";
import { type Equal, expectType } from "./equal.ts";

const ch = chan<number>();

function* worker(id: number, jobs: RecvChan<number>, results: SendChan<string>) {
  const job = yield* jobs.recv();
  yield* results.send(`${id}: ${job}`);
  return id;
}

function* generic<T>(from: RecvChan<T>, to: SendChan<T>, more: (value: T) => boolean): Go<T[]> {
  const all: T[] = [];
  for (;;) {
    const [value, ok] = yield* from.recvOk();
    if (!ok || !more(value)) return all;
    all.push(value);
    yield* to.send(value);
  }
}

function* rest(...chs: RecvChan<number>[]) {
  for (const each of chs) yield* each.recv();
}

function* optional(a: number, b?: string) {
  yield* runtime.gosched();
  return b ?? a;
}

export function argumentsOf(): void {
  const results = chan<string>();
  go(worker, 1, ch, results);
  go(rest);
  go(rest, ch, ch, ch);
  go(optional, 1);
  go(optional, 1, "b");
  go(generic<number>, ch, ch, (n: number) => n > 0);
  const g = go(generic, ch, ch, (n: number) => n > 0);
  expectType<Equal<typeof g, Goroutine<number[]>>>();

  // @ts-expect-error an argument is missing
  go(worker, 1, ch);
  // @ts-expect-error an argument is too many
  go(worker, 1, ch, results, 5);
  // @ts-expect-error an argument of the wrong type
  go(worker, "1", ch, results);
  // @ts-expect-error a send-only view where a receive-only one is wanted
  go(worker, 1, results as SendChan<number>, results);
  // @ts-expect-error the generator instead of its function
  go(worker(1, ch, results));
  // @ts-expect-error a nil function
  go(undefined);
  // @ts-expect-error no function
  go(5);
}

export function results(): void {
  const fromGenerator = go(function* () {
    return (yield* ch.recv()) ?? "none";
  });
  expectType<Equal<typeof fromGenerator, Goroutine<number | "none">>>();
  const fromAsync = go(async () => "text");
  expectType<Equal<typeof fromAsync, Goroutine<string>>>();
  const fromPlain = go(() => 5);
  expectType<Equal<typeof fromPlain, Goroutine<number>>>();
  const fromOp = go(() => ch.recv());
  expectType<Equal<typeof fromOp, Goroutine<number | undefined>>>();
  const fromNothing = go(() => {});
  expectType<Equal<typeof fromNothing, Goroutine<void>>>();
  const fromNested = go(() => worker(1, ch, chan<string>()));
  expectType<Equal<typeof fromNested, Goroutine<number>>>();

  const join = fromGenerator.join();
  expectType<Equal<typeof join, Op<number | "none">>>();
  // One goroutine's type is another's when its result is.
  const wide: Goroutine<unknown> = fromPlain;
  const list: Goroutine[] = [fromGenerator, fromAsync, fromPlain, fromOp, fromNothing];
  // @ts-expect-error a goroutine is no promise
  fromPlain.then;
  void [wide, list];
}

export async function runs(): Promise<void> {
  const a = await run(function* () {
    return yield* go(() => 5).join();
  });
  expectType<Equal<typeof a, number>>();
  const b = await run(async () => ["text"]);
  expectType<Equal<typeof b, string[]>>();
  const c = await run(() => {});
  expectType<Equal<typeof c, void>>();
  const d = await run(() => ch.recv(), { seed: 1, debug: true, leaks: (left) => left.length, name: "n" });
  expectType<Equal<typeof d, number | undefined>>();

  // @ts-expect-error main takes no arguments
  await run(function* (_: number) {});
  // @ts-expect-error a seed is a number
  await run(() => {}, { seed: "1" });
  // @ts-expect-error no such option
  await run(() => {}, { sed: 1 });
}

export function* waits() {
  const a = yield* wait(Promise.resolve(1));
  expectType<Equal<typeof a, number>>();
  const b = yield* wait(Promise.resolve(Promise.resolve("x")));
  expectType<Equal<typeof b, string>>();
  // @ts-expect-error what is no promise
  wait(5);
  // @ts-expect-error a function that gives one
  wait(() => Promise.resolve(1));
}

export function* bodies(): Go {
  // @ts-expect-error an operation without the star
  yield ch.recv();
  // @ts-expect-error a value
  yield 5;
  // @ts-expect-error yield* of nothing
  yield* undefined;
  // @ts-expect-error yield* of a promise
  yield* Promise.resolve(1);
}

export function helpers(): void {
  // A helper's inferred type and the named one are the same to a caller.
  function* inferred() {
    return yield* ch.recv();
  }
  function* annotated(): Go<number | undefined> {
    return yield* ch.recv();
  }
  function* caller() {
    const x = yield* inferred();
    const y = yield* annotated();
    expectType<Equal<typeof x, typeof y>>();
  }
  go(caller);
  const assigned: () => Go<number | undefined> = inferred;
  void assigned;
}

export async function awaits(): Promise<void> {
  const value = await ch.recv();
  expectType<Equal<typeof value, number | undefined>>();
  const chained = await ch.recv().then((v) => String(v));
  expectType<Equal<typeof chained, string>>();
  const all = await Promise.all([ch.recv(), ch.send(1)]);
  expectType<Equal<typeof all, [number | undefined, void]>>();
}
