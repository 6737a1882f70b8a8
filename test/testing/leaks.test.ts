/** `noLeaks` and `leaks`: goroutines that a test leaves behind. */
import { chan, go, LeakError, run, runtime, wait } from "millrace";
import { Mutex } from "millrace/sync";
import { bubble, explore, type LeakOptions, leaks, noLeaks, replay } from "millrace/testing";
import { sleep } from "millrace/time";
import { expect, test } from "vitest";

/** What a block with `noLeaks` finds left of `fn`. */
async function leftBy(fn: () => unknown, options?: LeakOptions): Promise<LeakError | undefined> {
  try {
    await using _ = noLeaks(options);
    await fn();
  } catch (error) {
    if (error instanceof LeakError) return error;
    throw error;
  }
  return undefined;
}

test("names what is left in the default run: who, why, where, whose", async () => {
  const ch = chan<number>(0, { name: "results" });
  const error = await leftBy(() => {
    go(function* sender() {
      yield* ch.send(1);
    });
  });
  expect(error?.goroutines).toMatchObject([{ name: "sender", reason: "chan send", channel: { name: "results" } }]);
  expect(error?.goroutines[0]?.stack).toMatch(/sender\(\)\n\t.*leaks\.test\.ts:\d+/);
  expect(error?.message).toContain('[chan send]: channel "results"');
  expect(await ch.recv()).toBe(1); // so it is gone
});

test("says where it was started, also without debug mode", async () => {
  const error = await leftBy(() =>
    run(function* parent() {
      go(function* child() {
        yield* chan().recv();
      });
      yield* runtime.gosched();
    }),
  );
  expect(error?.goroutines[0]?.createdBy).toMatchObject({ id: 1, name: "parent" });
  expect(error?.goroutines[0]?.createdBy?.site).toMatch(/leaks\.test\.ts:\d+/);
  await run(function* () {
    const g = go(function* () {
      yield* runtime.gosched();
    });
    expect(runtime.goroutines()[1]?.createdBy).not.toHaveProperty("site"); // nobody asks any more
    yield* g.join();
  });
});

test("those that were there before do not count, and those that end in time neither", async () => {
  const old = chan<void>();
  go(() => old.recv());
  await runtime.gosched();
  expect(
    await leftBy(() => {
      const ch = chan<number>(1);
      go(() => ch.recv());
      go(async () => {
        await null;
        await ch.send(1);
      });
    }),
  ).toBeUndefined();
  old.close();
});

test("also async functions and goroutines that wait for a promise", async () => {
  let resolve = () => {};
  const never = new Promise<void>((done) => {
    resolve = done;
  });
  const error = await leftBy(() => {
    go(async function downloader() {
      await never;
    });
    go(() => wait(never));
  });
  expect(error?.goroutines.map(({ reason }) => reason)).toEqual(["await", "promise"]);
  resolve();
  await never;
});

test("what a run leaves behind counts, unless the run says what is to be done about it", async () => {
  const program = (options?: object) => () =>
    run(function* () {
      const mu = new Mutex();
      yield* mu.lock();
      go(() => mu.lock());
      yield* runtime.gosched();
    }, options);
  expect((await leftBy(program()))?.goroutines.map(({ reason }) => reason)).toEqual(["sync.Mutex.Lock"]);
  expect(await leftBy(program({ leaks: false }))).toBeUndefined();
  expect(await leftBy(program({ leaks: () => {} }))).toBeUndefined();
});

test("runs that exploration, replay and bubbles make are theirs to judge", async () => {
  const program = function* () {
    const ch = chan<number>(1);
    go(function* () {
      yield* ch.send(1);
    });
    yield* ch.recv();
  };
  expect(
    await leftBy(async () => {
      await explore(program);
      await explore(program, { strategy: "pct", runs: 50 });
      await replay("mr1:i:~ma", program);
      await bubble(program);
    }),
  ).toBeUndefined();
  // Also where what is left is found there.
  const lost = () => void go(() => chan().recv());
  expect(await leftBy(() => explore(lost).catch(() => {}))).toBeUndefined();
});

test("a run that failed is not blamed for what it left", async () => {
  const failed = run(function* () {
    go(() => chan().recv());
    yield* runtime.gosched();
    throw new Error("oh");
  });
  expect(await leftBy(() => failed.catch(() => {}))).toBeUndefined();
});

test("a goroutine that never stops running is found too", async () => {
  let stop = false;
  const error = await leftBy(() => {
    go(async function spinner() {
      while (!stop) await runtime.gosched();
    });
  });
  stop = true;
  expect(error?.goroutines.map(({ name }) => name)).toEqual(["spinner"]);
  await new Promise((done) => setImmediate(done));
});

test("ignore and within", async () => {
  const ch = chan<void>();
  const program = () => {
    go(function* daemon() {
      yield* ch.recv();
    });
  };
  expect(await leftBy(program, { ignore: ({ name }) => name === "daemon" })).toBeUndefined();
  expect(await leftBy(() => void go(() => sleep(20)))).toBeInstanceOf(LeakError);
  expect(await leftBy(() => void go(() => sleep(20)), { within: 5000 })).toBeUndefined();
  ch.close();
});

test("bad options are named", () => {
  expect(() => noLeaks(null as never)).toThrow("noLeaks: expected options like { ignore, within }, got null");
  expect(() => noLeaks({ within: "soon" as never })).toThrow(
    'within: expected a duration in milliseconds from 0 up, got "soon"',
  );
  expect(() => noLeaks({ ignore: 3 as never })).toThrow("ignore: expected a function, got 3");
  expect(() => leaks({} as never)).toThrow("leaks: expected { beforeEach, afterEach } of a test runner, got an object");
});
