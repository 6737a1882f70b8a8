/** What is thrown where a job, a map or a retry ends badly: why, and where it was waited for. */
import { type Go, run } from "millrace";
import {
  background,
  Canceled,
  DeadlineExceeded,
  fromSignal,
  withCancelCause,
  withTimeoutCause,
} from "millrace/context";
import { mapConcurrent, retry, WorkerPool } from "millrace/patterns";
import { Limiter } from "millrace/sync";
import { sleep } from "millrace/time";
import { describe, expect, test } from "vitest";
import { both, type Kit } from "../kit/both.ts";
import type { Script } from "../kit/styles.ts";

type Context = ReturnType<typeof fromSignal>;

const waits: Readonly<Record<string, (ctx: Context) => PromiseLike<unknown>>> = {
  "WorkerPool.run of a job with a context": (ctx) => new WorkerPool(() => sleep(100)).run(1, { ctx }),
  "WorkerPool.submit to a full pool": (ctx) => {
    const pool = new WorkerPool(() => sleep(100), { workers: 1, queue: 0 });
    pool.trySubmit(1);
    return pool.submit(2, { ctx });
  },
  "WorkerPool.run of a pool with a context": (ctx) => new WorkerPool(() => sleep(100), { ctx, paused: true }).run(1),
  mapConcurrent: (ctx) => mapConcurrent([1], () => sleep(100), { ctx }),
  "Limiter.wait": (ctx) => {
    const limiter = new Limiter(0.001, 1);
    limiter.allow();
    return limiter.wait(1, ctx);
  },
};

function* failure(t: Kit, op: PromiseLike<unknown>): Script<unknown> {
  try {
    yield* t.on(op as never);
  } catch (error) {
    return error;
  }
  throw new Error("it did not fail");
}

describe.each(Object.entries(waits))("%s", (_, wait) => {
  both("rejects with the reason of a signal as the cause, later and at once", function* (t) {
    const controller = new AbortController();
    const why = new Error("the tab was closed");
    const ctx = fromSignal(controller.signal);
    t.go(function* () {
      yield* t.on(sleep(1));
      controller.abort(why);
    });
    const given = { name: "AbortError", message: "context canceled", cause: why };
    expect(yield* failure(t, wait(ctx))).toMatchObject(given);
    expect(yield* failure(t, wait(ctx))).toMatchObject(given);
    expect(ctx.err()).toBe(Canceled);
    yield* t.on(sleep(200));
  });

  both("rejects with the sentinel where there is no more to say", function* (t) {
    const controller = new AbortController();
    controller.abort();
    expect(yield* failure(t, wait(fromSignal(controller.signal)))).toBe(Canceled);
    const [plain, cancel] = withCancelCause(background());
    cancel();
    expect(yield* failure(t, wait(plain))).toBe(Canceled);
    const [late] = withTimeoutCause(background(), 0, "too slow");
    const { name, cause } = (yield* failure(t, wait(late))) as Error;
    expect([name, cause]).toEqual([DeadlineExceeded.name, "too slow"]);
    yield* t.on(sleep(200));
  });
});

describe("the stack of an error", () => {
  async function job(): Promise<never> {
    await Promise.resolve();
    throw new Error("boom");
  }
  const frames = ({ stack = "" }: Error): string[] =>
    [...stack.matchAll(/ at (?:async )?(\w+) \(\S*reasons\.test\.ts/g)].map(([, name]) => name as string);

  function* plain(): Go<never> {
    throw new Error("boom");
  }
  const callers: Readonly<Record<string, readonly [string, () => Go<unknown>]>> = {
    "of a job": [
      "job",
      function* caller() {
        return yield* new WorkerPool(job).run(undefined as never);
      },
    ],
    "of a job that is a generator": [
      "plain",
      function* caller() {
        return yield* new WorkerPool(plain).run(undefined as never);
      },
    ],
    "of a job that is joined": [
      "job",
      function* caller() {
        const joined = yield* new WorkerPool(job).submit(undefined as never);
        return yield* joined.join();
      },
    ],
    "of retry": [
      "job",
      function* caller() {
        return yield* retry(job, { attempts: 2, delay: 0 });
      },
    ],
    "of mapConcurrent": [
      "job",
      function* caller() {
        return yield* mapConcurrent([1], job);
      },
    ],
  };

  test.each(Object.entries(callers))("%s has the frames of the goroutine that waits", async (_, [own, caller]) => {
    await run(function* outer() {
      try {
        yield* caller();
      } catch (error) {
        const first = frames(error as Error);
        expect(first).toEqual([own, "caller", "outer"]);
        try {
          yield* mapConcurrent([1], () => Promise.reject(error));
        } catch (again) {
          expect(frames(again as Error)).toEqual(first); // it does not grow
        }
        return;
      }
      throw new Error("it did not fail");
    });
  });
});
