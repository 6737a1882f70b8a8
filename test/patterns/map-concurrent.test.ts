/** `mapConcurrent`: bounds, order, errors, cancellation. */

import { chan, go, type Op, runtime, select } from "millrace";
import { background, Canceled, type Context, cause, DeadlineExceeded, withTimeout } from "millrace/context";
import { type MapOptions, mapConcurrent, mapStream, type Progress } from "millrace/patterns";
import { now, since, sleep, after as within } from "millrace/time";
import { describe, expect, test } from "vitest";
import { both, preempted } from "../kit/both.ts";
import { Endless, failure, filled } from "../kit/streams.ts";
import { virtual } from "../kit/virtual.ts";
import { lasting, sources } from "./map-kit.ts";

describe("mapConcurrent", () => {
  for (const [kind, source] of sources) {
    both(`gives the results of ${kind} in its order`, function* (t) {
      expect(yield* t.on(mapConcurrent(source(), lasting))).toEqual([3, 1, 2]);
    });
  }

  both("takes any kind of function, with value, context and number", function* (t) {
    const seen: unknown[] = [];
    const note = (value: string, ctx: Context, index: number) => {
      seen.push(value, ctx.err(), index);
      return value + index;
    };
    expect(yield* t.on(mapConcurrent(["a", "b"], note))).toEqual(["a0", "b1"]);
    expect(yield* t.on(mapConcurrent(["a"], async (v, c, i) => note(v, c, i)))).toEqual(["a0"]);
    expect(yield* t.on(mapConcurrent(["a"], () => sleep(1)))).toEqual([undefined]);
    expect(seen).toEqual(["a", undefined, 0, "b", undefined, 1, "a", undefined, 0]);
  });

  both("does as many jobs at once as there are workers, and never more", function* (t) {
    for (const workers of [1, 3, Number.POSITIVE_INFINITY]) {
      let active = 0;
      let most = 0;
      const start = now();
      yield* t.on(
        mapConcurrent(
          Array(12).keys(),
          function* () {
            most = Math.max(most, ++active);
            yield* sleep(10);
            active--;
          },
          { workers },
        ),
      );
      expect(most).toBe(Math.min(workers, 12));
      expect(since(start)).toBeCloseTo((12 / most) * 10, 6);
    }
  });

  both("gives the results as they are made when they need no order", function* (t) {
    expect(yield* t.on(mapConcurrent([3, 1, 2], lasting, { ordered: false }))).toEqual([1, 2, 3]);
  });

  both("of nothing is nothing", function* (t) {
    expect(yield* t.on(mapConcurrent([], lasting))).toEqual([]);
    expect(yield* t.on(mapConcurrent(filled<number>([]), lasting))).toEqual([]);
  });

  both("the first error cancels the rest and is thrown when they have ended", function* (t) {
    const boom = new Error("boom");
    const causes: unknown[] = [];
    let begun = 0;
    const start = now();
    const error = yield* failure(
      t,
      mapConcurrent(
        new Endless(),
        function* (n, ctx) {
          begun++;
          if (n === 2) {
            yield* sleep(10);
            throw boom;
          }
          yield* ctx.done().recv();
          yield* sleep(5); // it tidies up
          causes.push(cause(ctx));
          throw ctx.err();
        },
        { workers: 4 },
      ),
    );
    expect(error).toBe(boom);
    expect([begun, causes]).toEqual([4, [boom, boom, boom]]);
    expect(since(start)).toBeCloseTo(15, 6);
  });

  both("all errors are collected when that is asked for", function* (t) {
    const error = (yield* failure(
      t,
      mapConcurrent(
        [4, 3, 2, 1],
        function* (n) {
          yield* sleep(n);
          if (n % 2 === 0) throw new Error(`no ${n}`);
        },
        { errors: "all" },
      ),
    )) as AggregateError;
    expect(error).toBeInstanceOf(AggregateError);
    expect(error.message).toBe("2 of 4 jobs failed");
    expect(error.errors.map((each) => each.message)).toEqual(["no 4", "no 2"]);
  });

  both("a source that throws cancels the jobs, and that is thrown", function* (t) {
    const boom = new Error("boom");
    const source = (function* () {
      yield 1;
      throw boom;
    })();
    const error = yield* failure(
      t,
      mapConcurrent(source, function* (_, ctx) {
        yield* ctx.done().recv();
      }),
    );
    expect(error).toBe(boom);
  });

  both("a context that is done ends it with its error, also while the source has nothing", function* (t) {
    for (const source of [[1, 2], chan<number>()]) {
      const [ctx, cancel] = withTimeout(background(), 10);
      const waits = function* (_: number, job: Context) {
        yield* job.done().recv();
      };
      expect(yield* failure(t, mapConcurrent(source, waits, { ctx }))).toBe(DeadlineExceeded);
      expect(yield* failure(t, mapConcurrent(source, waits, { ctx }))).toBe(DeadlineExceeded);
      cancel();
    }
  });

  both("as a case of a select that is lost it cancels its jobs", function* (t) {
    let ended: Error | undefined;
    const hang = function* (_: number, ctx: Context) {
      yield* ctx.done().recv();
      ended = ctx.err();
    };
    const s = yield* t.on(select({ all: mapConcurrent([1], hang), late: within(10).recv() }));
    expect(s.case).toBe("late");
    yield* t.on(sleep(1));
    expect(ended).toBe(Canceled);
  });

  both("as a case of a select that need not wait it begins nothing", function* (t) {
    const source = new Endless();
    const s = yield* t.on(select({ all: mapConcurrent(source, lasting), default: true }));
    expect([s.case, source.read]).toEqual(["default", 0]);
    for (let i = 0; i < 10; i++) {
      const s = yield* t.on(select({ all: mapConcurrent(source, lasting), ready: filled([1]).recv() }));
      expect([s.case, source.read]).toEqual(["ready", 0]);
    }
  });

  both("as a case of a select it can win", function* (t) {
    const s = yield* t.on(select({ all: mapConcurrent([1, 2], lasting), late: within(10).recv() }));
    expect(s).toEqual({ case: "all", value: [1, 2] });
  });

  both("tells how far it is", function* (t) {
    const seen: Progress[] = [];
    yield* t.on(mapConcurrent([1, 2, 3], lasting, { workers: 2, progress: (p) => void seen.push(p) }));
    expect(seen).toEqual([
      { started: 2, done: 1, failed: 0, total: 3 },
      { started: 3, done: 2, failed: 0, total: 3 },
      { started: 3, done: 3, failed: 0, total: 3 },
    ]);
    const open: Progress[] = [];
    yield* t.on(mapConcurrent(filled([1]), lasting, { progress: (p) => void open.push(p) }));
    expect(open).toEqual([{ started: 1, done: 1, failed: 0, total: undefined }]);
  });

  both("what a progress function throws ends it", function* (t) {
    const boom = new Error("boom");
    const progress = () => {
      throw boom;
    };
    expect(yield* failure(t, mapConcurrent([1, 2], lasting, { progress }))).toBe(boom);
  });

  both("does a job that failed again", function* (t) {
    const tries = new Map<number, number>();
    const flaky = async (n: number) => {
      const tried = (tries.get(n) ?? 0) + 1;
      tries.set(n, tried);
      if (tried < n) throw new Error(`no ${n}.${tried}`);
      return tried;
    };
    expect(yield* t.on(mapConcurrent([1, 2, 3], flaky, { retry: { attempts: 3 } }))).toEqual([1, 2, 3]);
    tries.clear();
    expect(yield* failure(t, mapConcurrent([4], flaky, { retry: { attempts: 3 } }))).toEqual(new Error("no 4.3"));
  });

  both("a job that leaves by goexit gives undefined, and the others go on", function* (t) {
    const results = mapConcurrent(
      [1, 2, 3],
      function* (n) {
        if (n === 2) yield* runtime.goexit();
        return n;
      },
      { workers: 1 },
    );
    expect(yield* t.on(results)).toEqual([1, undefined, 3]);
  });

  test("one worker does for all jobs of an async function, and never for more at once than there are workers", () =>
    virtual(function* () {
      for (const workers of [3, Number.POSITIVE_INFINITY]) {
        let active = 0;
        const seen = new Set<string>();
        const jobs = mapConcurrent(
          Array(12).keys(),
          async (n) => {
            active++;
            seen.add(`${Math.min(active, 4)} at once, ${runtime.numGoroutine()} goroutines`);
            await sleep(n % 2);
            active--;
          },
          { workers },
        );
        yield* jobs;
        expect([...seen].at(-1)).toBe(`${Math.min(workers, 4)} at once, 2 goroutines`);
      }
    }));

  test.each([1, 2, 3, Number.POSITIVE_INFINITY])(
    "%s workers do what gives a promise now and a generator then",
    (workers) =>
      virtual(function* () {
        for (let kinds = 0; kinds < 81; kinds++) {
          let active = 0;
          let most = 0;
          const begin = (): void => {
            most = Math.max(most, ++active);
          };
          const kindOf = (n: number): number => Math.floor(kinds / 3 ** n) % 3;
          function* here(n: number) {
            begin();
            yield* sleep(1);
            active--;
            return n;
          }
          async function later(n: number) {
            begin();
            await sleep(1);
            active--;
            return n;
          }
          const start = now();
          const results = yield* mapConcurrent(
            [0, 1, 2, 3],
            (n) => (kindOf(n) === 0 ? n : kindOf(n) === 1 ? here(n) : later(n)),
            { workers },
          );
          expect(results).toEqual([0, 1, 2, 3]);
          const lasts = [0, 1, 2, 3].filter((n) => kindOf(n) > 0).length;
          expect(most).toBeLessThanOrEqual(Math.min(workers, 4));
          expect(since(start)).toBe(
            workers === Number.POSITIVE_INFINITY ? Math.min(1, lasts) : Math.ceil(lasts / workers),
          );
        }
      }),
  );

  both("an async job that leaves by goexit gives undefined, and the others go on", function* (t) {
    const results = mapConcurrent([1, 2, 3], async (n) => {
      if (n === 2) await runtime.goexit();
      return n;
    });
    expect(yield* t.on(results)).toEqual([1, undefined, 3]);
  });

  test("jobs that perform no operation let other goroutines have their turn", () =>
    preempted(function* () {
      let turn = 0;
      go(function* () {
        for (;;) {
          turn++;
          yield* runtime.gosched();
        }
      });
      const turns = yield* mapConcurrent(Array(1000).keys(), () => turn, { workers: 1 });
      expect(new Set(turns).size).toBeGreaterThan(2);
    }));

  test("a million jobs need no deep stack, and the last result is there", () =>
    virtual(function* () {
      const n = 1_000_000;
      const results = yield* mapConcurrent(Array(n).keys(), (i) => i, { workers: 10 });
      expect([results.length, results[n - 1]]).toEqual([n, n - 1]);
    }));

  test("a deadlock shows the jobs under their function's name", async () => {
    await virtual(function* () {
      const op: Op<void[]> = mapConcurrent([1], function* fetchPage(_, ctx) {
        expect(runtime.goroutines().map(({ name, reason }) => [name, reason])).toEqual([
          ["main", "join"],
          ["fetchPage", undefined],
        ]);
        expect(ctx.err()).toBe(undefined);
      });
      yield* op;
    });
  });

  test("refuses what is not as it should be", () => {
    const refused: readonly (readonly [unknown, RegExp])[] = [
      [{ workers: 0 }, /^mapConcurrent: workers: expected a whole number from 1 up, or Infinity, got 0/],
      [{ workers: 1.5 }, /got 1\.5/],
      [{ ordered: 1 }, /^mapConcurrent: ordered: expected true or false, got 1/],
      [{ queue: -1 }, /^mapConcurrent: queue: expected a whole number from 0 up, or Infinity, got -1/],
      [{ errors: "some" }, /^mapConcurrent: errors: expected "first" or "all", got "some"/],
      [{ progress: 1 }, /^mapConcurrent: progress: expected a function, got 1/],
      [{ ctx: {} }, /^mapConcurrent: ctx: expected a context, got an object/],
      [
        { retry: { attempts: 0 } },
        /^mapConcurrent: retry: attempts: expected a whole number from 1 up, or Infinity, got 0/,
      ],
    ];
    for (const [options, message] of refused) {
      expect(() => mapConcurrent([], lasting, options as MapOptions)).toThrow(message);
      expect(() => mapStream([], lasting, options as MapOptions)).toThrow(TypeError);
    }
    expect(() => mapConcurrent(1 as never, lasting)).toThrow(
      "mapConcurrent: expected a channel, an iterable or an async iterable, got 1",
    );
    expect(() => mapConcurrent([], 1 as never)).toThrow("mapConcurrent: expected a function, got 1");
  });
});
