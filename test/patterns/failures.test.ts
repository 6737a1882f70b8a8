/** What becomes of the errors of a pool's jobs that nothing joins. */
import { type PanicHandler, type PanickedGoroutine, run, runtime } from "millrace";
import { type Job, WorkerPool } from "millrace/patterns";
import { sleep } from "millrace/time";
import { afterEach, describe, expect, test, vi } from "vitest";
import { Kit } from "../kit/both.ts";
import { heapUsed } from "../kit/heap.ts";
import { failure } from "../kit/streams.ts";
import type { Script } from "../kit/styles.ts";
import { styles } from "../kit/styles.ts";
import { turns } from "../kit/turns.ts";
import { virtual } from "../kit/virtual.ts";

interface Told {
  readonly errors: string[];
  readonly goroutines: PanickedGoroutine[];
}

/** Declares a test in both styles, on a virtual clock, of a run whose panics end nothing and are noted. */
function noting(title: string, script: (t: Kit, told: Told) => Script): void {
  test.each(styles)(`${title} ($name)`, async (style) => {
    const told: Told = { errors: [], goroutines: [] };
    const onPanic: PanicHandler = (error, goroutine) => {
      told.errors.push((error as Error).message);
      told.goroutines.push(goroutine);
      return "goroutine";
    };
    await virtual(
      style.body(() => script(new Kit(style), told)),
      { onPanic },
    );
  });
}

function* fails(n: number): Generator<never, void> {
  throw new Error(`no ${n}`);
}
function* slowly(n: number) {
  yield* sleep(n);
  yield* fails(n);
}

describe("are reported once the pool has been idle for 50 ms", () => {
  noting("each once, oldest first, with the job and its worker", function* (t, told) {
    const pool = new WorkerPool(slowly, { workers: 1, queue: 3 });
    for (const n of [3, 1, 2]) yield* t.on(pool.submit(n));
    yield* t.on(sleep(6 + 49));
    expect(told.errors).toEqual([]);
    yield* t.on(sleep(2));
    expect(told.errors).toEqual(["no 3", "no 1", "no 2"]);
    expect(told.goroutines.map(({ job, name }) => [job, name])).toEqual([
      [1, "slowly"],
      [2, "slowly"],
      [3, "slowly"],
    ]);
    expect(told.goroutines[0]?.stack).toMatch(/^fails\(\)\n\t.*failures\.test\.ts:\d+:\d+\nslowly\(\)\n\t/);
    yield* t.on(pool.drain());
    pool.stop();
    yield* t.on(sleep(100));
    expect(told.errors).toHaveLength(3);
  });

  noting("each time it is", function* (t, told) {
    const pool = new WorkerPool(fails);
    for (const n of [1, 2, 3]) {
      yield* t.on(pool.submit(n));
      yield* t.on(sleep(51));
      expect(told.errors).toHaveLength(n);
    }
  });

  noting("and not used: a slow program submits and joins with pauses, and then drains", function* (t, told) {
    const pool = new WorkerPool(fails);
    const jobs: Job<void>[] = [];
    for (let n = 1; n <= 10; n++) {
      jobs.push(yield* t.on(pool.submit(n)));
      yield* t.on(sleep(40));
    }
    for (const job of jobs.slice(0, 8)) {
      expect(yield* failure(t, job.join())).toBeInstanceOf(Error);
      yield* t.on(sleep(40));
    }
    expect(yield* failure(t, pool.drain())).toMatchObject({ message: "2 jobs failed" });
    yield* t.on(sleep(200));
    expect(told.errors).toEqual([]);
  });

  noting("and not those that something joined, before or after the end, or cancelled", function* (t, told) {
    const pool = new WorkerPool(slowly, { workers: 4 });
    const before = yield* t.on(pool.submit(1));
    expect(yield* failure(t, before.join())).toEqual(new Error("no 1"));
    const after = yield* t.on(pool.submit(1));
    const open = yield* t.on(pool.submit(20));
    yield* t.on(sleep(5));
    expect(yield* failure(t, after.join())).toEqual(new Error("no 1"));
    open.cancel();
    expect(yield* failure(t, pool.run(1))).toEqual(new Error("no 1"));
    yield* t.on(sleep(200));
    expect(told.errors).toEqual([]);
  });

  noting("and not those that something joins or drains before", function* (t, told) {
    const pool = new WorkerPool(fails, { workers: 2 });
    const jobs: Job<void>[] = [];
    for (const n of [1, 2, 3]) jobs.push(yield* t.on(pool.submit(n)));
    yield* t.settle();
    for (const job of jobs) expect(yield* failure(t, job.join())).toBeInstanceOf(Error);
    yield* t.on(pool.submit(4));
    yield* t.settle();
    expect(yield* failure(t, pool.drain())).toEqual(new AggregateError([new Error("no 4")], "1 job failed"));
    yield* t.on(sleep(200));
    expect(told.errors).toEqual([]);
  });

  noting("and a join that comes too late throws all the same", function* (t, told) {
    const pool = new WorkerPool(fails);
    const job = yield* t.on(pool.submit(1));
    yield* t.on(sleep(51));
    expect(told.errors).toEqual(["no 1"]);
    expect(yield* failure(t, job.join())).toEqual(new Error("no 1"));
    expect(told.errors).toHaveLength(1);
  });

  noting("but what a submitter got of a pool that the first error stops", function* (t, told) {
    const pool = new WorkerPool(slowly, { workers: 1, queue: 1, errors: "first" });
    yield* t.on(pool.submit(1));
    yield* t.on(pool.submit(2));
    expect(yield* failure(t, pool.submit(3))).toEqual(new Error("no 1")); // it stood in the line
    const next = new WorkerPool(fails, { errors: "first" });
    yield* t.on(next.submit(1));
    yield* t.settle();
    expect(yield* failure(t, next.run(2))).toEqual(new Error("no 1"));
    yield* t.on(sleep(200));
    expect(told.errors).toEqual([]);
  });
});

test("in a run without a handler they end it", async () => {
  const failed = virtual(function* () {
    const pool = new WorkerPool(fails);
    yield* pool.submit(1);
    yield* pool.submit(2);
    yield* sleep(60_000);
  });
  await expect(failed).rejects.toThrow("no 1");
});

describe("of the default run", () => {
  afterEach(() => {
    runtime.onPanic(undefined);
  });

  test("reach runtime.onPanic", async () => {
    const told: unknown[] = [];
    runtime.onPanic((error) => {
      told.push(error);
      return "goroutine";
    });
    const boom = new Error("boom");
    const pool = new WorkerPool(async () => Promise.reject(boom));
    await pool.submit(1);
    await vi.waitFor(() => expect(told).toEqual([boom]));
  });

  /** A pool with a job that lasts until `end` is called, so that it is not idle. */
  async function busyPool(): Promise<{ pool: WorkerPool<number, void>; end: () => void }> {
    let end = (): void => {};
    const lasting = new Promise<void>((resolve) => {
      end = resolve;
    });
    const pool = new WorkerPool(
      async (n: number) => {
        if (n === 0) await lasting;
        else throw new Error(`no ${n} ${"x".repeat(200)}`);
      },
      { workers: 10, queue: 100 },
    );
    await pool.submit(0);
    return { pool, end };
  }

  test("are not kept by a pool that is never idle: a thousand for drain, the others are a number", async () => {
    const told: unknown[] = [];
    runtime.onPanic((error) => {
      told.push(error);
      return "goroutine";
    });
    const { pool, end } = await busyPool();
    const before = await heapUsed();
    const n = 20_000;
    for (let i = 1; i <= n; i++) await pool.submit(i);
    await vi.waitFor(() => expect(pool.running).toBe(1));
    // An error is more than 1 kB here: all of them would be 20 MB.
    expect((await heapUsed()) - before).toBeLessThan(4_000_000);
    end();
    const error = (await pool.drain().then(
      () => undefined,
      (thrown: unknown) => thrown,
    )) as AggregateError;
    expect(error.message).toBe("20000 jobs failed; these are the first 1000 errors and the latest");
    expect(error.errors.map(({ message }: Error) => message.split(" ", 2).join(" "))).toEqual([
      ...Array.from({ length: 1000 }, (_, i) => `no ${i + 1}`),
      "no 20000",
    ]);
    await pool.drain();
    expect(told).toEqual([]);
  });

  test("that are a number are told of as one, when the pool is idle, with the latest as its cause", async () => {
    const told: string[] = [];
    runtime.onPanic((error) => {
      const { message, cause } = error as Error;
      told.push([message, ...(cause instanceof Error ? [cause.message] : [])].join(": ").replaceAll(/ x+/g, ""));
      return "goroutine";
    });
    const { pool, end } = await busyPool();
    for (let i = 1; i <= 1500; i++) await pool.submit(i);
    end();
    await vi.waitFor(() => expect(told).toHaveLength(1001));
    expect([told[0], told[999], told[1000]]).toEqual(["no 1", "no 1000", "500 more jobs failed: no 1500"]);
  });

  test("whose jobs the program holds are for it to join, however many", async () => {
    let told = 0;
    runtime.onPanic(() => {
      told++;
      return "goroutine";
    });
    const { pool, end } = await busyPool();
    const jobs: Job<void>[] = [];
    for (let i = 1; i <= 1500; i++) jobs.push(await pool.submit(i));
    let caught = 0;
    for (const job of [...jobs, ...jobs]) await job.join().then(null, () => caught++);
    end();
    await pool.drain();
    expect([caught, told]).toEqual([3000, 0]);
  });
});

test("a run that is over reports nothing", async () => {
  const told: unknown[] = [];
  let pool: WorkerPool<number, void> | undefined;
  await run(
    function* () {
      pool = new WorkerPool(fails);
      yield* pool.submit(1);
      yield* runtime.gosched();
      yield* runtime.gosched();
    },
    { onPanic: (error) => void told.push(error) },
  );
  await turns();
  expect([told, pool?.running]).toEqual([[], 0]);
});
