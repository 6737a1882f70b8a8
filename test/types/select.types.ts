/** What a select gives: narrowing by name and by number. Compiled by compile.test.ts, never run. */
import { chan, go, type Op, type RecvChan, select, wait } from "millrace";
import { type Equal, expectType } from "./equal.ts";

declare const numbers: RecvChan<number>;
declare const names: RecvChan<string>;
const out = chan<boolean>();

export function* named() {
  const s = yield* select({ n: numbers.recv(), name: names.recvOk(), out: out.send(true) });
  expectType<Equal<(typeof s)["case"], "n" | "name" | "out">>();
  switch (s.case) {
    case "n":
      expectType<Equal<typeof s.value, number | undefined>>();
      break;
    case "name": {
      const [value, ok] = s.value;
      if (ok) expectType<Equal<typeof value, string>>();
      break;
    }
    case "out":
      expectType<Equal<typeof s.value, void>>();
      break;
    default:
      // Nothing is left, so a case that is forgotten shows here.
      expectType<Equal<typeof s, never>>();
  }
  // @ts-expect-error no such case
  if (s.case === "nmae") return;
}

export function* defaults() {
  const s = yield* select({ n: numbers.recv(), default: true });
  expectType<Equal<(typeof s)["case"], "n" | "default">>();
  if (s.case === "default") expectType<Equal<typeof s.value, undefined>>();
  else expectType<Equal<typeof s.value, number | undefined>>();

  // @ts-expect-error an operation in default
  select({ default: numbers.recv() });
  // @ts-expect-error default is true or not there
  select({ n: numbers.recv(), default: false });
  // @ts-expect-error true is no case under another name
  select({ n: numbers.recv(), defualt: true });
}

export function* numbered() {
  const s = yield* select([numbers.recv(), names.recv()]);
  if (s.index === 0) expectType<Equal<typeof s.value, number | undefined>>();
  else expectType<Equal<typeof s.value, string | undefined>>();
  // @ts-expect-error there are two cases
  if (s.index === 2) return;
}

export function* dynamic(channels: readonly RecvChan<number>[]) {
  const s = yield* select(channels.map((ch) => ch.recv()));
  expectType<Equal<typeof s.index, number>>();
  expectType<Equal<typeof s.value, number | undefined>>();
  const quit = chan<void>();
  const t = yield* select([quit.recv(), ...channels.map((ch) => ch.recvOk())]);
  expectType<Equal<typeof t.index, number>>();
}

export function* switchedOff(on: boolean) {
  const s = yield* select({ maybe: on ? numbers.recv() : null, gone: undefined, off: null, name: names.recv() });
  expectType<Equal<(typeof s)["case"], "maybe" | "name">>();
  if (s.case === "maybe") expectType<Equal<typeof s.value, number | undefined>>();
  const t = yield* select([on ? numbers.recv() : undefined, null, names.recv()]);
  if (t.index === 0) expectType<Equal<typeof t.value, number | undefined>>();
  // @ts-expect-error a nil case never happens
  if (t.index === 1) return;
}

export function* others() {
  const g = go(function* () {
    yield* numbers.recv();
    return "result";
  });
  const s = yield* select({ joined: g.join(), settled: wait(Promise.resolve(1)), inner: select([numbers.recv()]) });
  if (s.case === "joined") expectType<Equal<typeof s.value, string>>();
  if (s.case === "settled") expectType<Equal<typeof s.value, number>>();
  if (s.case === "inner") expectType<Equal<typeof s.value.index, 0>>();
}

export function* never() {
  const op = select({});
  expectType<Equal<typeof op, Op<never>>>();
  const list = select([]);
  expectType<Equal<typeof list, Op<never>>>();
  yield* op;
}

export function misuse(ch: RecvChan<number>): void {
  // @ts-expect-error a channel is no case
  select({ ch });
  // @ts-expect-error nor in an array
  select([ch]);
  // @ts-expect-error a promise is no case
  select({ p: Promise.resolve(1) });
  // @ts-expect-error a method that was not called
  select({ v: ch.recv });
  // @ts-expect-error nothing
  select();
  // @ts-expect-error no such order
  select({ v: ch.recv() }, { order: "first" });
  select({ v: ch.recv() }, { order: "listed" });
}

/** Cases that are put together elsewhere. */
export function* prepared() {
  const cases = { n: numbers.recv(), name: names.recv() };
  const s = yield* select(cases);
  expectType<Equal<(typeof s)["case"], "n" | "name">>();
  const pair = [numbers.recv(), names.recv()] as const;
  const t = yield* select(pair);
  if (t.index === 1) expectType<Equal<typeof t.value, string | undefined>>();
}

export async function awaited(): Promise<void> {
  const s = await select({ n: numbers.recv(), name: names.recv() });
  if (s.case === "name") expectType<Equal<typeof s.value, string | undefined>>();
}

/** A generic helper over any channel. */
export function* firstOf<T>(a: RecvChan<T>, b: RecvChan<T>) {
  const s = yield* select({ a: a.recv(), b: b.recv() });
  const value: T | undefined = s.value;
  return value;
}
