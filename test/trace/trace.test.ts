/** Recordings: what a program does is what the trace shows. */
import "../kit/ticking.ts"; // before the runtime, which takes its clock once

import { chan, type Go, go, type RunOptions, run, runtime, select, wait } from "millrace";
import { Mutex } from "millrace/sync";
import { sleep } from "millrace/time";
import { isEnabled, log, region, start, stop } from "millrace/trace";
import { afterEach, describe, expect, test, vi } from "vitest";
import { tap } from "../../src/runtime/events.ts";
import { hostClock, tickingClock } from "../kit/ticking.ts";
import { Trace } from "../kit/trace.ts";

afterEach(() => {
  stop();
  vi.restoreAllMocks();
  hostClock();
});

async function traced(main: () => unknown, options: RunOptions = {}): Promise<Trace> {
  const pieces: string[] = [];
  start((text) => void pieces.push(text));
  await run(main, { seed: 1, ...options }).catch(() => {});
  expect(stop()).toBe("complete");
  const trace = new Trace(pieces.join(""));
  expect(trace.overlaps()).toEqual([]);
  return trace;
}

describe("goroutines", () => {
  test("are tracks of what they do and what they wait for", async () => {
    const trace = await traced(
      function* main() {
        const results = chan<number>(0, { name: "results" });
        go(function* worker() {
          yield* sleep(1);
          yield* results.send(1);
        });
        yield* results.recv();
      },
      { name: "the program" },
    );
    expect(trace.spans("worker")).toEqual(["running", "sleep", "running"]);
    expect(trace.spans("main")).toEqual(["running", "chan receive results", "running"]);
    expect(trace.events.find((each) => each.name === "process_name")?.args?.name).toBe("the program");
    expect(trace.instants("end")).toEqual(["the run is over"]);
  });

  test("that are left behind end with their run", async () => {
    const trace = await traced(function* main() {
      go(function* stuck() {
        yield* chan(0, { name: "nothing" }).recv();
      });
      yield* runtime.gosched();
    });
    expect(trace.spans("stuck")).toEqual(["running", "chan receive nothing"]);
  });

  test("a select says what it waits for", async () => {
    const trace = await traced(function* main() {
      const [a, b] = [chan<number>(), chan<number>()];
      go(function* sender() {
        yield* b.send(1);
      });
      yield* select({ a: a.recv(), b: b.recv() });
    });
    expect(trace.spans("main")[1]).toMatch(/^select: chan receive #\d+, chan receive #\d+$/);
    expect(trace.arrows("chan")[0]).toMatch(/^sender → main chan #\d+$/);
  });

  test("async ones run until they suspend, and what they await is shown", async () => {
    const trace = await traced(function* main() {
      const ch = chan<number>(0, { name: "ch" });
      const reader = go(async function reader() {
        await ch.recv();
      });
      yield* sleep(1);
      yield* ch.send(1);
      yield* reader.join();
    });
    expect(trace.spans("reader")).toEqual(["running"]);
    expect(trace.overlays("await")).toEqual([expect.stringMatching(/: chan receive ch$/)]);
  });

  test("one that panics is marked, and so is the end of its run", async () => {
    const trace = await traced(function* main() {
      yield* runtime.gosched();
      throw new TypeError("no such thing\nsecond line");
    });
    expect(trace.instants("panic")).toEqual(["panic: TypeError: no such thing"]);
    expect(trace.instants("end")).toEqual(["TypeError: no such thing"]);
  });
});

describe("arrows", () => {
  test("from who hands a value over to who waited for it", async () => {
    const trace = await traced(function* main() {
      const ch = chan<number>(0, { name: "ch" });
      go(function* sender() {
        yield* ch.send(1);
      });
      yield* ch.recv();
    });
    expect(trace.arrows("chan")).toEqual(["sender → main ch"]);
  });

  test("from a sender that waited to who takes its value", async () => {
    const trace = await traced(function* main() {
      const ch = chan<number>(0, { name: "ch" });
      go(function* sender() {
        yield* ch.send(1);
      });
      yield* runtime.gosched();
      yield* ch.recv();
    });
    expect(trace.arrows("chan")).toEqual(["sender → main ch"]);
  });

  test("through a buffer, from each sender to who got its value", async () => {
    const trace = await traced(function* main() {
      const ch = chan<string>(2, { name: "ch" });
      for (const name of ["first", "second", "third", "fourth"]) {
        const named = {
          *[name](): Go<void> {
            yield* ch.send(name);
          },
        }[name] as () => Go<void>;
        go(named);
      }
      yield* runtime.gosched(); // two are in the buffer, two wait
      const reader = go(function* reader() {
        for (let i = 0; i < 4; i++) yield* ch.recv();
      });
      yield* reader.join();
    });
    expect(trace.arrows("chan")).toEqual(["first", "second", "third", "fourth"].map((name) => `${name} → reader ch`));
  });

  test("a value from before the recording has no arrow, and the next one has its own", async () => {
    const pieces: string[] = [];
    await run(function* main() {
      const ch = chan<number>(3, { name: "ch" });
      yield* ch.send(1);
      start((text) => void pieces.push(text));
      go(function* sender() {
        yield* ch.send(2);
      });
      yield* runtime.gosched();
      const reader = go(function* reader() {
        yield* ch.recv();
        yield* ch.recv();
      });
      yield* reader.join();
    });
    stop();
    expect(new Trace(pieces.join("")).arrows("chan")).toEqual([expect.stringMatching(/^sender → reader /)]);
  });

  test("from who wakes somebody", async () => {
    const trace = await traced(function* main() {
      const mu = new Mutex();
      yield* mu.lock();
      const other = go(function* other() {
        yield* mu.lock();
        mu.unlock();
      });
      yield* runtime.gosched();
      mu.unlock();
      yield* other.join();
    });
    expect(trace.arrows("wake")).toEqual(["main → other go", "main → other wake", "other → main wake"]);
    expect(trace.overlays("lock").map((each) => each.replace(/\d+$/, "N"))).toEqual([
      "main: holds Mutex N",
      "other: holds Mutex N",
    ]);
  });

  test("from who closes a channel to those that waited on it", async () => {
    const trace = await traced(function* main() {
      const ch = chan<number>(0, { name: "ch" });
      const reader = go(function* reader() {
        yield* ch.recv();
      });
      yield* runtime.gosched();
      ch.close();
      yield* reader.join();
    });
    expect(trace.arrows("wake")).toContain("main → reader close");
    expect(trace.instants("close")).toEqual(["close ch"]);
  });
});

test("counters: the length of channels and the run queue", async () => {
  tickingClock(1);
  const trace = await traced(function* main() {
    const ch = chan<number>(3, { name: "ch" });
    for (let i = 0; i < 3; i++) yield* ch.send(i);
    for (let i = 0; i < 3; i++) yield* ch.recv();
  });
  expect(trace.values("length of ch")).toEqual([1, 2, 3, 2, 1, 0]);
  expect(trace.values("runnable goroutines").slice(0, 2)).toEqual([1, 0]);
});

describe("what the program says", () => {
  test("regions, of each goroutine its own, and lines of its log", async () => {
    const trace = await traced(function* main() {
      using _ = region("outer");
      const worker = go(function* worker() {
        using _ = region("inner");
        yield* sleep(1);
        log("db", "connected");
        log("", "plain");
      });
      yield* worker.join();
    });
    expect(trace.overlays("region")).toEqual(["worker: inner", "main: outer"]);
    expect(trace.instants("log")).toEqual(["db: connected", "plain"]);
  });

  test("a region ends with its goroutine, if not before", async () => {
    const trace = await traced(function* main() {
      region("never disposed");
      yield* runtime.gosched();
    });
    expect(trace.overlays("region")).toEqual(["main: never disposed"]);
  });

  test("costs nothing and says nothing while nobody records", async () => {
    expect(isEnabled()).toBe(false);
    expect(region("a")).toBe(region("b"));
    log("a", "b");
    start(() => {});
    expect(isEnabled()).toBe(true);
  });
});

describe("the recording", () => {
  test("ends by itself at its limit, and says so", async () => {
    const pieces: string[] = [];
    start((text) => void pieces.push(text), { maxBytes: 100_000 });
    await run(function* main() {
      const ch = chan<number>(1);
      for (let i = 0; i < 50_000; i++) {
        yield* ch.send(i);
        yield* ch.recv();
      }
    });
    expect(tap.listener).toBeNull();
    const note = stop();
    expect(note).toMatch(/^the recording reached its limit after \d+ ms$/);
    const text = pieces.join("");
    expect(new Trace(text).note).toBe(note);
    // A chunk is written as a whole.
    expect(text.length).toBeLessThan(1_000_000);
  });

  test("can be cut off after any line", async () => {
    const pieces: string[] = [];
    start((text) => void pieces.push(text));
    await run(function* main() {
      for (let i = 0; i < 2000; i++) yield* runtime.gosched();
    });
    const lines = pieces.join("").split("\n");
    const cut = `${lines.slice(0, 500).join("\n").replace(/,$/, "")}]`;
    expect(JSON.parse(cut)).toHaveLength(499);
  });

  test("is one at a time, and can be begun again", () => {
    start(() => {});
    expect(() => start(() => {})).toThrow("trace.start: a recording is under way");
    expect(stop()).toBe("complete");
    expect(stop()).toBe("");
    start(() => {});
  });

  test("refuses what it can't write with", () => {
    expect(() => start("out.json" as never)).toThrow('trace.start: expected a function that writes, got "out.json"');
    expect(() => start(() => {}, { maxBytes: 0 })).toThrow("trace.start: maxBytes: expected a number above 0, got 0");
  });

  test("a writer that throws ends it, and the program goes on", async () => {
    let pieces = 0;
    start(() => {
      if (++pieces > 1) throw new Error("disk full");
    });
    const sum = await run(function* () {
      let n = 0;
      for (let i = 0; i < 5000; i++) {
        yield* runtime.gosched();
        n++;
      }
      return n;
    });
    expect(sum).toBe(5000);
    expect(stop()).toBe("the writer threw: disk full");
    expect(tap.listener).toBeNull();
    start(() => {});
  });

  test("keeps no value alive", async () => {
    let value: object | null = { large: true };
    const ref = new WeakRef(value);
    start(() => {});
    await run(function* () {
      const ch = chan<object | null>(1);
      yield* ch.send(value);
      yield* ch.recv();
    });
    value = null;
    await run(() => wait(new Promise((resolve) => setImmediate(resolve))));
    globalThis.gc?.();
    expect(ref.deref()).toBeUndefined();
  });
});
