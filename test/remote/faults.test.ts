/** What goes wrong between machines, in virtual time: the seed says what is lost, repeated, delayed, and when the server restarts. */

import fc from "fast-check";
import { type Go, go, range, select } from "millrace";
import { cause } from "millrace/context";
import { connect, type Faults, type Fleet, memory, type Transport } from "millrace/remote";
import { ErrGroup } from "millrace/sync";
import { bubble, explore } from "millrace/testing";
import * as time from "millrace/time";
import { describe, expect, it } from "vitest";

const LEASE = 2000;
const KEYS = ["a", "b", "c"];

/** Producers and consumers on a bad network. Gives what was seen of each message, in order of success. */
function* traffic(transport: Transport, messages: number, capacity: number | undefined, crash: boolean): Go<void> {
  const join = (): Go<Fleet> =>
    connect(transport, { name: "f", lease: LEASE, sendTimeout: 1e9, connectTimeout: 1e9 })[
      Symbol.iterator
    ]() as Go<Fleet>;
  const options = { ...(capacity !== undefined && { capacity }), attempts: 1000, backoff: () => 10 };
  const done: string[] = [];
  const begun: string[] = [];
  const ids = new Map<string, Set<string>>();
  const producers: Fleet[] = [yield* join(), yield* join()];
  const consumers: Fleet[] = [yield* join(), yield* join()];
  const sending = new ErrGroup();
  producers.forEach((fleet, of) => {
    sending.go(function* () {
      for (let i = 0; i < messages; i++) {
        // Each producer has keys of its own, so that their order is known.
        const key = `${of}${KEYS[i % KEYS.length]}`;
        yield* fleet.queue<string>("q", options).send(`${of}:${i}`, { key });
      }
    });
  });
  const working = new ErrGroup();
  consumers.forEach((fleet, of) => {
    working.go(() =>
      fleet.queue<string>("q", options).work(
        function* (value, message) {
          const seen = ids.get(value) ?? new Set();
          ids.set(value, seen.add(message.id));
          begun.push(value);
          yield* time.sleep(3);
          if (crash && of === 0 && message.attempt === 1 && value.endsWith("7")) throw new Error("crash");
          try {
            yield* message.ack();
            done.push(value);
          } catch {
            // The lease was lost on the way: another does it.
          }
        },
        { concurrency: 3 },
      ),
    );
  });
  yield* sending.wait();
  producers[0]?.queue("q", options).close();
  yield* working.wait();

  expect(ids.size, "messages that were seen").toBe(2 * messages);
  for (const [value, of] of ids) expect(of.size, `${value} was stored once`).toBe(1);
  expect(done.length, "acks that said they held").toBe(new Set(done).size);
  for (const key of [0, 1].flatMap((of) => KEYS.map((each) => [of, each] as const))) {
    const order = begun.filter(
      (value) => value.startsWith(`${key[0]}:`) && KEYS[Number(value.slice(2)) % 3] === key[1],
    );
    expect(order, "a key's messages begin in order, some again").toEqual(
      [...order].sort((x, y) => Number(x.slice(2)) - Number(y.slice(2))),
    );
  }
  const queue = (producers[1] as Fleet).queue<string>("q", options);
  expect(yield* queue.stats()).toMatchObject({ ready: 0, delayed: 0, parked: 0, leased: 0, dead: 0 });
  // No room was left to one that is gone: all of it can be used again.
  yield* queue.reopen();
  yield* time.sleep(10_000);
  for (let i = 0; i < (capacity ?? 0); i++) yield* queue.send("more");
  yield* queue.drop();
}

const faults: fc.Arbitrary<Faults> = fc.record({
  lose: fc.constantFrom(0, 0.02, 0.1),
  duplicate: fc.constantFrom(0, 0.2),
  delay: fc.constantFrom(0, 1, 40, 500),
  restart: fc.constantFrom(0, 0.005),
});

describe("a bad network", () => {
  it("every message is stored once and done, in the order of its key, and nothing is left", async () => {
    await fc.assert(
      fc.asyncProperty(
        faults,
        fc.constantFrom(undefined, 1, 4),
        fc.boolean(),
        fc.nat(),
        async (bad, capacity, crash, seed) => {
          await bubble(() => traffic(memory({ faults: bad }), 12, capacity, crash), { seed });
        },
      ),
      { numRuns: 60, seed: 1 },
    );
  });

  it("does not matter in which order things happen", async () => {
    const result = await explore(
      function* () {
        yield* traffic(memory({ faults: { lose: 0.05, duplicate: 0.1, delay: 20, restart: 0.01 } }), 3, 2, true);
      },
      { strategy: "random", runs: 150, maxSteps: 100_000, leaks: false },
    );
    expect(result.runs).toBe(150);
  });

  it("a holder that is cut off loses its lease, knows it, and can't ack", async () => {
    let cut = false;
    const transport = memory({ faults: { partition: (from, to) => cut && (from === 1 || to === 1) } });
    await bubble(function* () {
      const [a, b] = [
        yield* connect(transport, { name: "f", lease: LEASE }),
        yield* connect(transport, { name: "f", lease: LEASE }),
      ];
      yield* b.queue<number>("q").send(1);
      const held = yield* a.queue<number>("q").recv();
      if (held === undefined) throw new Error("closed");
      yield* time.sleep(5 * LEASE); // it is renewed
      cut = true;
      const ended = go(function* () {
        yield* held.ctx.done().recv();
        return cause(held.ctx);
      });
      const again = yield* b.queue<number>("q").recv();
      expect(again).toMatchObject({ id: held.id, attempt: 2 });
      expect(yield* ended.join()).toMatchObject({ code: "LEASE_LOST" });
      cut = false;
      expect(() => [...held.ack()]).toThrow(/lease/);
      yield* again?.ack() ?? time.sleep(0);
      expect(yield* b.queue("q").stats()).toMatchObject({ leased: 0, ready: 0 });
      yield* a.drain();
      yield* b.drain();
    });
  });

  it("a server that is away for too long is said to be, and whether the message may be there", async () => {
    let [up, down] = [true, true];
    const transport = memory({ faults: { partition: (from) => (from === 0 ? !down : !up) } });
    await bubble(function* () {
      const fleet = yield* connect(transport, { name: "f", sendTimeout: 5000 });
      const queue = fleet.queue<number>("q");
      yield* queue.send(1, { id: "x" });
      down = false;
      expect(yield* failure(() => queue.send(2, { id: "y" }))).toMatchObject({ code: "UNREACHABLE", sent: "maybe" });
      up = false;
      const both = [go(() => failure(() => queue.send(3))), go(() => failure(() => queue.send(4)))];
      expect(yield* (both[0] as ReturnType<typeof go>).join()).toMatchObject({ sent: "maybe" });
      expect(yield* (both[1] as ReturnType<typeof go>).join()).toMatchObject({ sent: "no" });
      [up, down] = [true, true];
      yield* queue.send(2, { id: "y" }); // with the same id it is safe
      expect(yield* queue.stats()).toMatchObject({ ready: 2 });
      yield* fleet.drain();
    });
  });

  it("a server that can't be reached at all is an error after the timeout", async () => {
    const transport = memory({ faults: { partition: () => true } });
    await bubble(function* () {
      const error = yield* failure(() => connect(transport, { name: "f", connectTimeout: 700 }));
      expect(error).toMatchObject({
        code: "CONNECT",
        message: expect.stringMatching(/memory was not reached within 700 ms/),
      });
      const s = yield* select({ fleet: connect(transport, { name: "f" }), late: time.after(5).recv() });
      expect(s.case).toBe("late");
    });
  });

  it("10,000 selects that lose leave nothing", async () => {
    const transport = memory();
    await bubble(function* () {
      const fleet = yield* connect(transport, { name: "f" });
      const [queue, full] = [fleet.queue<number>("q"), fleet.queue<number>("full", { capacity: 1 })];
      yield* full.send(0);
      for (let i = 0; i < 10_000; i++) {
        const s = yield* select({ message: queue.recv(), sent: full.send(i), late: time.after(1).recv() });
        expect(s.case).toBe("late");
      }
      yield* queue.send(7);
      expect(yield* queue.recv()).toMatchObject({ value: 7, attempt: 1 });
      expect(yield* full.stats()).toMatchObject({ ready: 1 });
      yield* (yield* full.recv())?.ack() ?? time.sleep(0);
      yield* full.send(1);
      for (const r = range(full); yield* r.next(); ) {
        expect(r.value.value).toBe(1);
        yield* r.value.ack();
        full.close();
      }
      yield* fleet.drain();
    });
  });
});

function* failure(op: () => Iterable<unknown>): Go<unknown> {
  try {
    yield* op() as Go<unknown>;
  } catch (error) {
    return error;
  }
  throw new Error("it did not fail");
}
