/** `retry`: how often, how long in between, what ends it. */
import { ArgumentError, FatalError, run, runtime, select } from "millrace";
import { background, Canceled, withCancel, withTimeout } from "millrace/context";
import { type Retry, type RetryOptions, retry } from "millrace/patterns";
import { Mutex } from "millrace/sync";
import { now, since, sleep, after as within } from "millrace/time";
import { expect, test } from "vitest";
import { both } from "../kit/both.ts";
import { failure } from "../kit/streams.ts";
import { virtual } from "../kit/virtual.ts";

/** A function that fails `times` times, and counts. */
function flaky(times: number) {
  const fn = async (attempt: number) => {
    fn.calls.push(attempt);
    if (attempt <= times) throw new Error(`no ${attempt}`);
    return attempt;
  };
  fn.calls = [] as number[];
  return fn;
}

both("calls once when that works", function* (t) {
  const fn = flaky(0);
  expect(yield* t.on(retry(fn))).toBe(1);
  expect(fn.calls).toEqual([1]);
});

both("calls until it works", function* (t) {
  const fn = flaky(2);
  expect(yield* t.on(retry(fn))).toBe(3);
  expect(fn.calls).toEqual([1, 2, 3]);
});

both("throws what the last attempt has thrown", function* (t) {
  const fn = flaky(99);
  expect(yield* failure(t, retry(fn))).toEqual(new Error("no 3"));
  expect(yield* failure(t, retry(fn, { attempts: 1 }))).toEqual(new Error("no 1"));
  expect(fn.calls).toEqual([1, 2, 3, 1]);
});

both("takes any kind of function", function* (t) {
  const plain = (attempt: number) => {
    if (attempt < 2) throw new Error("no");
    return "plain";
  };
  expect(yield* t.on(retry(plain))).toBe("plain");
  const generator = function* (attempt: number) {
    yield* sleep(1);
    return plain(attempt);
  };
  expect(yield* t.on(retry(generator))).toBe("plain");
});

both("the delays grow by the factor, up to the longest", function* (t) {
  const delays: number[] = [];
  const at: number[] = [];
  const start = now();
  const fn = async () => {
    at.push(since(start));
    throw new Error("no");
  };
  const onRetry = ({ delay }: Retry) => void delays.push(delay);
  yield* failure(t, retry(fn, { attempts: 6, delay: 10, factor: 3, maxDelay: 200, jitter: 0, onRetry }));
  expect(delays).toEqual([10, 30, 90, 200, 200]);
  expect(at.map(Math.round)).toEqual([0, 10, 40, 130, 330, 530]);
});

for (const jitter of [0.25, 1]) {
  both(`a jitter of ${jitter} leaves that much of a delay to chance`, function* (t) {
    const delays: number[] = [];
    const onRetry = ({ delay }: Retry) => void delays.push(delay);
    yield* failure(t, retry(flaky(999), { attempts: 200, delay: 100, factor: 1, jitter, onRetry }));
    expect(Math.max(...delays)).toBeLessThanOrEqual(100);
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(100 * (1 - jitter));
    expect(Math.max(...delays) - Math.min(...delays)).toBeGreaterThan(100 * jitter * 0.8);
  });
}

test("the same seed gives the same delays", async () => {
  const delaysOf = async (seed: number) => {
    const delays: number[] = [];
    await virtual(
      function* () {
        const onRetry = ({ delay }: Retry) => void delays.push(delay);
        yield* retry(flaky(5), { attempts: 6, onRetry });
      },
      { seed },
    );
    return delays;
  };
  expect(await delaysOf(7)).toEqual(await delaysOf(7));
  expect(await delaysOf(7)).not.toEqual(await delaysOf(8));
});

both("an error that is not worth it is thrown at once", function* (t) {
  const fn = flaky(99);
  const when = (error: unknown, attempt: number) => (error as Error).message === "no 1" && attempt === 1;
  expect(yield* failure(t, retry(fn, { attempts: 9, when }))).toEqual(new Error("no 2"));
});

both("tells of each error that is followed by another attempt", function* (t) {
  const seen: Retry[] = [];
  yield* t.on(retry(flaky(2), { delay: 5, jitter: 0, onRetry: (r) => void seen.push(r) }));
  expect(seen).toEqual([
    { attempt: 1, error: new Error("no 1"), delay: 5 },
    { attempt: 2, error: new Error("no 2"), delay: 10 },
  ]);
});

both("a context that is done during a delay ends it with its error, and keeps the last attempt's", function* (t) {
  const [ctx, cancel] = withTimeout(background(), 50);
  const start = now();
  const error = yield* failure(t, retry(flaky(99), { attempts: 9, delay: 30, jitter: 0, ctx }));
  expect(error).toMatchObject({ name: "TimeoutError", message: "context deadline exceeded" });
  expect((error as Error).cause).toEqual(new Error("no 2"));
  expect(since(start)).toBeCloseTo(50, 6);
  cancel();
  const fn = flaky(0);
  expect(yield* failure(t, retry(fn, { ctx }))).toBe(ctx.err());
  expect(fn.calls).toEqual([]);
});

both("waits at least as long as an error asks for, and lets chance take nothing from that", function* (t) {
  const asks = [5000, undefined, 1];
  const seen: unknown[] = [];
  const delays: number[] = [];
  const start = now();
  yield* t.on(
    retry(flaky(3), {
      attempts: 4,
      delay: 100,
      maxDelay: 1000,
      jitter: 0,
      retryAfter: (error, attempt) => {
        seen.push((error as Error).message, attempt);
        return asks[attempt - 1];
      },
      onRetry: ({ delay }) => delays.push(delay),
    }),
  );
  expect(delays).toEqual([5000, 200, 400]);
  expect(seen).toEqual(["no 1", 1, "no 2", 2, "no 3", 3]);
  expect(since(start)).toBeCloseTo(5600, 6);
  yield* t.on(
    retry(flaky(1), { delay: 100, jitter: 1, retryAfter: () => 80, onRetry: ({ delay }) => delays.push(delay) }),
  );
  expect(delays.at(-1)).toBeGreaterThanOrEqual(80);
});

both("refuses a `when` that answers later, and a delay that is not one", function* (t) {
  const later = flaky(9);
  const when = (async () => false) as unknown as () => boolean;
  const error = (yield* failure(t, retry(later, { delay: 1, when }))) as Error;
  expect(error).toBeInstanceOf(ArgumentError);
  expect(error.message).toBe("retry: when: expected true or false, got a promise; decide without waiting");
  expect(error.cause).toEqual(new Error("no 1"));
  expect(later.calls.length).toBe(1);
  const late = Promise.reject(new Error("late"));
  late.catch(() => {});
  for (const asked of [-1, Number.NaN, "5", late]) {
    const retryAfter = () => asked as unknown as number;
    expect(yield* failure(t, retry(flaky(9), { delay: 1, retryAfter }))).toMatchObject({
      code: "BAD_ARGUMENT",
      cause: new Error("no 1"),
    });
  }
});

both("a context that is done during an attempt is seen by the function, and there is no other attempt", function* (t) {
  const [ctx, cancel] = withCancel(background());
  let calls = 0;
  const waiting = t.perform(
    retry(
      function* (_, ctx) {
        calls++;
        yield* ctx.done().recv();
        throw new Error(`stopped: ${ctx.err()?.message}`);
      },
      { ctx },
    ),
  );
  yield* t.on(sleep(1));
  cancel();
  yield* t.on(waiting.g.join());
  expect(waiting.error).toEqual(new Error("stopped: context canceled"));
  expect(calls).toBe(1);
});

both("as a case of a select that is lost it stops", function* (t) {
  let seen: Error | undefined;
  const op = retry(function* (_, ctx) {
    yield* ctx.done().recv();
    seen = ctx.err();
    throw seen;
  });
  const s = yield* t.on(select({ done: op, late: within(10).recv() }));
  expect(s.case).toBe("late");
  yield* t.on(sleep(1));
  expect(seen).toBe(Canceled);
  const waiting = yield* t.on(select({ done: retry(flaky(9), { delay: 1000 }), late: within(10).recv() }));
  expect(waiting.case).toBe("late");
  yield* t.on(sleep(1)); // and in the middle of a delay
});

both("as a case of a select that need not wait it is not called", function* (t) {
  const fn = flaky(0);
  expect((yield* t.on(select({ done: retry(fn), default: true }))).case).toBe("default");
  expect(fn.calls).toEqual([]);
});

both("goexit in the function is no failure: it is the caller who leaves", function* (t) {
  let calls = 0;
  const leaving = t.go(function* () {
    yield* t.on(
      retry(() => {
        calls++;
        return runtime.goexit();
      }),
    );
    expect.unreachable();
  });
  expect(yield* t.on(leaving.join())).toBe(undefined);
  expect(calls).toBe(1);
});

test("a fatal error is not retried: the run is over", () =>
  expect(
    virtual(function* () {
      yield* retry(() => new Mutex().unlock(), { attempts: 5 });
    }),
  ).rejects.toBeInstanceOf(FatalError));

test("refuses what is not as it should be", () => {
  const refused: readonly (readonly [unknown, RegExp])[] = [
    [{ attempts: 0 }, /^retry: attempts: expected a whole number from 1 up, or Infinity, got 0/],
    [{ attempts: 1.5 }, /got 1\.5/],
    [{ delay: -1 }, /^retry: delay: expected a duration in milliseconds from 0 up, got -1/],
    [{ maxDelay: Number.NaN }, /^retry: maxDelay: expected a duration in milliseconds from 0 up, got NaN/],
    [{ factor: 0.5 }, /^retry: factor: expected a number from 1 up, got 0\.5/],
    [{ jitter: 2 }, /^retry: jitter: expected a number from 0 to 1, got 2/],
    [{ when: 1 }, /^retry: when: expected a function, got 1/],
    [{ onRetry: 1 }, /^retry: onRetry: expected a function, got 1/],
    [{ ctx: 1 }, /^retry: ctx: expected a context, got 1/],
  ];
  for (const [options, message] of refused) expect(() => retry(() => 1, options as RetryOptions)).toThrow(message);
  expect(() => retry(1 as never)).toThrow("retry: expected a function, got 1");
});

test("it takes a goroutine of its own only as a case of a select", async () => {
  const here = () => runtime.goroutines().length;
  await run(function* () {
    expect(yield* retry(here)).toBe(1);
    expect((yield* select([retry(here)])).value).toBe(2);
  });
  expect(await run(async () => retry(here))).toBe(1);
});
