/** The typed events of what waits in other ways than on one channel: select, await, timers, locks. */
import { chan, go, nilChan, runtime, select, wait } from "millrace";
import { background, withCancel } from "millrace/context";
import { Mutex, WaitGroup } from "millrace/sync";
import { sleep } from "millrace/time";
import { describe, expect, test } from "vitest";
import { inside } from "./told.ts";

describe("select", () => {
  test("a case that is ready, and none with default", async () => {
    const lines = await inside(function* () {
      const ch = chan<number>(1);
      yield* ch.send(1);
      yield* select({ never: null, got: ch.recv() });
      yield* select({ got: ch.recv(), default: true });
      yield* select([ch.send(2)], { order: "listed" });
    });
    expect(lines).toEqual([
      "chan-make g1 c1 1",
      "chan-send g1 c1 1 length 1",
      "chan-recv g1 c1 1 length 0",
      "select g1 got",
      "select g1 default",
      "chan-send g1 c1 2 length 1",
      "select g1 0",
    ]);
  });

  test("one that waits: what it waits for, and the case another goroutine made happen, as its own choice", async () => {
    const lines = await inside(function* () {
      const [a, b] = [chan<number>(), chan<number>()];
      go(function* () {
        yield* b.recv();
      });
      yield* select({ a: a.recv(), b: b.send(7), job: go(function* () {}).join() });
    });
    expect(lines).toEqual([
      "chan-make g1 c1 0",
      "chan-make g1 c2 0",
      "go-create g2 func by g1",
      "go-create g3 func by g1",
      "go-park g1 select: chan receive c1, chan send c2, join",
      "go-start g2",
      "chan-recv g2 c2 7 length 0 direct",
      "select g1 b",
      "go-ready g1 by g2",
      "go-end g2",
      "go-start g3",
      "go-end g3",
      "go-resume g1",
    ]);
  });

  test("a case that fails is the one that was taken", async () => {
    const lines = await inside(function* () {
      const ch = chan<number>();
      go(function* closer() {
        ch.close();
      });
      try {
        yield* select({ out: ch.send(1), never: nilChan<number>().recv() });
      } catch {}
    });
    expect(lines).toEqual([
      "chan-make g1 c1 0",
      "go-create g2 closer by g1",
      "go-park g1 select: chan send c1, chan receive (nil chan)",
      "go-start g2",
      "chan-close g2 c1",
      "select g1 out",
      "go-ready g1 by g2",
      "go-end g2",
      "go-resume g1",
    ]);
  });
});

describe("await", () => {
  test("waits have numbers; the goroutine is known until its first await", async () => {
    const lines = await inside(async () => {
      const [there, back] = [chan<number>(), chan<number>()];
      const got = there.recv().then(() => {});
      go(function* partner() {
        yield* there.send(1);
        yield* back.recv();
      });
      await got;
      await back.send(2);
    });
    expect(lines).toEqual([
      "chan-make g1 c1 0",
      "chan-make g1 c2 0",
      "go-park g1 await 1 chan receive c1",
      "go-create g2 partner by g1",
      "go-start g2",
      "chan-send g2 c1 1 length 0 direct",
      "go-ready g1 await 1 by g2",
      "go-park g2 chan receive c2",
      // After an await nobody knows whose it is.
      "chan-send g0 c2 2 length 0 direct",
      "go-ready g2 by g0",
      "go-resume g2",
      "go-end g2",
    ]);
  });

  test("several at once are told apart", async () => {
    const lines = await inside(async () => {
      const ch = chan<string>();
      await null;
      const both = Promise.all([ch.recv().then(() => {}), select({ got: ch.recv() }).then(() => {})]);
      go(function* sender() {
        yield* ch.send("first");
        yield* ch.send("second");
      });
      await both;
    });
    expect(lines).toEqual([
      "chan-make g1 c1 0",
      "go-park g0 await 1 chan receive c1",
      "go-park g0 await 2 select: chan receive c1",
      "go-create g2 sender by g0",
      "go-start g2",
      "chan-send g2 c1 first length 0 direct",
      "go-ready g0 await 1 by g2",
      "chan-send g2 c1 second length 0 direct",
      "select g0 got",
      "go-ready g0 await 2 by g2",
      "go-end g2",
    ]);
  });

  test("a promise is settled by the host", async () => {
    const lines = await inside(function* () {
      yield* wait(Promise.resolve(1));
    });
    expect(lines).toEqual(["go-park g1 promise", "go-ready g1 by g0", "go-resume g1"]);
  });
});

describe("timers and locks", () => {
  test("a sleep: the timer is set, fires, and the goroutine is ready by the host", async () => {
    const lines = await inside(function* () {
      yield* sleep(1);
    });
    expect(lines).toEqual([
      "go-park g1 sleep",
      "timer-start g1 t1",
      "timer-fire g0 t1",
      "go-ready g1 by g0",
      "go-resume g1",
    ]);
  });

  test("a sleep that loses a select is stopped", async () => {
    const lines = await inside(function* () {
      const ch = chan<number>();
      go(function* sender() {
        yield* ch.send(1);
      });
      yield* select({ late: sleep(10_000), got: ch.recv() });
    });
    expect(lines).toEqual([
      "chan-make g1 c1 0",
      "go-create g2 sender by g1",
      "go-park g1 select: sleep, chan receive c1",
      "timer-start g1 t1",
      "go-start g2",
      "chan-send g2 c1 1 length 0 direct",
      "timer-stop g2 t1",
      "select g1 got",
      "go-ready g1 by g2",
      "go-end g2",
      "go-resume g1",
    ]);
  });

  test("a mutex is handed over: unlocked by one, locked for the other, who is then ready", async () => {
    const lines = await inside(function* () {
      const mutex = new Mutex();
      yield* mutex.lock();
      const other = go(function* () {
        yield* mutex.lock();
        mutex.unlock();
      });
      yield* runtime.gosched();
      mutex.unlock();
      yield* other.join();
    });
    expect(lines.filter((line) => !/Gosched|join|g1 by|resume g1/.test(line))).toEqual([
      "lock g1 Mutex N",
      "go-create g2 func by g1",
      "go-start g2",
      "go-park g2 sync.Mutex.Lock",
      "unlock g1 Mutex N",
      "lock g2 Mutex N",
      "go-ready g2 by g1",
      "go-resume g2",
      "unlock g2 Mutex N",
      "go-end g2",
    ]);
  });

  test("a wait group: each done releases, the wait acquires", async () => {
    const lines = await inside(function* () {
      const wg = new WaitGroup();
      wg.add(1);
      go(function* () {
        wg.done();
      });
      yield* wg.wait();
    });
    expect(lines).toEqual([
      "go-create g2 func by g1",
      "go-park g1 sync.WaitGroup.Wait",
      "go-start g2",
      "unlock g2 WaitGroup N",
      "lock g1 WaitGroup N",
      "go-ready g1 by g2",
      "go-end g2",
      "go-resume g1",
    ]);
  });

  test("a context's channel is closed by whoever cancels", async () => {
    const lines = await inside(function* () {
      const [ctx, cancel] = withCancel(background());
      const done = ctx.done();
      go(function* canceller() {
        cancel();
      });
      yield* done.recv();
      yield* done.recv();
    });
    expect(lines.map((line) => line.replace(/ context.*/, ""))).toEqual([
      "chan-make g1 c1 0",
      "go-create g2 canceller by g1",
      "go-park g1 chan receive c1",
      "go-start g2",
      "chan-close g2 c1",
      "go-ready g1 by g2",
      "go-end g2",
      "go-resume g1",
      "chan-recv g1 c1 undefined length 0 closed",
    ]);
  });
});
