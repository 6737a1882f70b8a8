/** The typed events: scripted programs emit exactly these, in this order. */
import { chan, go, listen, nilChan, range, runtime } from "millrace";
import { describe, expect, test } from "vitest";
import { inside, told } from "./told.ts";

describe("goroutines", () => {
  test("a run and its main", async () => {
    expect(await inside(function* () {})).toEqual([]);
  });

  test("create, start, end, and whoever joins is made ready by the end", async () => {
    const lines = await inside(function* () {
      const worker = go(function* worker() {});
      yield* worker.join();
      yield* worker.join();
    });
    expect(lines).toEqual([
      "go-create g2 worker by g1",
      "go-park g1 join",
      "go-start g2",
      "go-end g2",
      "go-ready g1 by g2",
      "go-resume g1",
      "acquire g1 goroutine g2",
    ]);
  });

  test.for([
    ["an async", async () => void (await null)],
    ["a plain", () => {}],
  ] as readonly [string, () => unknown][])("%s function as a goroutine", async ([, fn]) => {
    const lines = await inside(function* () {
      yield* go(fn).join();
    });
    expect(lines).toEqual([
      "go-create g2 func by g1",
      "go-park g1 join",
      "go-start g2",
      "go-end g2",
      "go-ready g1 by g2",
      "go-resume g1",
    ]);
  });

  test("gosched: a goroutine that parks is ready at once, by itself", async () => {
    const lines = await inside(function* () {
      yield* runtime.gosched();
    });
    expect(lines).toEqual(["go-park g1 runtime.Gosched", "go-ready g1 by g1", "go-resume g1"]);
  });

  test("go-yield: one that has used up its slice, and goes on later", async () => {
    const lines = await inside(function* () {
      const buffer = chan<number>(1);
      let yields = 0;
      const stop = listen((event) => void (event.kind === "go-yield" && yields++));
      while (yields < 2) {
        buffer.tryRecv();
        yield* buffer.send(1);
      }
      stop();
    }, {});
    const turns = lines.filter((line) => line.startsWith("go-"));
    expect(turns.length).toBeGreaterThanOrEqual(4);
    for (let i = 0; i < turns.length; i += 2) expect(turns.slice(i, i + 2)).toEqual(["go-yield g1", "go-resume g1"]);
  });

  test("a panic ends the run, and the others have no end of their own", async () => {
    const lines = await told(function* () {
      go(function* stuck() {
        yield* nilChan<number>().recv();
      });
      yield* runtime.gosched();
      throw new Error("boom");
    });
    expect(lines).toEqual([
      "run-start test",
      "go-create g1 main by g0",
      "go-start g1",
      "go-create g2 stuck by g1",
      "go-park g1 runtime.Gosched",
      "go-ready g1 by g1",
      "go-start g2",
      "go-park g2 chan receive (nil chan)",
      "go-resume g1",
      "go-panic g1 Error: boom",
      "run-end test",
    ]);
  });

  test("goexit is an end like any other", async () => {
    const lines = await inside(function* () {
      yield* go(function* leaver() {
        yield* runtime.goexit();
      }).join();
    });
    expect(lines).toEqual([
      "go-create g2 leaver by g1",
      "go-park g1 join",
      "go-start g2",
      "go-end g2",
      "go-ready g1 by g2",
      "go-resume g1",
    ]);
  });
});

describe("channels", () => {
  test("the buffer, in order, with its length after each", async () => {
    const lines = await inside(function* () {
      const ch = chan<string>(2, { name: "jobs" });
      yield* ch.send("a");
      ch.trySend("b");
      ch.trySend("no room");
      ch.tryRecv();
      yield* ch.recv();
      ch.tryRecv();
    });
    expect(lines).toEqual([
      "chan-make g1 c1 2 jobs",
      "chan-send g1 c1 a length 1",
      "chan-send g1 c1 b length 2",
      "chan-recv g1 c1 a length 1",
      "chan-recv g1 c1 b length 0",
    ]);
  });

  test("a receiver that waits: the send is direct, then it is ready", async () => {
    const lines = await inside(function* () {
      const ch = chan<number>();
      go(function* sender() {
        yield* ch.send(42);
      });
      yield* ch.recv();
    });
    expect(lines).toEqual([
      "chan-make g1 c1 0",
      "go-create g2 sender by g1",
      "go-park g1 chan receive c1",
      "go-start g2",
      "chan-send g2 c1 42 length 0 direct",
      "go-ready g1 by g2",
      "go-end g2",
      "go-resume g1",
    ]);
  });

  test("a sender that waits: the receive is direct, then it is ready", async () => {
    const lines = await inside(function* () {
      const ch = chan<number>();
      go(function* receiver() {
        for (const r = range(ch); yield* r.next(); ) r.value;
      });
      yield* ch.send(1);
      yield* runtime.gosched();
      yield* ch.send(2);
      ch.close();
      yield* runtime.gosched();
    });
    expect(lines).toEqual([
      "chan-make g1 c1 0",
      "go-create g2 receiver by g1",
      "go-park g1 chan send c1",
      "go-start g2",
      "chan-recv g2 c1 1 length 0 direct",
      "go-ready g1 by g2",
      "go-park g2 chan receive c1",
      "go-resume g1",
      "go-park g1 runtime.Gosched",
      "go-ready g1 by g1",
      "go-resume g1",
      "chan-send g1 c1 2 length 0 direct",
      "go-ready g2 by g1",
      "chan-close g1 c1",
      "go-park g1 runtime.Gosched",
      "go-ready g1 by g1",
      "go-resume g2",
      "chan-recv g2 c1 undefined length 0 closed",
      "go-end g2",
      "go-resume g1",
    ]);
  });

  test("a full buffer: the receive takes the oldest, the waiting sender's value takes its place", async () => {
    const lines = await inside(function* () {
      const ch = chan<string>(1);
      go(function* sender() {
        yield* ch.send("b");
      });
      yield* ch.send("a");
      yield* runtime.gosched();
      yield* ch.recv();
      yield* ch.recv();
    });
    expect(lines.filter((line) => !line.includes("Gosched"))).toEqual([
      "chan-make g1 c1 1",
      "go-create g2 sender by g1",
      "chan-send g1 c1 a length 1",
      "go-ready g1 by g1",
      "go-start g2",
      "go-park g2 chan send c1",
      "go-resume g1",
      "chan-recv g1 c1 a length 1",
      "go-ready g2 by g1",
      "chan-recv g1 c1 b length 0",
    ]);
  });

  test("close wakes all who wait, in order; receives from it afterwards are told, too", async () => {
    const lines = await inside(function* () {
      const ch = chan<number>();
      for (let i = 0; i < 2; i++) {
        go(function* () {
          yield* ch.recv();
        });
      }
      yield* runtime.gosched();
      ch.close();
      ch.tryRecv();
    });
    expect(lines.slice(lines.lastIndexOf("go-resume g1"))).toEqual([
      "go-resume g1",
      "chan-close g1 c1",
      "go-ready g2 by g1",
      "go-ready g3 by g1",
      "chan-recv g1 c1 undefined length 0 closed",
    ]);
  });
});
