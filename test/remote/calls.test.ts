/** Calls over processes, on `memory()` in virtual time: each fleet stands for a process. */
import { ArgumentError, chan, type Go, go, Panic, range, run, select } from "millrace";
import {
  background,
  Canceled,
  type Context,
  cause,
  DeadlineExceeded,
  key,
  withCancelCause,
  withTimeout,
  withValue,
} from "millrace/context";
import { mapConcurrent, mapStream, WorkerPool } from "millrace/patterns";
import { connect, Discard, type Fleet, handle, memory, RemoteError, type Transport } from "millrace/remote";
import { bubble } from "millrace/testing";
import { type Parallel, parallel } from "millrace/threads";
import * as time from "millrace/time";
import { describe, expect, it } from "vitest";
import type { QueueSink, QueueSpec } from "../../src/remote/transport.ts";

const here = { url: import.meta.url };
const LEASE = 3000;

/** What the functions below have done, in order. */
const seen: string[] = [];

const double = parallel(here, "calls: double", (n: number) => 2 * n);
const fails = parallel(here, "calls: fails", (what: "error" | "remote" | "discard" | "text") => {
  if (what === "remote") throw new RemoteError("STATE_LOST", "gone", { sent: "maybe" });
  if (what === "discard") throw new Discard("never");
  if (what === "text") throw "a text";
  throw Object.assign(new RangeError("too far"), { code: "E_FAR" });
});
const waits = parallel(here, "calls: waits", function* (ctx: Context, ms: number): Go<string> {
  seen.push("begun");
  const s = yield* select({ done: ctx.done().recv(), slept: time.sleep(ms) });
  if (s.case === "slept") return "slept";
  seen.push(`ended: ${(cause(ctx) as Error).message}`);
  throw cause(ctx);
});
const waitsAsJob = parallel(here, "calls: waits as a job", (ms: number, ctx: Context) => waits(ctx, ms));
const naps = parallel(here, "calls: naps", function* (name: string, ms: number): Go<string> {
  seen.push(`${name} begins`);
  yield* time.sleep(ms);
  seen.push(`${name} ends`);
  return name;
});
const sendsFunction = parallel(here, "calls: sends a function", (() => () => {}) as unknown as () => number);
const twice = parallel(here, "calls: twice", (f: Parallel<(n: number) => number>, n: number) => f(f(n)));
const user = key<string>("user");
const whoseTime = parallel(here, "calls: whose time", (ctx: Context) => {
  const deadline = ctx.deadline();
  return [ctx.value(user), deadline === undefined ? undefined : Math.round(-time.since(deadline))] as const;
});
const large = parallel(here, "calls: large", (n: number) => "x".repeat(n));

/** Runs `program` in a bubble, with a caller, and `workers` processes that serve. */
function fleet(
  program: (caller: Fleet, workers: readonly Fleet[], transport: Transport) => Go,
  { workers = 1, transport = memory() }: { workers?: number; transport?: Transport } = {},
): Promise<void> {
  seen.length = 0;
  return bubble(function* () {
    const join = () => connect(transport, { name: "f", lease: LEASE });
    const caller = yield* join();
    const all: Fleet[] = [];
    for (let i = 0; i < workers; i++) {
      const worker = yield* join();
      go(() => worker.serve({ concurrency: 4 }));
      all.push(worker);
    }
    yield* time.sleep(1); // they serve by now
    yield* program(caller, all, transport);
    for (const each of [caller, ...all]) yield* each.drain();
  });
}

function* thrown(op: () => Go<unknown>): Go<unknown> {
  try {
    yield* op();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

describe("go", () => {
  it("runs a parallel function on a process that serves it, and join gives a copy of the result", () =>
    fleet(function* (caller) {
      const goroutines = [1, 2, 3].map((n) => caller.go(double, n));
      for (const [i, each] of goroutines.entries()) expect(yield* each.join()).toBe(2 * (i + 1));
      expect(new Set(goroutines.map(({ id }) => id)).size).toBe(3);
      expect(yield* (goroutines[0] as (typeof goroutines)[0]).join()).toBe(2); // again
    }));

  it("throws what the function throws: class, code, message, fields and the stack from there", () =>
    fleet(function* (caller) {
      const error = (yield* thrown(() => caller.go(fails, "error").join() as never)) as RangeError;
      expect(error).toBeInstanceOf(RangeError);
      expect(error).toMatchObject({ message: "too far", code: "E_FAR" });
      expect(error.stack).toContain("calls.test.ts");
      const remote = yield* thrown(() => caller.go(fails, "remote").join() as never);
      expect(remote).toBeInstanceOf(RemoteError);
      expect(remote).toMatchObject({ code: "STATE_LOST", sent: "maybe", message: "gone" });
      expect(yield* thrown(() => caller.go(fails, "discard").join() as never)).toBeInstanceOf(Discard);
      expect(yield* thrown(() => caller.go(fails, "text").join() as never)).toBe("a text");
    }));

  it("says what of a result can't travel, or is too large", () =>
    fleet(function* (caller) {
      const error = yield* thrown(() => caller.go(sendsFunction).join() as never);
      expect(error).toBeInstanceOf(ArgumentError);
      expect((error as Error).message).toContain("go: the result of calls: sends a function");
      expect(yield* thrown(() => caller.go(large, 2 << 20).join() as never)).toMatchObject({
        message: expect.stringContaining("maxSize is 1048576"),
      });
    }));

  it("is refused for other functions, for what can't travel, for what is too large, and after the end", () =>
    fleet(function* (caller) {
      const other = (() => 1) as unknown as typeof double;
      expect(() => caller.go(other, 1)).toThrow(/a fleet runs parallel functions/);
      expect(() => caller.go(double, { f: [chan()] } as unknown as number)).toThrow(/^go: args\[0\]\.f\[0\]/);
      expect(() => caller.go(double, "x".repeat(2 << 20) as unknown as number)).toThrow(/maxSize is 1048576/);
      yield* caller.drain();
      expect(() => caller.go(double, 1)).toThrow(new Panic("CLOSED_FLEET").message);
    }));

  it("brings parallel functions along by their names", () =>
    fleet(function* (caller) {
      expect(yield* caller.go(twice, double, 1).join()).toBe(4);
    }));

  it("waits for a process that serves the function, or not longer than queueTimeout", () =>
    fleet(
      function* (caller, _, transport) {
        const patient = caller.go(double, 4);
        const hasty = caller.with({ queueTimeout: 1000 }).go(double, 4);
        const before = time.now();
        expect(yield* thrown(() => hasty.join() as never)).toMatchObject({ code: "NOT_SERVED" });
        expect(time.since(before)).toBe(1000);
        const worker = yield* connect(transport, { name: "f", lease: LEASE });
        go(() => worker.serve());
        expect(yield* patient.join()).toBe(8);
        yield* worker.drain();
      },
      { workers: 0 },
    ));

  it("calls of a key are done one at a time, in order; groups are served by those that say so", () =>
    fleet(
      function* (caller, _, transport) {
        const a = yield* connect(transport, { name: "f", lease: LEASE });
        go(() => a.serve({ groups: ["big"] }));
        const big = caller.with({ group: "big", key: "k" });
        const goroutines = ["a", "b", "c"].map((name) => big.go(naps, name, 10));
        for (const each of goroutines) yield* each.join();
        expect(seen).toEqual(["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]);
        yield* a.drain();
      },
      { workers: 1 },
    ));

  it("a join that loses a select leaves the goroutine as it is", () =>
    fleet(function* (caller) {
      const goroutine = caller.go(naps, "long", 1000);
      const s = yield* select({ joined: goroutine.join(), late: time.sleep(100) });
      expect(s.case).toBe("late");
      expect(yield* goroutine.join()).toBe("long");
    }));
});

describe("contexts", () => {
  it("arrive with their values and the time they have left", () =>
    fleet(function* (caller) {
      const [ctx] = withTimeout(withValue(background(), user, "ann"), 5000);
      expect(yield* caller.go(whoseTime, ctx).join()).toEqual(["ann", 5000]);
      expect(yield* caller.go(whoseTime, background()).join()).toEqual([undefined, undefined]);
    }));

  it("end there when they end here, with their cause", () =>
    fleet(function* (caller) {
      const [ctx, cancel] = withCancelCause(background());
      const goroutine = caller.go(waits, ctx, 60_000);
      yield* time.sleep(100);
      cancel(new Error("no longer wanted"));
      expect(yield* thrown(() => goroutine.join() as never)).toMatchObject({ message: "no longer wanted" });
      expect(seen).toEqual(["begun", "ended: no longer wanted"]);
    }));

  it("end there by their deadline; a call that waited for its worker has no more time than is left", () =>
    fleet(
      function* (caller, _, transport) {
        const [ctx] = withTimeout(background(), 10_000);
        const goroutine = caller.go(waits, ctx, 60_000);
        const before = time.now();
        yield* time.sleep(8000);
        const worker = yield* connect(transport, { name: "f", lease: LEASE });
        go(() => worker.serve());
        expect(yield* thrown(() => goroutine.join() as never)).toBe(DeadlineExceeded);
        expect(time.since(before)).toBeGreaterThanOrEqual(10_000);
        expect(time.since(before)).toBeLessThan(10_050);
        yield* worker.drain();
      },
      { workers: 0 },
    ));

  it("a call whose context ends before it has begun never begins", () =>
    fleet(
      function* (caller, _, transport) {
        const [ctx, cancel] = withCancelCause(background());
        const goroutine = caller.go(waits, ctx, 1);
        yield* time.sleep(100);
        cancel(new Error("too late"));
        const error = yield* thrown(() => goroutine.join() as never);
        expect(error).toMatchObject({ message: Canceled.message, cause: { message: "too late" } });
        const worker = yield* connect(transport, { name: "f", lease: LEASE });
        go(() => worker.serve());
        yield* time.sleep(100);
        expect(seen).toEqual([]);
        yield* worker.drain();
      },
      { workers: 0 },
    ));

  it("cancel ends all contexts of a goroutine, and takes back one that has not begun", () =>
    fleet(
      function* (caller, _, transport) {
        const early = caller.go(waits, background(), 1);
        yield* time.sleep(10);
        early.cancel(new Error("changed my mind"));
        expect(yield* thrown(() => early.join() as never)).toMatchObject({ message: "changed my mind" });
        const worker = yield* connect(transport, { name: "f", lease: LEASE });
        go(() => worker.serve());
        const late = caller.go(waits, background(), 60_000);
        yield* time.sleep(100);
        late.cancel();
        expect(yield* thrown(() => late.join() as never)).toBe(Canceled);
        expect(seen).toEqual(["begun", "ended: context canceled"]);
        yield* worker.drain();
      },
      { workers: 0 },
    ));
});

describe("death", () => {
  /** Cuts processes off, by their numbers. */
  function cuts(): { transport: Transport; cut: Set<number> } {
    const cut = new Set<number>();
    const partition = (from: number, to: number): boolean => cut.has(from) || cut.has(to);
    return { transport: memory({ faults: { partition } }), cut };
  }

  it("of the caller: its goroutine is cancelled within a lease and a half", () => {
    const { transport, cut } = cuts();
    return fleet(
      function* (caller) {
        const goroutine = caller.go(waits, background(), 600_000);
        yield* time.sleep(100);
        cut.add(1);
        yield* time.sleep(1.5 * LEASE);
        expect(seen).toEqual(["begun", "ended: the process that started this goroutine is gone"]);
        cut.clear();
        expect(yield* thrown(() => goroutine.join() as never)).toMatchObject({ code: "LOST" });
        expect(yield* caller.go(double, 3).join()).toBe(6); // under another address
      },
      { transport },
    );
  });

  it("of the worker: join throws LOST, or it is begun again elsewhere, within a lease and a half", () => {
    const { transport, cut } = cuts();
    return fleet(
      function* (caller) {
        const once = caller.go(naps, "once", 60_000);
        const again = caller.with({ attempts: 2 }).go(naps, "again", 60_000);
        yield* time.sleep(100);
        expect(seen).toEqual(["once begins", "again begins"]);
        cut.add(2);
        const other = yield* connect(transport, { name: "f", lease: LEASE });
        go(() => other.serve());
        const before = time.now();
        expect(yield* thrown(() => once.join() as never)).toMatchObject({ code: "LOST", sent: "maybe" });
        expect(time.since(before)).toBeLessThanOrEqual(1.5 * LEASE);
        yield* time.sleep(1.5 * LEASE - time.since(before));
        expect(seen).toEqual(["once begins", "again begins", "again begins"]);
        cut.clear();
        expect(yield* again.join()).toBe("again");
        yield* other.drain();
      },
      { transport },
    );
  });

  it("what is lost, repeated and late on the way changes nothing", () =>
    fleet(
      function* (caller) {
        const goroutines = Array.from({ length: 30 }, (_, n) => caller.with({ attempts: 100 }).go(double, n));
        for (const [n, each] of goroutines.entries()) expect(yield* each.join()).toBe(2 * n);
      },
      { transport: memory({ faults: { lose: 0.1, duplicate: 0.1, delay: 50, restart: 0.01 } }), workers: 3 },
    ));
});

describe("drain", () => {
  it("finishes what it works on, and takes nothing more", () =>
    fleet(
      function* (caller, [worker]) {
        const first = caller.go(naps, "first", 1000);
        yield* time.sleep(100);
        const leaves = go(() => (worker as Fleet).drain());
        yield* time.sleep(100);
        const second = caller.go(double, 1);
        expect(yield* first.join()).toBe("first");
        yield* leaves.join();
        const s = yield* select({ joined: second.join(), late: time.sleep(10_000) });
        expect(s.case).toBe("late");
        second.cancel();
      },
      { workers: 1 },
    ));

  it("after its timeout ends the contexts, gives back, which is no attempt, and says what held it up", () =>
    fleet(
      function* (caller, [first], transport) {
        const goroutine = caller.go(waits, background(), 60_000);
        yield* time.sleep(100);
        const error = yield* thrown(() => (first as Fleet).drain({ timeout: 1000 }) as never);
        expect(error).toMatchObject({ code: "HELD_UP", message: expect.stringContaining('call "calls: waits"') });
        yield* time.sleep(1);
        expect(seen).toEqual(["begun", expect.stringContaining("ended: drain: after 1000 ms not done")]);
        const other = yield* connect(transport, { name: "f", lease: LEASE });
        go(() => other.serve());
        expect(yield* goroutine.join()).toBe("slept");
        yield* other.drain();
      },
      { workers: 1 },
    ));

  it("throws what nothing joined", () =>
    bubble(function* () {
      const transport = memory();
      const [caller, worker] = [yield* connect(transport, { name: "f" }), yield* connect(transport, { name: "f" })];
      go(() => worker.serve());
      caller.go(fails, "error");
      expect(yield* thrown(() => caller.drain() as never)).toMatchObject({ message: "too far" });
      yield* worker.drain();
    }));

  it("gives up its address, with what is there", () => {
    const opened = new Set<string>();
    const dropped = new Set<string>();
    const inner = memory();
    const transport: Transport = {
      open(name, port) {
        const connection = inner.open(name, port);
        return new Proxy(connection, {
          get(target, what) {
            const value = Reflect.get(target, what, target) as unknown;
            if (what !== "queue") return typeof value === "function" ? value.bind(target) : value;
            return (spec: QueueSpec, ...rest: [boolean, QueueSink]) => {
              const link = target.queue(spec, ...rest);
              const ask = link.ask.bind(link);
              opened.add(spec.name);
              link.ask = (no, question, done) => {
                if (question.kind === "drop") dropped.add(spec.name);
                ask(no, question, done);
              };
              return link;
            };
          },
        });
      },
    };
    return fleet(
      function* (caller, [worker]) {
        yield* caller.go(naps, "a", 1000).join();
        yield* caller.drain();
        yield* (worker as Fleet).drain();
        const addresses = [...opened].filter((name) => /^(in|life):/.test(name));
        expect(addresses).toHaveLength(4);
        expect([...dropped].sort()).toEqual(addresses.sort());
      },
      { transport },
    );
  });
});

describe("pools and maps on a fleet", () => {
  const square = parallel(here, "calls: square", function* (n: number, _: Context, at: number): Go<string> {
    yield* time.sleep(100);
    seen.push(`${n}`);
    if (n < 0) throw new RangeError(`${n} is negative`);
    return `${at}: ${n * n}`;
  });

  it("mapConcurrent and mapStream give the results in order", () =>
    fleet(
      function* (caller) {
        const expected = ["0: 9", "1: 16", "2: 25"];
        expect(yield* mapConcurrent([3, 4, 5], square, { on: caller })).toEqual(expected);
        const stream = mapStream([3, 4, 5], square, { on: caller.with({ attempts: 3 }) });
        const results: string[] = [];
        for (const r = range(stream); yield* r.next(); ) results.push(r.value);
        expect(results).toEqual(expected);
        expect(seen).toHaveLength(6);
      },
      { workers: 2 },
    ));

  it("the first error cancels the others, there", () =>
    fleet(function* (caller) {
      const jobs = parallel(here, "calls: jobs", function* (n: number, ctx: Context): Go<void> {
        if (n === 1) {
          yield* time.sleep(10);
          throw new RangeError("one");
        }
        const s = yield* select({ done: ctx.done().recv(), late: time.sleep(60_000) });
        seen.push(s.case);
      });
      const worker = go(() => caller.serve({ calls: ["calls: jobs"] }));
      const before = time.now();
      expect(yield* thrown(() => mapConcurrent([0, 1, 2], jobs, { on: caller }) as never)).toBeInstanceOf(RangeError);
      expect(time.since(before)).toBeLessThan(1000);
      expect(seen).toEqual(["done", "done"]);
      yield* caller.drain();
      yield* worker.join();
    }));

  it("a pool has its hooks beside the fleet, and a job's timeout ends the context there", () =>
    fleet(function* (caller) {
      const told: string[] = [];
      const on = { ...caller.with({ attempts: 2 }), done: (_: unknown, result: unknown) => told.push(String(result)) };
      const pool = new WorkerPool(square, { workers: 2, on });
      expect(yield* pool.run(3)).toBe("1: 9");
      expect(told).toEqual(["1: 9"]);
      const slow = new WorkerPool(waitsAsJob, { on: caller });
      expect(yield* thrown(() => slow.run(60_000, { timeout: 500 }) as never)).toBe(DeadlineExceeded);
      yield* time.sleep(10);
      expect(seen.at(-1)).toMatch(/^ended: /);
    }));

  it("refuses what is not a fleet, and functions that are not parallel", () => {
    for (const on of [{}, 7, null] as unknown as Fleet[]) {
      expect(() => mapConcurrent([1], square, { on })).toThrow("mapConcurrent: on: expected a fleet, got");
    }
    const on = { go: () => ({ join: () => time.sleep(0) }) };
    expect(() => mapStream([1], (n: number) => n, { on })).toThrow("name this one with parallel()");
    expect(() => new WorkerPool((n: number) => n, { on })).toThrow("name this one with parallel()");
    expect(() => new WorkerPool(square, { on: { ...on, done: 7 as never } })).toThrow("on.done");
  });
});

describe("serve", () => {
  it("refuses options that are none, and to serve nothing", () =>
    run(function* () {
      const f = yield* connect(memory(), { name: "f" });
      expect(() => f.serve({ concurrency: 0 })).toThrow("serve: concurrency: expected a whole number from 1 up, got 0");
      expect(() => f.serve({ groups: ["a b"] })).toThrow("serve: groups: name: expected 1 to 64");
      expect(() => f.serve({ calls: "double" as never })).toThrow(
        'serve: calls: expected an array of names, got "double"',
      );
      expect(() => f.serve({ calls: ["nope"] })).toThrow('serve: calls: there is no parallel function "nope" here');
      expect(() => f.serve({ queues: ["nope"] })).toThrow('serve: queues: there is no handler for a queue "nope" here');
      expect(() => f.serve({ calls: [], queues: [] })).toThrow("serve: there is nothing to serve");
      expect(() => f.with({ attempts: 0 })).toThrow("with: attempts: expected a whole number from 1 up, got 0");
      expect(() => f.with({ group: "" })).toThrow("with: group");
      expect(() => f.with({ key: "" })).toThrow("with: key: expected a string of 1 to 256 characters");
      expect(() => f.with({ queueTimeout: -1 })).toThrow("with: queueTimeout: expected");
      expect(() => f.drain({ timeout: -1 })).toThrow("drain: timeout: expected a number from 0 up, got -1");
      yield* f.drain();
      expect(() => f.serve()).toThrow(new Panic("CLOSED_FLEET").message);
    }));

  it("works on the queues that handle names", () =>
    bubble(function* () {
      const done: string[] = [];
      const options = { attempts: 2, backoff: () => 10 };
      handle<string>(
        "calls-mails",
        (to, { attempt }) => {
          done.push(`${to} ${attempt}`);
          if (to === "bob" && attempt === 1) throw new Error("no route");
        },
        { concurrency: 2, queue: options },
      );
      expect(() => handle("calls-mails", () => {})).toThrow('handle: queue "calls-mails" has a handler already');
      expect(() => handle("a b", () => {})).toThrow("handle: name: expected");
      expect(() => handle("x", null as never)).toThrow(Panic);
      const f = yield* connect(memory(), { name: "f" });
      const [ctx, cancel] = withCancelCause(background());
      const serving = go(() => f.serve({ queues: ["calls-mails"], calls: [], ctx }));
      yield* f.queue<string>("calls-mails", options).sendMany(["ann", "bob"]);
      yield* time.sleep(1000);
      cancel();
      yield* serving.join();
      expect(done).toEqual(["ann 1", "bob 1", "bob 2"]);
      yield* f.drain();
    }));
});
