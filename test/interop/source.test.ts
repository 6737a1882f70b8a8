/** What every channel from the platform keeps, whatever is behind it: the sentences of `Source`, `SourceOptions`, `fromIterable` and `fromReadable`. */
import { ArgumentError, go, Panic, range, run, runtime, select, wait } from "millrace";
import { background, DeadlineExceeded, withCancel, withCancelCause, withTimeout } from "millrace/context";
import { fromIterable, fromReadable, type Source } from "millrace/interop";
import * as time from "millrace/time";
import { describe, expect, test } from "vitest";
import { rejected, thrown } from "../kit/thrown.ts";
import { turns } from "../kit/turns.ts";
import { kinds } from "./kit.ts";

describe.each(kinds)("from %s", (name, make, sync) => {
  test("nothing is read before somebody receives, nor when nobody does any more", async () => {
    const numbers = make();
    using ch = numbers.from();
    await turns();
    expect(numbers.asked).toBe(0);
    expect(await ch.recv()).toBe(0);
    await turns();
    expect(numbers.asked).toBe(1);
  });

  test("no more than `capacity` values are read ahead", async () => {
    const numbers = make();
    using ch = numbers.from({ capacity: 3 });
    expect([ch.length, ch.capacity]).toEqual([0, 3]);
    for (let i = 0; i < 20; i++) {
      expect(await ch.recv()).toBe(i);
      await turns(10);
      expect([numbers.asked, ch.length]).toEqual(sync ? [i + 1, 0] : [i + 4, 3]);
    }
  });

  test("values come in order, each once, in each style; then the channel is closed", async () => {
    const seen: unknown[] = [];
    await run(function* () {
      const numbers = make({ count: 5 });
      const ch = numbers.from();
      seen.push(yield* ch.recv(), yield* ch.recvOk());
      const s = yield* select({ value: ch.recv() });
      seen.push(s.value);
      for (const r = range(ch); yield* r.next(); ) seen.push(r.value);
      seen.push(yield* ch.recv(), yield* ch.recvOk(), ch.tryRecv());
      expect(numbers.released).toBe(0);
    });
    expect(seen).toEqual([0, [1, true], 2, 3, 4, undefined, [undefined, false], [undefined, false]]);
    const awaited: unknown[] = [];
    for await (const value of make({ count: 3 }).from({ capacity: 2 })) awaited.push(value);
    expect(awaited).toEqual([0, 1, 2]);
  });

  test("an error comes after the values before it, and is thrown at every receive", async () => {
    const error = new Error("broken");
    for (const capacity of [0, 4]) {
      const numbers = make({ count: 2, error });
      const ch = numbers.from({ capacity });
      expect([await ch.recv(), await ch.recv()]).toEqual([0, 1]);
      await turns(10); // it has failed by now where it is read ahead
      expect(await rejected(ch.recv())).toBe(error);
      expect(await rejected(ch.recvOk())).toBe(error);
      expect(await rejected(select({ ch: ch.recv() }))).toBe(error);
      expect(thrown(() => ch.tryRecv())).toBe(error);
      await run(function* () {
        let caught: unknown;
        try {
          yield* ch.recv();
        } catch (e) {
          caught = e;
        }
        expect(caught).toBe(error);
      });
      ch.stop();
      await turns();
      expect(numbers.released).toBe(0);
    }
  });

  test("a source that failed while its values wait loses none of them", async () => {
    const error = new Error("broken");
    const ch = make({ count: 4, error }).from({ capacity: 10 });
    expect(await ch.recv()).toBe(0);
    await turns(10);
    if (!sync) expect(ch.length).toBe(3);
    const seen: unknown[] = [];
    const caught = await rejected(
      (async () => {
        for await (const value of ch) seen.push(value);
      })(),
    );
    expect([seen, caught]).toEqual([[1, 2, 3], error]);
  });

  const ways: Record<string, (ch: Source<number>) => unknown> = {
    "leaving a for await": async (ch) => {
      for await (const value of ch) if (value === 1) break;
    },
    "an error in a for await": (ch) =>
      rejected(
        (async () => {
          for await (const _ of ch) throw new Error("mine");
        })(),
      ),
    "stop()": async (ch) => {
      await ch.recv();
      ch.stop();
    },
    using: async (ch) => {
      using it = ch;
      await it.recv();
    },
  };

  describe.each(Object.entries(ways))("%s", (_, leave) => {
    test.each([0, 2])("lets go of the source, once (capacity %d)", async (capacity) => {
      const numbers = make();
      const ch = numbers.from({ capacity });
      await leave(ch);
      await turns(10);
      expect([numbers.released, numbers.over]).toEqual([1, true]);
      const { asked } = numbers;
      expect(await ch.recvOk()).toEqual([undefined, false]);
      expect([ch.length, ch.tryRecv()]).toEqual([0, [undefined, false]]);
      ch.stop();
      ch[Symbol.dispose]();
      await turns();
      expect([numbers.released, numbers.asked]).toEqual([1, asked]);
    });
  });

  test("stop() before anything was read lets go of the source too", async () => {
    const numbers = make();
    const ch = numbers.from();
    ch.stop();
    await turns();
    // A generator that has not begun has nothing to let go of: it is over, and its body never runs.
    expect([numbers.asked, numbers.released]).toEqual([0, name === "an async generator" ? 0 : 1]);
    expect(await ch.recv()).toBeUndefined();
    expect(numbers.asked).toBe(0);
  });

  test("stop() while a receive waits ends it, and what comes later is dropped", async () => {
    if (sync) return; // never waits
    const numbers = make();
    const ch = numbers.from();
    const pending = ch.recvOk().then((got) => got);
    ch.stop();
    expect(await pending).toEqual([undefined, false]);
    await turns(10);
    expect([numbers.released, ch.length, ch.tryRecv()]).toEqual([1, 0, [undefined, false]]);
  });

  test("stop() drops what was read ahead, also of a source that has ended", async () => {
    const numbers = make({ count: 3 });
    const ch = numbers.from({ capacity: 5 });
    expect(await ch.recv()).toBe(0);
    await turns(10);
    ch.stop();
    await turns();
    expect([ch.length, await ch.recvOk(), numbers.released]).toEqual([0, [undefined, false], sync ? 1 : 0]);
  });

  test("the end of ctx stops the source: what was read ahead is dropped, and the channel is closed", async () => {
    const [ctx, cancel] = withCancelCause(background());
    const numbers = make();
    const ch = numbers.from({ ctx, capacity: 2 });
    expect(await ch.recv()).toBe(0);
    await turns(10);
    cancel(new Error("gone"));
    expect([ch.length, await ch.recv(), await ch.recvOk()]).toEqual([0, undefined, [undefined, false]]);
    await turns();
    expect([numbers.released, numbers.over]).toEqual([1, true]);
  });

  test("a context that has ended before lets go at once", async () => {
    const [ctx, cancel] = withCancel(background());
    cancel();
    const numbers = make();
    const ch = numbers.from({ ctx });
    await turns();
    expect([numbers.asked, numbers.released]).toEqual([0, name === "an async generator" ? 0 : 1]);
    expect(await ch.recvOk()).toEqual([undefined, false]);
  });

  test("the end of ctx ends receives that wait, of a goroutine and of an async function", async () => {
    if (sync) return;
    await run(
      function* () {
        const [ctx] = withTimeout(background(), 5);
        const never = fromReadable<number>(new ReadableStream(), { ctx });
        const g = go(async () => never.recvOk());
        expect([yield* never.recvOk(), yield* g.join()]).toEqual(Array(2).fill([undefined, false]));
        expect(ctx.err()).toBe(DeadlineExceeded);
      },
      { leaks: true },
    );
  });

  test("cancelling leaves no goroutine, even right before the run ends", async () => {
    const numbers = make();
    await run(
      function* () {
        const [ctx, cancel] = withCancel(background());
        const ch = numbers.from({ ctx });
        yield* ch.recv();
        cancel();
        expect(runtime.numGoroutine()).toBe(1);
      },
      { leaks: true },
    );
    await turns();
    expect(numbers.released).toBe(1);
  });

  test("the end of the run lets go of the source", async () => {
    const numbers = make();
    const ch = await run(function* () {
      const ch = numbers.from({ capacity: 1 });
      go(function* () {
        for (;;) yield* ch.recv();
      });
      yield* ch.recv();
      return ch;
    });
    await turns(10);
    expect([numbers.released, numbers.over]).toEqual([1, true]);
    // Used after its run: nothing comes, and `await` waits for ever, as for any channel of a run that is over.
    expect([ch.length, ch.tryRecv()]).toEqual([0, [undefined, false]]);
    await run(function* () {
      expect(yield* ch.recvOk()).toEqual([undefined, false]);
    });
  });

  test("a run that fails lets go of the source", async () => {
    const numbers = make();
    const mine = new Error("mine");
    const failed = run(function* () {
      yield* numbers.from().recv();
      throw mine;
    });
    expect(await rejected(failed)).toBe(mine);
    await turns();
    expect(numbers.released).toBe(1);
  });

  test("a source of the default run outlives other runs", async () => {
    const numbers = make();
    using ch = numbers.from();
    await run(function* () {
      expect(yield* ch.recv()).toBe(0);
    });
    expect(await ch.recv()).toBe(1);
    expect(numbers.released).toBe(0);
  });

  test("a select that the source loses loses no value; one is read ahead at most", async () => {
    await run(function* () {
      const numbers = make();
      using ch = numbers.from();
      let next = 0;
      for (let i = 0; i < 200; i++) {
        const s = yield* select({
          value: ch.recv(),
          other: runtime.gosched(),
          later: i % 3 ? null : time.after(0).recv(),
        });
        if (s.case === "value") expect(s.value).toBe(next++);
        expect(numbers.asked).toBeLessThanOrEqual(next + 1);
        expect(ch.length).toBeLessThanOrEqual(1);
        if (i % 10 === 0) yield* wait(turns(1));
      }
      expect(yield* ch.recv()).toBe(next);
      expect(next).toBeGreaterThan(0);
    });
  });

  test("tryRecv asks for a value, which it gets a later time", async () => {
    const numbers = make();
    using ch = numbers.from();
    const seen: unknown[] = [];
    for (let i = 0; i < 40 && seen.length < 3; i++) {
      const got = ch.tryRecv();
      if (got !== undefined) seen.push(got);
      expect(ch.length).toBeLessThanOrEqual(1);
      await turns(1);
      expect(numbers.asked).toBeLessThanOrEqual(seen.length + 1);
    }
    expect(seen).toEqual([
      [0, true],
      [1, true],
      [2, true],
    ]);
  });

  test("several receivers share it: each value goes to one, first come, first served", async () => {
    await run(
      function* () {
        const ch = make({ count: 100 }).from({ capacity: 2 });
        const each: number[][] = [[], [], []];
        const all: number[] = [];
        const workers = each.map((mine) =>
          go(function* () {
            for (const r = range(ch); yield* r.next(); ) {
              mine.push(r.value);
              all.push(r.value);
            }
          }),
        );
        for (const g of workers) yield* g.join();
        expect(all).toEqual(Array.from({ length: 100 }, (_, i) => i));
        if (!sync) for (const mine of each) expect(mine.length).toBeGreaterThan(0);
      },
      { leaks: true },
    );
  });
});

test("a dump says what a goroutine waits for", async () => {
  await run(function* () {
    using chunks = fromReadable(new ReadableStream());
    go(function* () {
      yield* chunks.recv();
    });
    yield* runtime.gosched();
    const [, waiter] = runtime.goroutines();
    expect([waiter?.reason, waiter?.channel?.name]).toEqual(["chan receive", "fromReadable"]);
  });
});

describe("bad arguments", () => {
  const from = { fromIterable, fromReadable };
  test.each([
    ["fromIterable", null, "fromIterable: expected an iterable or async iterable, got null"],
    ["fromIterable", 5, "fromIterable: expected an iterable or async iterable, got 5"],
    ["fromIterable", {}, "fromIterable: expected an iterable or async iterable, got an object"],
    ["fromReadable", undefined, "fromReadable: expected a ReadableStream or a Node stream, got undefined"],
    ["fromReadable", [1], "fromReadable: expected a ReadableStream or a Node stream, got an array of 1"],
    ["fromReadable", "text", 'fromReadable: expected a ReadableStream or a Node stream, got "text"'],
  ] as const)("%s(%s)", (name, source, message) => {
    const error = thrown(() => from[name](source as never));
    expect(error).toBeInstanceOf(ArgumentError);
    expect((error as Error).message).toBe(message);
  });

  test("options: capacity and ctx, before anything is done to the source", () => {
    const message = (options: object): string =>
      (thrown(() => fromReadable(stream, options as never)) as ArgumentError).message;
    const stream = new ReadableStream();
    for (const bad of [-1, 1.5, NaN, Infinity, "2", null]) {
      const shown = typeof bad === "string" ? '"2"' : String(bad);
      expect(message({ capacity: bad })).toBe(
        `fromReadable: capacity: expected a whole number from 0 up, got ${shown}`,
      );
    }
    expect(message({ ctx: {} })).toBe("fromReadable: expected a context, got an object");
    expect(thrown(() => fromIterable([], { ctx: null } as never))).toMatchObject({ code: "NIL_CONTEXT" });
    expect(thrown(() => fromIterable([], { ctx: null } as never))).toBeInstanceOf(Panic);
    expect(message(5 as never)).toBe("fromReadable: expected options like { capacity, ctx }, got 5");
    expect(stream.locked).toBe(false);
    expect(fromReadable(stream, { capacity: undefined, ctx: undefined }).capacity).toBe(0);
  });

  test("a stream that somebody reads", () => {
    const stream = new ReadableStream();
    stream.getReader();
    expect((thrown(() => fromReadable(stream)) as ArgumentError).message).toBe(
      "fromReadable: expected a ReadableStream that nobody reads, got one locked",
    );
  });
});
