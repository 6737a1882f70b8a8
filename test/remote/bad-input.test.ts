/** What is given wrong is refused where it is given, with the value and what was expected. */
import { ArgumentError, chan, go, run, runtime } from "millrace";
import { connect, memory, type QueueOptions, type SendOptions, type Transport } from "millrace/remote";
import { describe, expect, it } from "vitest";

describe("bad input", () => {
  it("names of fleets, queues and channels", async () => {
    const bad: unknown[] = ["", "a b", "é", "x".repeat(65), "a/b", 7, undefined, null];
    for (const name of bad) expect(() => connect(memory(), { name: name as string })).toThrow(ArgumentError);
    expect(() => connect(memory(), { name: "a b" })).toThrow('expected 1 to 64 letters, digits, - or _, got "a b"');
    await run(function* () {
      const fleet = yield* connect(memory(), { name: "x".repeat(64) });
      for (const name of bad) {
        expect(() => fleet.queue(name as string)).toThrow(ArgumentError);
        expect(() => fleet.chan(name as string, { capacity: 1 })).toThrow(ArgumentError);
      }
    });
  });

  it("what is no transport, and options that are none", () => {
    for (const bad of [undefined, null, {}, "redis://", 7]) {
      expect(() => connect(bad as unknown as Transport, { name: "f" })).toThrow(
        /expected a transport, such as memory\(\)/,
      );
    }
    expect(() => connect(memory(), undefined as never)).toThrow(
      "connect: expected options like { name, lease }, got undefined",
    );
    for (const [option, value] of [
      ["lease", 999],
      ["lease", "1 s"],
      ["maxSize", 0.5],
      ["connectTimeout", 0],
      ["sendTimeout", Number.NaN],
    ] as const) {
      expect(() => connect(memory(), { name: "f", [option]: value } as never)).toThrow(
        new RegExp(`connect: ${option}: expected`),
      );
    }
    expect(() => memory({ faults: { lose: 2 } })).toThrow("memory: faults.lose: expected a number from 0 to 1, got 2");
  });

  it("a queue's options, each by its name", async () => {
    const bad: [QueueOptions<number>, string][] = [
      [{ capacity: 0 }, "capacity: there is no rendezvous over machines; use capacity 1"],
      [{ capacity: 1.5 }, "capacity: expected a whole number from 1 up, got 1.5"],
      [{ attempts: 0 }, "attempts: expected a whole number from 1 up, got 0"],
      [{ lease: 10 }, "lease: expected a number from 1000 up, got 10"],
      [{ concurrency: -1 }, "concurrency: expected a whole number from 1 up, got -1"],
      [{ perKey: 0 }, "perKey: expected"],
      [{ keepDead: -1 }, "keepDead: expected"],
      [{ idWindow: Number.NaN }, "idWindow: expected"],
      [{ rate: { perSecond: 0 } }, "rate.perSecond: expected"],
      [{ rate: { perSecond: 1, burst: 0 } }, "rate.burst: expected"],
      [{ rate: null as never }, "rate: expected options like { perSecond, burst }, got null"],
      [{ backoff: 5 as never }, "backoff: expected a function, got 5"],
      [{ codec: "xml" as never }, 'codec: expected "json" or a codec like { encode, decode }, got "xml"'],
      [{ schema: {} as never }, "schema: expected a standard schema"],
    ];
    await run(function* () {
      const fleet = yield* connect(memory(), { name: "f" });
      for (const [options, text] of bad) {
        expect(() => fleet.queue("q", options), text).toThrow(ArgumentError);
        expect(() => fleet.queue("q", options)).toThrow(text);
      }
      expect(() => fleet.chan("c", {} as never)).toThrow("give a capacity, a whole number from 1 up");
    });
  });

  it("a message's options, and what can't travel, before anything is sent", async () => {
    const bad: [SendOptions, string][] = [
      [{ priority: 1.5 }, "send: priority: expected a whole number from 0 to 9, got 1.5"],
      [{ priority: 10 }, "send: priority: expected"],
      [{ delay: -1 }, "send: delay: expected a number from 0 up, got -1"],
      [{ expires: 0 }, "send: expires: expected"],
      [{ at: new Date(Number.NaN) }, "send: at: expected a Date"],
      [{ at: new Date(), delay: 1 }, "send: give delay or at, not both"],
      [{ id: "" }, "send: id: expected a string of 1 to 256 characters"],
      [{ key: "a\nb" }, "send: key: expected a string"],
      [{ ctx: {} as never }, "send: ctx: expected a context, got an object"],
    ];
    await run(function* () {
      const fleet = yield* connect(memory(), { name: "f", maxSize: 1000 });
      const queue = fleet.queue<unknown>("q");
      for (const [options, text] of bad) expect(() => queue.send(1, options), text).toThrow(text);
      expect(() => queue.send({ to: ["ann", { reply: chan() }] })).toThrow(
        'queue "q": value.to[1].reply is a channel of this process; send the name of a fleet.chan()',
      );
      expect(() => queue.send(() => {})).toThrow('queue "q": value is a function, and functions stay in their process');
      expect(() => queue.send("x".repeat(2000))).toThrow(
        /takes \d+ bytes, and maxSize is 1000; send what says where it is/,
      );
      expect(() => fleet.queue("j", { codec: "json" }).send(undefined)).toThrow("which JSON has no word for");
      expect(() => queue.sendMany(5 as never)).toThrow("sendMany: expected an iterable, got 5");
      expect(() => queue.sendMany([1], { id: "x" })).toThrow("can't share an id");
      expect(() => queue.recvMany(0)).toThrow("recvMany: max: expected a whole number from 1 up, got 0");
      expect(() => queue.work(undefined as never)).toThrow();
      expect(() => queue.work(() => {}, { concurrency: 0 })).toThrow("work: concurrency: expected");
      expect(() => queue.dead.list(0)).toThrow("dead.list: max: expected");
      expect(() => queue.dead.redrive("some" as never)).toThrow('dead.redrive: expected an array of ids or "all"');
      expect(() => queue.remove(5 as never)).toThrow("remove: expected a message's id, got 5");
      expect(yield* queue.stats()).toMatchObject({ ready: 0 });
      yield* queue.send(1);
      const message = yield* queue.recv();
      expect(() => message?.nack({ delay: -1 })).toThrow("nack: delay: expected");
      expect(() => message?.extend(Number.NaN)).toThrow("extend: expected");
    });
  });

  it("a dump says what is waited for, and on which server", async () => {
    await run(function* () {
      const fleet = yield* connect(memory(), { name: "f" });
      go(() => fleet.queue("mails").recv());
      go(() => fleet.chan<number>("results", { capacity: 1 }).recvOk());
      go(function* () {
        const full = fleet.queue<number>("full", { capacity: 1 });
        yield* full.send(1);
        yield* full.send(2);
      });
      yield* runtime.gosched();
      yield* runtime.gosched();
      const waits = runtime.goroutines().map(({ reason, thing }) => [reason, thing]);
      expect(waits).toContainEqual(["remote receive", 'queue "mails" on memory']);
      expect(waits).toContainEqual(["remote receive", 'chan "results" on memory']);
      expect(waits).toContainEqual(["remote send", 'queue "full" on memory']);
    });
  });
});
