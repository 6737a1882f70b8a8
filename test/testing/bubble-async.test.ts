/** Async functions in a bubble that await composite actions: what an action starts is a part of the bubble. */
import { chan, DeadlockError, go, run, runtime } from "millrace";
import { mapConcurrent } from "millrace/patterns";
import { Cond, Mutex, Once, onceValue, RWMutex, SingleFlight } from "millrace/sync";
import { bubble, OutsideError, settle } from "millrace/testing";
import * as time from "millrace/time";
import { describe, expect, test } from "vitest";
import { failure } from "./bubble-kit.ts";

const pause = async (): Promise<string> => {
  await time.sleep(10);
  return "paused";
};

describe("an awaited action that waits", () => {
  test.each<[string, () => PromiseLike<unknown>]>([
    ["withLock of an async function", () => new Mutex().withLock(pause)],
    [
      "withLock of a generator",
      () =>
        new Mutex().withLock(function* () {
          yield* time.sleep(10);
          return "paused";
        }),
    ],
    ["withRLock of an async function", () => new RWMutex().withRLock(pause)],
    ["Once.do", () => new Once().do(pause).then(() => "paused")],
    ["SingleFlight.do", () => new SingleFlight<string>().do("key", pause).then(({ value }) => value)],
    ["onceValue", () => onceValue(pause)()],
    ["one in another", () => new Mutex().withLock(async () => await new Mutex().withLock(pause))],
    ["two at once", () => Promise.all([new Mutex().withLock(pause), new Mutex().withLock(pause)]).then(([a]) => a)],
  ])("%s, in the bubble's time", async (_, action) => {
    const body = async () => {
      const start = time.now();
      return [await action(), time.since(start)];
    };
    expect(await bubble(body)).toEqual(["paused", 10]);
    expect(
      await bubble(function* () {
        return yield* go(body).join();
      }),
    ).toEqual(["paused", 10]);
  });

  test("Cond.wait, until a signal in the bubble", async () => {
    for (const signalled of [() => time.sleep(10), () => settle()]) {
      const woken = await bubble(function* () {
        const mu = new Mutex();
        const cond = new Cond(mu);
        const waiting = go(async () => {
          await mu.lock();
          await cond.wait();
          mu.unlock();
          return "woken";
        });
        yield* signalled();
        cond.signal();
        return yield* waiting.join();
      });
      expect(woken).toBe("woken");
    }
  });

  test("for something outside of the bubble is found out, at the function that awaits it", async () => {
    const error = await failure(async function reader() {
      await new Mutex().withLock(() => new Promise(() => {}));
    }, OutsideError);
    expect(error.goroutines.map(({ id, name }) => [id, name])).toEqual([[1, "reader"]]);
    const foreign = chan<number>();
    const inside = await failure(async function reader() {
      await new Mutex().withLock(() => foreign.recv());
    }, OutsideError);
    expect(inside.goroutines.map(({ id, name, reason }) => [id, name, reason])).toEqual([
      [1, "reader", "chan receive"],
    ]);
  });
});

describe("a deadlock of an awaited action", () => {
  test("is the goroutine's that awaits it, with the line in the action's body", async () => {
    const mu = new Mutex();
    const error = await failure(async function main() {
      await mu.withLock(function* () {
        yield* chan<number>(0, { name: "never" }).recv();
      });
    }, DeadlockError);
    expect(error.goroutines).toHaveLength(1);
    expect(error.goroutines[0]).toMatchObject({
      id: 1,
      name: "main",
      reason: "chan receive",
      channel: { name: "never" },
    });
    expect(error.goroutines[0]?.stack).toMatch(/bubble-async\.test\.ts:\d+/);
  });

  test.each([
    ["Cond.wait", "sync.Cond.Wait", (mu: Mutex) => new Cond(mu).wait()],
    ["withLock", "sync.Mutex.Lock", (mu: Mutex) => mu.withLock(() => {})],
  ])("of %s says what is waited for", async (_, reason, action) => {
    const error = await failure(async () => {
      const mu = new Mutex();
      await mu.lock();
      await action(mu);
    }, DeadlockError);
    expect(error.goroutines).toHaveLength(1);
    expect(error.goroutines[0]).toMatchObject({ id: 1, reason });
  });

  test("names the action where several functions await", async () => {
    const error = await failure(async function main() {
      const mu = new Mutex();
      await mu.lock();
      go(async function second() {
        await mu.withLock(() => {});
      });
      await chan().recv();
    }, DeadlockError);
    expect(error.goroutines.map(({ name, reason }) => [name, reason])).toEqual([
      ["main", "await"],
      ["second", "await"],
      ["Mutex.withLock", "sync.Mutex.Lock"],
    ]);
  });
});

test("an awaited action is no goroutine of its own in dumps, also outside of a bubble", async () => {
  const seen = await run(async () => {
    const dump = await new Mutex().withLock(function* () {
      return runtime.goroutines();
    });
    return dump.map(({ id, state }) => [id, state]);
  });
  expect(seen).toEqual([[1, "running"]]);
});

test("a job's promise that is not the bubble's keeps time from going on, also where another job waits for time", async () => {
  const elapsed = await bubble(() => {
    const start = time.now();
    const outside = new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)));
    return mapConcurrent([pause, () => outside], async (job) => {
      await job();
      return time.since(start);
    });
  });
  expect(elapsed).toEqual([10, 0]);
});
