/** The typed events: scripted programs emit exactly these, in this order. */
import {
  chan,
  type Go,
  go,
  listen,
  nilChan,
  type RunOptions,
  type RuntimeEvent,
  range,
  run,
  runtime,
  select,
  wait,
} from "millrace";
import { background, withCancel } from "millrace/context";
import { Mutex, WaitGroup } from "millrace/sync";
import { sleep } from "millrace/time";
import { afterEach, describe, expect, test, vi } from "vitest";
import { tap } from "../../src/runtime/events.ts";
import { type Recording, record } from "./record.ts";

let recording: Recording | undefined;
afterEach(() => recording?.[Symbol.dispose]());

/** What `main` emits as a run: seeded, because preemption by the clock would be told, too. */
async function told(main: () => unknown, options: RunOptions = { seed: 1 }): Promise<string[]> {
  recording = record();
  await run(main, { name: "test", ...options }).catch(() => {});
  return recording.lines();
}

/** The events of a run that ends well: without its first three and its last two. */
async function inside(main: () => unknown, options?: RunOptions): Promise<string[]> {
  const lines = await told(main, options);
  expect(lines.slice(0, 3)).toEqual(["run-start test", "go-create g1 main by g0", "go-start g1"]);
  expect(lines.slice(-2)).toEqual(["go-end g1", "run-end test"]);
  return lines.slice(3, -2);
}

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
      const end = performance.now() + 25;
      while (performance.now() < end) {
        buffer.tryRecv();
        yield* buffer.send(1);
      }
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

test("a channel of one run used in another: each event is in the run of the goroutine it names", async () => {
  const shared = chan<number>(); // made outside of any run: in the default one
  recording = record();
  function* receiver(): Go {
    yield* shared.recv();
  }
  function* sender(): Go {
    yield* shared.send(1);
  }
  await Promise.all([run(receiver, { name: "receiving", seed: 1 }), run(sender, { name: "sending", seed: 1 })]);
  expect(recording.lines()).toEqual([
    "run-start r1 receiving",
    "go-create r1.g1 receiver by g0",
    "run-start r2 sending",
    "go-create r2.g1 sender by g0",
    "go-start r1.g1",
    "go-park r1.g1 chan receive c1",
    "go-start r2.g1",
    "chan-send r2.g1 c1 1 length 0 direct",
    "go-ready r1.g1 by r2.g1",
    "go-end r2.g1",
    "run-end r2 sending",
    "go-resume r1.g1",
    "go-end r1.g1",
    "run-end r1 receiving",
  ]);
});

test("events hold nothing alive and can be kept: they are plain objects of numbers, names and values", async () => {
  await inside(function* () {
    const ch = chan<number>(1);
    yield* ch.send(1);
    yield* select({ got: ch.recv() });
    yield* sleep(0.1);
  });
  const events = recording?.events ?? [];
  expect(structuredClone(events)).toEqual(events);
});

describe("the listener", () => {
  test("is one of several, and each gets every event until it leaves", async () => {
    const heard: string[] = [];
    const hear = (who: string) => listen((event) => void (event.kind === "chan-send" && heard.push(who)));
    const stops = [hear("first"), hear("second"), hear("third")];
    const sendOne = () =>
      run(function* () {
        yield* chan<number>(1).send(1);
      });
    await sendOne();
    stops[1]?.();
    stops[1]?.();
    await sendOne();
    stops[0]?.();
    stops[2]?.();
    await sendOne();
    expect(heard).toEqual(["first", "second", "third", "first", "third"]);
    expect(tap.listener).toBeNull();
  });

  test("is told what ended the run", async () => {
    recording = record();
    const bad = new Error("bad");
    await run(function* () {}).catch(() => {});
    await run(function* () {
      throw bad;
    }).catch(() => {});
    const ends = recording.events.filter((event) => event.kind === "run-end").map(({ error }) => error);
    expect(ends).toEqual([undefined, bad]);
  });

  test("one that throws is cut off alone", async () => {
    const said = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const stopBad = listen(() => {
      throw new Error("bad listener");
    });
    recording = record();
    await run(function* () {});
    stopBad();
    expect(said).toHaveBeenCalledTimes(1);
    expect(recording.events.map((event) => event.kind)).toEqual([
      "run-start",
      "go-create",
      "go-start",
      "go-end",
      "run-end",
    ]);
    said.mockRestore();
  });

  test("one that throws is cut off, and the program runs on", async () => {
    const said = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    let heard = 0;
    const stop = listen(() => {
      heard++;
      throw new Error("bad listener");
    });
    const sum = await run(function* () {
      const ch = chan<number>(1);
      yield* ch.send(1);
      return yield* ch.recv();
    });
    stop();
    expect({ sum, heard }).toEqual({ sum: 1, heard: 1 });
    expect(said).toHaveBeenCalledOnce();
    expect(String(said.mock.lastCall?.[0])).toMatch(
      /^millrace: the event listener threw and was removed: Error: bad listener\n/,
    );
    said.mockRestore();
  });

  test("may come and go at any time", async () => {
    const events: RuntimeEvent[] = [];
    await run(async () => {
      const ch = chan<number>();
      const received = ch.recv().then(() => {}); // parks unheard
      const stop = listen((event) => void events.push(event));
      await ch.send(1);
      await received;
      stop();
      ch.close();
    });
    expect(events.map((event) => event.kind)).toEqual(["chan-send", "go-ready"]);
    expect(events[1]).toMatchObject({ g: 0, wait: 0 });
  });

  test("sees the same run that nobody listens to: it changes nothing", async () => {
    const program = (log: string[]) =>
      function* (): Go {
        const [a, b] = [chan<number>(), chan<number>(2)];
        for (const ch of [a, b]) {
          go(function* () {
            for (let i = 0; i < 20; i++) yield* ch.send(i);
          });
        }
        for (let i = 0; i < 40; i++) {
          const s = yield* select({ a: a.recv(), b: b.recv() });
          log.push(`${s.case}${s.value}`);
        }
      };
    const logs: string[][] = [[], []];
    await run(program(logs[0] as string[]), { seed: 7 });
    recording = record();
    await run(program(logs[1] as string[]), { seed: 7 });
    expect(logs[1]).toEqual(logs[0]);
    expect(recording.events.length).toBeGreaterThan(100);
  });
});
