/** Go's documentation of `sync.WaitGroup`, sentence by sentence, and what this library adds to it. */
import { chan, type Panic, run, runtime, select } from "millrace";
import { WaitGroup } from "millrace/sync";
import { bubble } from "millrace/testing";
import { sleep } from "millrace/time";
import { describe, expect, test } from "vitest";
import { both } from "../kit/both.ts";
import { expectPanic, panics } from "../kit/panics.ts";
import { thrown } from "../kit/thrown.ts";
import { deadlock } from "../kit/virtual.ts";

both("waiting for nothing does not block", function* (t) {
  yield* t.on(new WaitGroup().wait());
});

both("wait blocks until the counter is zero", function* (t) {
  const wg = new WaitGroup();
  wg.add(2);
  const waiting = [t.perform(wg.wait()), t.perform(wg.wait())];
  yield* t.settle();
  wg.done();
  yield* t.settle();
  expect(waiting.map(({ done }) => done)).toEqual([false, false]);
  wg.done();
  yield* t.settle();
  expect(waiting.map(({ done }) => done)).toEqual([true, true]);
});

both("add takes negative numbers", function* (t) {
  const wg = new WaitGroup();
  wg.add(3);
  wg.add(-3);
  yield* t.on(wg.wait());
});

both("a negative counter panics, and stays when that is recovered: waits then wait for zero", function* (t) {
  const wg = new WaitGroup();
  panics("NEGATIVE_WAITGROUP", () => wg.done());
  const waiting = t.perform(wg.wait());
  yield* t.settle();
  expect(waiting.done).toBe(false);
  panics("NEGATIVE_WAITGROUP", () => wg.add(-2));
  expect((thrown(() => wg.add(2)) as Panic).message).toBe("sync: negative WaitGroup counter");
  wg.add(1);
  yield* t.on(waiting.g.join());
  yield* t.on(wg.wait());
});

describe("in a bubble and outside of it", () => {
  const code = "WAITGROUP_BUBBLE";

  test("one that a bubble left above zero is not changed outside", async () => {
    const wg = new WaitGroup();
    await bubble(() => wg.add(1));
    panics(code, () => wg.done());
    panics(code, () => wg.add(1));
    await run(() => panics(code, () => wg.done()));
  });

  test("one that is above zero outside is not changed in a bubble, or in another", async () => {
    const wg = new WaitGroup();
    wg.add(1);
    await bubble(() => panics(code, () => wg.done()));
    wg.done();
    await bubble(() => wg.add(1));
    await bubble(() => panics(code, () => wg.done()));
  });

  test("at zero it can go on anywhere", async () => {
    const wg = new WaitGroup();
    for (let i = 0; i < 2; i++) {
      wg.add(1);
      wg.done();
      await bubble(function* () {
        wg.go(() => sleep(1));
        yield* wg.wait();
      });
      await bubble(async () => {
        wg.add(1);
        await sleep(1);
        wg.done();
      });
      await wg.wait();
    }
  });
});

both("a group can be used again once its waits have returned", function* (t) {
  const wg = new WaitGroup();
  for (let round = 0; round < 3; round++) {
    wg.add(1);
    t.go(function* () {
      yield* t.on(runtime.gosched());
      wg.done();
    });
    yield* t.on(wg.wait());
  }
});

test("using it again before a wait has returned panics in that wait", () =>
  run(function* () {
    const wg = new WaitGroup();
    wg.add(1);
    let error: unknown;
    wg.go(function* () {
      yield* runtime.gosched();
    });
    const g = new WaitGroup();
    g.go(function* () {
      try {
        yield* wg.wait();
      } catch (e) {
        error = e;
      }
    });
    yield* runtime.gosched();
    yield* runtime.gosched();
    wg.done();
    wg.add(1);
    yield* g.wait();
    expectPanic(error, "WAITGROUP_REUSED");
    expect((error as Panic).message).toBe("sync: WaitGroup is reused before previous Wait has returned");
  }));

test("add refuses what is no whole number", () => {
  for (const delta of [0.5, Number.NaN, "1", undefined]) {
    expect(() => new WaitGroup().add(delta as number)).toThrow(/^WaitGroup\.add: expected a whole number, got /);
  }
});

describe("as a case of a select", () => {
  both("it happens when the counter is zero", function* (t) {
    const wg = new WaitGroup();
    wg.add(1);
    const waiting = t.perform(select({ all: wg.wait(), never: chan().recv() }));
    yield* t.settle();
    expect(waiting.done).toBe(false);
    wg.done();
    yield* t.settle();
    expect(waiting.value?.case).toBe("all");
  });

  both("it leaves no trace when it loses", function* (t) {
    const wg = new WaitGroup();
    const quit = chan<void>();
    wg.add(1);
    const waiting = t.perform(select({ all: wg.wait(), quit: quit.recv() }));
    yield* t.settle();
    quit.close();
    yield* t.settle();
    expect(waiting.value?.case).toBe("quit");
    wg.done();
    wg.add(1); // nobody waits, so this is no reuse
    wg.done();
    yield* t.on(wg.wait());
  });
});

describe("go", () => {
  both("counts the goroutine until it ends", function* (t) {
    const wg = new WaitGroup();
    const seen: number[] = [];
    for (let i = 0; i < 3; i++) {
      wg.go(
        t.style.body(function* () {
          yield* t.on(runtime.gosched());
          seen.push(i);
        }) as () => void,
      );
    }
    yield* t.on(wg.wait());
    expect(seen.sort()).toEqual([0, 1, 2]);
  });

  both("passes the arguments and gives the goroutine", function* (t) {
    const wg = new WaitGroup();
    const g = wg.go((a: number, b: number) => a + b, 40, 2);
    yield* t.on(wg.wait());
    expect(yield* t.on(g.join())).toBe(42);
  });

  both("counts a goroutine that leaves by goexit", function* (t) {
    const wg = new WaitGroup();
    wg.go(function* leaver() {
      yield* runtime.goexit();
    });
    yield* t.on(wg.wait());
  });

  test("adds before the goroutine runs", () =>
    run(function* () {
      const wg = new WaitGroup();
      wg.go(() => undefined);
      expect((yield* select({ all: wg.wait(), default: true })).case).toBe("default");
      yield* wg.wait();
    }));

  test("one done too many is a panic of the run", () =>
    expect(
      run(function* () {
        const wg = new WaitGroup();
        wg.go(() => wg.done());
        yield* chan<void>().recv();
      }),
    ).rejects.toMatchObject({ code: "NEGATIVE_WAITGROUP" }));

  test("what the function throws is a panic of the run", () =>
    expect(
      run(function* () {
        const wg = new WaitGroup();
        wg.go(() => {
          throw new Error("boom");
        });
        yield* wg.wait();
      }),
    ).rejects.toThrow("boom"));

  test("refuses what is no function", () => {
    panics("NIL_FUNCTION", () => new WaitGroup().go(null as never));
    expect(() => new WaitGroup().go(1 as never)).toThrow("WaitGroup.go: expected a function, got 1");
  });
});

test("a missing done is a deadlock that names the group", async () => {
  const error = await deadlock(function* main() {
    const wg = new WaitGroup();
    wg.add(1);
    yield* wg.wait();
  });
  expect(error.goroutines.map(({ reason }) => reason)).toEqual(["sync.WaitGroup.Wait"]);
});

test("where a goroutine waits is seen in its stack", async () => {
  const error = await deadlock(async () => {
    const wg = new WaitGroup();
    wg.go(function* waiter() {
      yield* wg.wait(); // for itself
    });
    await wg.wait();
  });
  expect(error.message).toMatch(
    /goroutine 2 \[sync\.WaitGroup\.Wait\]: counter 1\nwaiter\(\)\n\t.*waitgroup\.test\.ts:/,
  );
});
