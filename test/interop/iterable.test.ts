/** What is particular to iterables. */
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { chan, go, range, run, runtime } from "millrace";
import { background, withCancel } from "millrace/context";
import { fromIterable } from "millrace/interop";
import { expect, test } from "vitest";
import { rejected } from "../kit/thrown.ts";
import { turns } from "../kit/turns.ts";

function* naturals(): Generator<number, void> {
  for (let i = 0; ; i++) yield i;
}

test("arrays, strings, maps and sets are iterables", async () => {
  const all = async (source: Iterable<unknown>): Promise<unknown[]> => {
    const seen: unknown[] = [];
    for await (const value of fromIterable(source)) seen.push(value);
    return seen;
  };
  expect(await all([1, undefined, null])).toEqual([1, undefined, null]);
  expect(await all("añ")).toEqual(["a", "ñ"]);
  expect(await all(new Set([1, 1, 2]))).toEqual([1, 2]);
  expect(await all(new Map([["k", 1]]))).toEqual([["k", 1]]);
});

test("an iterable is asked inside the receive: no wait, no turn of the scheduler", async () => {
  await run(function* () {
    const order: string[] = [];
    go(function* () {
      order.push("other");
    });
    using ch = fromIterable(naturals());
    order.push(`${yield* ch.recv()}`, `${yield* ch.recv()}`);
    expect([order, ch.tryRecv()]).toEqual([
      ["0", "1"],
      [2, true],
    ]);
  });
});

test("promises are values like any other", async () => {
  const promise = Promise.resolve(1);
  const ch = fromIterable([promise]);
  await run(function* () {
    expect(yield* ch.recv()).toBe(promise);
  });
});

test("an endless iterable and an eager receiver leave the host its turn", async () => {
  for (const source of [naturals, endless]) {
    let fired = 0;
    const timer = setInterval(() => fired++, 1);
    await run(function* () {
      using ch = fromIterable<number>(source());
      for (const r = range(ch); yield* r.next(); ) if (fired >= 3) break;
    });
    fired = 0;
    using ch = fromIterable<number>(source());
    for await (const _ of ch) if (fired >= 3) break;
    clearInterval(timer);
  }
});

async function* endless(): AsyncGenerator<number, void> {
  for (let i = 0; ; i++) yield i;
}

test("reading far ahead leaves the host its turn", async () => {
  let fired = 0;
  const timer = setInterval(() => fired++, 1);
  using ch = fromIterable(endless(), { capacity: 1e9 });
  await ch.recv();
  while (fired < 3) await turns(1);
  clearInterval(timer);
  expect(ch.length).toBeGreaterThan(0);
});

test("a goroutine beside an endless iterable runs too", async () => {
  await run(function* () {
    let others = 0;
    const quit = chan<void>();
    go(function* () {
      for (; others < 5; others++) yield* runtime.gosched();
      quit.close();
    });
    using ch = fromIterable(naturals());
    for (const r = range(ch); yield* r.next(); ) if (quit.tryRecv() !== undefined) break;
    expect(others).toBe(5);
  });
});

test("an iterable's own code may end its channel; it is returned all the same, once", async () => {
  let cleaned = 0;
  const [ctx, cancel] = withCancel(background());
  function* stopsItself() {
    try {
      yield 1;
      cancel();
      yield 2;
    } finally {
      cleaned++;
    }
  }
  const ch = fromIterable(stopsItself(), { ctx });
  expect(await ch.recv()).toBe(1);
  expect(await ch.recvOk()).toEqual([undefined, false]);
  expect(cleaned).toBe(1);
});

test("an iterable whose own code looks at its channel does not break it", async () => {
  const seen: unknown[] = [];
  function* looks() {
    for (let i = 0; i < 3; i++) {
      seen.push(ch.tryRecv());
      yield i;
    }
  }
  const ch = fromIterable<number>(looks());
  for await (const value of ch) seen.push(value);
  expect(seen).toEqual([undefined, 0, undefined, 1, undefined, 2]);
});

test("what goes wrong when an iterator is returned concerns nobody", async () => {
  const bad = {
    next: () => ({ done: false, value: 1 }),
    return() {
      throw new Error("return");
    },
  };
  const worse = { next: async () => ({ done: false, value: 1 }), return: () => Promise.reject(new Error("return")) };
  for (const source of [
    { [Symbol.iterator]: () => bad as Iterator<number> },
    { [Symbol.asyncIterator]: () => worse },
  ]) {
    await run(function* () {
      const ch = fromIterable<number>(source as Iterable<number>);
      expect(yield* ch.recv()).toBe(1);
      ch.stop();
    });
    await run(function* () {
      yield* fromIterable<number>(source as Iterable<number>).recv();
    });
  }
  await turns();
});

test("an iterator need not have a return", async () => {
  const ch = fromIterable({ [Symbol.asyncIterator]: () => ({ next: async () => ({ done: false, value: 1 }) }) });
  expect(await ch.recv()).toBe(1);
  ch.stop();
  expect(await ch.recv()).toBeUndefined();
});

test("a next that throws at once, or gives no result, fails the channel", async () => {
  const error = new Error("at once");
  const next = (fn: () => unknown): AsyncIterable<number> =>
    ({ [Symbol.asyncIterator]: () => ({ next: fn }) }) as AsyncIterable<number>;
  const throws = fromIterable(
    next(() => {
      throw error;
    }),
  );
  expect(await rejected(throws.recv())).toBe(error);
  expect(await rejected(fromIterable(next(() => undefined)).recv())).toBeInstanceOf(TypeError);
});

test("a generator that waits for ever is let go of when it goes on", async () => {
  let resume = (): void => {};
  let cleaned = false;
  async function* waits() {
    try {
      await new Promise<void>((resolve) => (resume = resolve));
      yield 1;
    } finally {
      cleaned = true;
    }
  }
  const ch = fromIterable(waits());
  const pending = ch.recv().then((value) => value);
  ch.stop();
  expect(await pending).toBeUndefined();
  expect(cleaned).toBe(false);
  resume();
  await turns();
  expect([cleaned, ch.length]).toEqual([true, 0]);
});

test("a channel is an iterable, and readline's lines are one", async () => {
  const ch = chan<number>(2);
  ch.trySend(1);
  ch.trySend(2);
  ch.close();
  const seen: unknown[] = [];
  for await (const value of fromIterable(ch)) seen.push(value);
  await run(function* () {
    const lines = fromIterable(createInterface({ input: Readable.from(["a\nb", "c\nd"]) }));
    for (const r = range(lines); yield* r.next(); ) seen.push(r.value);
  });
  expect(seen).toEqual([1, 2, "a", "bc", "d"]);
});
