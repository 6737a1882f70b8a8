/**
 * What every server must do, a test for each sentence of the documentation: the same suite runs against `memory()`, in virtual
 * time, and against each adapter's server. A feature that a server does not declare must be refused there.
 */
import { chan, type Go, go, Panic, range, select } from "millrace";
import { background, cause, key, withCancel, withValue } from "millrace/context";
import {
  connect,
  Discard,
  type Feature,
  type Fleet,
  type FleetOptions,
  type Message,
  type Queue,
  type Transport,
} from "millrace/remote";
import { ErrGroup, WaitGroup } from "millrace/sync";
import * as time from "millrace/time";
import { expect } from "vitest";

/** A server under test. */
export interface Setup {
  /** What another process would connect with. */
  transport(): Transport;
  /** Runs one test's program, in whichever time. */
  run(program: () => Go): Promise<void>;
}

type Test = (name: string, body: () => Promise<void>) => void;

/** Long enough for what must not happen to happen. */
const pause = () => time.sleep(60);

export function remoteConformance(make: () => Promise<Setup> | Setup, it: Test): void {
  let tests = 0;

  /** A test with processes that share a fleet of its own. */
  function test(name: string, program: (join: (options?: Partial<FleetOptions>) => Go<Fleet>) => Go): void {
    it(name, async () => {
      const setup = await make();
      const fleet = `t${process.pid}-${++tests}-${Math.random().toString(36).slice(2)}`;
      await setup.run(function* () {
        const fleets: Fleet[] = [];
        const join = function* (options: Partial<FleetOptions> = {}): Go<Fleet> {
          const joined = yield* connect(setup.transport(), { name: fleet, lease: 1500, ...options });
          fleets.push(joined);
          return joined;
        };
        yield* program(join);
        for (const each of fleets) yield* each.drain();
      });
    });
  }

  function* received<T>(queue: Queue<T>): Go<Message<T>> {
    const message = yield* queue.recv();
    if (message === undefined) throw new Error("the queue is closed");
    return message;
  }

  function* panics(code: string, op: () => Go<unknown>): Go {
    let error: unknown;
    try {
      yield* op();
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code });
  }

  function needs(
    feature: Feature,
    name: string,
    program: (a: Fleet, join: () => Go<Fleet>) => Go,
    refused: (fleet: Fleet) => unknown,
  ): void {
    test(name, function* (join) {
      const fleet = yield* join();
      if (fleet.features.has(feature)) yield* program(fleet, join);
      else expect(() => refused(fleet)).toThrow(new RegExp(feature));
    });
  }

  // Delivery.

  test("a message arrives in another process as it was sent, and an ack is the end of it", function* (join) {
    const [a, b] = [yield* join(), yield* join()];
    const value = {
      to: "ann@example.org",
      tries: [1, 2.5, -0],
      at: new Date(0),
      big: 2n ** 70n,
      map: new Map([[1, new Set(["x"])]]),
    };
    yield* a.queue<typeof value>("q").send(value, { id: "first" });
    const message = yield* received(b.queue<typeof value>("q"));
    expect(message.value).toStrictEqual(value);
    expect(message).toMatchObject({ id: "first", attempt: 1, key: undefined });
    expect(message.sentAt).toBeInstanceOf(Date);
    yield* message.ack();
    expect(yield* b.queue("q").stats()).toMatchObject({ ready: 0, leased: 0, dead: 0 });
  });

  test("a send is done when the message is stored", function* (join) {
    const queue = (yield* join()).queue<number>("q");
    yield* queue.send(1);
    expect(yield* queue.stats()).toMatchObject({ ready: 1, leased: 0 });
    yield* queue.drop();
  });

  test("after a nack the same message comes again, with the next attempt", function* (join) {
    const queue = (yield* join()).queue<string>("q");
    yield* queue.send("x");
    const first = yield* received(queue);
    yield* first.nack({ delay: 0 });
    const second = yield* received(queue);
    expect(second).toMatchObject({ id: first.id, attempt: 2, value: "x" });
    yield* second.ack();
  });

  test("messages come first in, first out", function* (join) {
    const [a, b] = [yield* join(), yield* join()];
    yield* a.queue<number>("q").sendMany([1, 2, 3, 4, 5]);
    const got: number[] = [];
    for (let i = 0; i < 5; i++) {
      const message = yield* received(b.queue<number>("q"));
      got.push(message.value);
      yield* message.ack();
    }
    expect(got).toEqual([1, 2, 3, 4, 5]);
  });

  test("a message that was nacked goes behind the others", function* (join) {
    const queue = (yield* join()).queue<number>("q");
    yield* queue.sendMany([1, 2]);
    yield* (yield* received(queue)).nack({ delay: 0 });
    const order: number[] = [];
    for (let i = 0; i < 2; i++) {
      const message = yield* received(queue);
      order.push(message.value);
      yield* message.ack();
    }
    expect(order).toEqual([2, 1]);
  });

  test("each message goes to one of several receivers, and the one that waited longest is served first", function* (join) {
    const [a, b, c] = [yield* join(), yield* join(), yield* join()];
    const order: string[] = [];
    const group = new WaitGroup();
    for (const [name, fleet] of [
      ["b", b],
      ["c", c],
    ] as const) {
      group.go(function* () {
        const message = yield* received(fleet.queue<number>("q"));
        order.push(`${name}${message.value}`);
        yield* message.ack();
      });
      yield* pause();
    }
    yield* a.queue<number>("q").send(1);
    yield* pause();
    yield* a.queue<number>("q").send(2);
    yield* group.wait();
    expect(order).toEqual(["b1", "c2"]);
  });

  test("recvMany gives what has arrived, at least one, and none once the queue is closed and empty", function* (join) {
    const queue = (yield* join()).queue<number>("q");
    yield* queue.sendMany([1, 2, 3]);
    const got: number[] = [];
    while (got.length < 3) {
      for (const message of yield* queue.recvMany(2)) {
        got.push(message.value);
        yield* message.ack();
      }
    }
    expect(got).toEqual([1, 2, 3]);
    queue.close();
    expect(yield* queue.recvMany(2)).toEqual([]);
  });

  test("a receive that loses its select costs nothing: the message is another's, in its first attempt", function* (join) {
    const [a, b] = [yield* join(), yield* join()];
    const s = yield* select({ message: a.queue<number>("q").recv(), late: time.after(5).recv() });
    expect(s.case).toBe("late");
    yield* b.queue<number>("q").send(7);
    const message = yield* received(b.queue<number>("q"));
    expect(message).toMatchObject({ value: 7, attempt: 1 });
    yield* message.ack();
  });

  test("tryRecv looks at what has arrived in this process", function* (join) {
    const queue = (yield* join()).queue<number>("q");
    yield* queue.send(1);
    expect(queue.tryRecv()).toBeUndefined();
    expect(queue.length).toBe(0);
    yield* (yield* received(queue)).ack();
  });

  test("what a worker has not begun when it leaves is given back, which is no attempt", function* (join) {
    const [a, b] = [yield* join(), yield* join()];
    const begun = chan<number>();
    const proceed = chan<void>();
    const work = go(() =>
      b.queue<number>("q").work(function* (value) {
        yield* begun.send(value);
        yield* proceed.recv();
      }),
    );
    yield* a.queue<number>("q").sendMany([1, 2, 3]);
    expect(yield* begun.recv()).toBe(1);
    const drained = go(() => b.drain());
    yield* pause();
    yield* proceed.send();
    yield* drained.join();
    yield* work.join();
    const rest: unknown[] = [];
    for (let i = 0; i < 2; i++) {
      const message = yield* received(a.queue<number>("q"));
      rest.push([message.value, message.attempt]);
      yield* message.ack();
    }
    expect(rest.sort()).toEqual([
      [2, 1],
      [3, 1],
    ]);
  });

  // Capacity.

  test("a send to a full queue waits until a message is acked, first come, first served over the fleet", function* (join) {
    const [a, b] = [yield* join(), yield* join()];
    const options = { capacity: 2 };
    const [qa, qb] = [a.queue<number>("q", options), b.queue<number>("q", options)];
    const done: number[] = [];
    const group = new WaitGroup();
    for (const [i, queue] of [qa, qb, qa, qb, qa].entries()) {
      group.go(function* () {
        yield* queue.send(i);
        done.push(i);
      });
      yield* pause();
    }
    expect(done).toEqual([0, 1]);
    for (let i = 0; i < 5; i++) {
      const message = yield* received(qb);
      expect(message.value).toBe(i);
      yield* message.ack();
      yield* pause();
      expect(done).toEqual([0, 1, 2, 3, 4].slice(0, Math.min(5, 3 + i)));
    }
    yield* group.wait();
  });

  test("a send that loses its select stores nothing, and leaves neither a place in line nor room", function* (join) {
    const queue = (yield* join()).queue<number>("q", { capacity: 1 });
    yield* queue.send(1);
    const s = yield* select({ sent: queue.send(2), late: time.after(20).recv() });
    expect(s.case).toBe("late");
    yield* (yield* received(queue)).ack();
    yield* queue.send(3);
    const message = yield* received(queue);
    expect(message.value).toBe(3);
    yield* message.ack();
    expect(yield* queue.stats()).toMatchObject({ ready: 0, leased: 0 });
  });

  test("of selects between sends and timers, those that won are stored once and those that lost never", function* (join) {
    const [a, b] = [yield* join(), yield* join()];
    const options = { capacity: 3 };
    const won = new Set<number>();
    const lost = new Set<number>();
    const got: number[] = [];
    const receiver = go(function* () {
      for (const r = range(b.queue<number>("q", options)); yield* r.next(); ) {
        got.push(r.value.value);
        yield* time.sleep(1 + (got.length % 4));
        yield* r.value.ack();
      }
    });
    const group = new ErrGroup();
    let n = 0;
    for (let i = 0; i < 6; i++) {
      group.go(function* () {
        while (n < 300) {
          const value = n++;
          const s = yield* select({
            sent: a.queue<number>("q", options).send(value),
            late: time.after((value * 7) % 30).recv(),
          });
          (s.case === "sent" ? won : lost).add(value);
        }
      });
    }
    yield* group.wait();
    a.queue("q", options).close();
    yield* receiver.join();
    expect(new Set(got).size).toBe(got.length);
    expect(new Set(got)).toEqual(won);
    expect(won.size + lost.size).toBe(n);
    expect(yield* b.queue("q", options).stats()).toMatchObject({ ready: 0, leased: 0 });
  });

  // Closing.

  test("closing twice does nothing; a send after it panics, also one that waits for room", function* (join) {
    const [a, b] = [yield* join(), yield* join()];
    const options = { capacity: 1 };
    const queue = a.queue<number>("q", options);
    yield* queue.send(1);
    const waits = go(() =>
      panics("SEND_ON_CLOSED", function* () {
        yield* b.queue<number>("q", options).send(2);
      }),
    );
    yield* pause();
    queue.close();
    queue.close();
    b.queue("q", options).close();
    yield* waits.join();
    yield* panics("SEND_ON_CLOSED", function* () {
      yield* queue.send(3);
    });
    yield* (yield* received(queue)).ack();
    expect(yield* queue.recvOk()).toEqual([undefined, false]);
  });

  test("a closed queue ends for receivers when nothing is left in it, not even in another's hands", function* (join) {
    const [a, b] = [yield* join(), yield* join()];
    yield* a.queue<number>("q").send(1);
    const held = yield* received(a.queue<number>("q"));
    a.queue("q").close();
    const next = go(() => b.queue<number>("q").recvOk());
    yield* pause();
    yield* held.nack({ delay: 0 });
    const [message, ok] = yield* next.join();
    expect(ok).toBe(true);
    yield* message!.ack();
    expect(yield* b.queue("q").recvOk()).toEqual([undefined, false]);
    expect(yield* a.queue("q").recv()).toBeUndefined();
  });

  test("all that wait when a closed queue gets empty are told", function* (join) {
    const [a, b] = [yield* join(), yield* join()];
    yield* a.queue<number>("q").send(1);
    const held = yield* received(a.queue<number>("q"));
    const waits = [a, b, b].map((fleet) => go(() => fleet.queue("q").recvOk()));
    yield* pause();
    a.queue("q").close();
    yield* held.ack();
    for (const g of waits) expect(yield* g.join()).toEqual([undefined, false]);
  });

  test("a queue can be opened again", function* (join) {
    const [a, b] = [yield* join(), yield* join()];
    a.queue("q").close();
    expect(yield* b.queue("q").recvOk()).toEqual([undefined, false]);
    yield* a.queue("q").reopen();
    yield* a.queue<number>("q").send(1);
    const message = yield* received(b.queue<number>("q"));
    expect(message.value).toBe(1);
    yield* message.ack();
  });

  // Settling and leases.

  test("settling twice panics with ACKED", function* (join) {
    const queue = (yield* join()).queue<number>("q");
    yield* queue.send(1);
    const message = yield* received(queue);
    yield* message.ack();
    for (const again of [() => message.ack(), () => message.nack(), () => message.dead()]) {
      yield* panics("ACKED", function* () {
        yield* again();
      });
    }
  });

  test("a message whose holder says nothing any more is ready again when its lease ends, and the late ack changes nothing", function* (join) {
    const [a, b] = [yield* join(), yield* join()];
    yield* a.queue<number>("q").send(1);
    const late = yield* received(a.queue<number>("q"));
    const { ctx } = late;
    yield* late.extend(200);
    const again = yield* received(b.queue<number>("q"));
    expect(again).toMatchObject({ id: late.id, attempt: 2 });
    yield* panics("LEASE_LOST", function* () {
      yield* late.ack();
    });
    expect(ctx.err()).toBeDefined();
    expect(cause(ctx)).toMatchObject({ code: "LEASE_LOST" });
    expect(yield* b.queue("q").stats()).toMatchObject({ ready: 0, leased: 1 });
    yield* again.ack();
    expect(yield* b.queue("q").stats()).toMatchObject({ ready: 0, leased: 0 });
  });

  test("a lease is renewed while the message is worked on", function* (join) {
    const [a, b] = [yield* join({ lease: 1000 }), yield* join({ lease: 1000 })];
    yield* a.queue<number>("q").send(1);
    const message = yield* received(a.queue<number>("q"));
    const s = yield* select({ stolen: b.queue<number>("q").recv(), done: time.after(2500).recv() });
    expect(s.case).toBe("done");
    yield* message.ack();
  });

  test("the context of a message has the values it was sent with", function* (join) {
    const [a, b] = [yield* join(), yield* join()];
    const user = key<string>("user");
    const [ctx, cancel] = withCancel(withValue(background(), user, "ann"));
    yield* a.queue<number>("q").send(1, { ctx });
    cancel();
    const message = yield* received(b.queue<number>("q"));
    expect(message.ctx.value(user)).toBe("ann");
    expect(message.ctx.err()).toBeUndefined();
    yield* message.ack();
    expect(() => a.queue<number>("q").send(2, { ctx })).toThrow("context canceled");
  });

  // Attempts and dead letters.

  test("a message that failed in all its attempts is a dead letter, and can be redriven", function* (join) {
    const [a, b] = [yield* join(), yield* join()];
    const options = { attempts: 2, backoff: () => 0 };
    yield* a.queue<string>("q", options).send("x", { id: "m" });
    for (let i = 0; i < 2; i++)
      yield* (yield* received(b.queue<string>("q", options))).nack({ error: new Error(`no ${i}`) });
    const { dead } = a.queue<string>("q", options);
    const [letter, ...others] = yield* dead.list(10);
    expect(others).toEqual([]);
    expect(letter).toMatchObject({ id: "m", attempts: 2, reason: "no 1", value: "x" });
    expect(yield* a.queue("q", options).stats()).toMatchObject({ ready: 0, dead: 1 });
    expect(yield* dead.redrive(["m", "other"])).toBe(1);
    const message = yield* received(b.queue<string>("q", options));
    expect(message).toMatchObject({ id: "m", attempt: 1 });
    yield* message.dead("enough");
    expect(yield* dead.list(10)).toMatchObject([{ id: "m", reason: "enough" }]);
    expect(yield* dead.purge()).toBe(1);
    expect(yield* dead.list(10)).toEqual([]);
  });

  test("work acks what returns, nacks what throws, and discards what says so", function* (join) {
    const [a, b] = [yield* join(), yield* join()];
    const options = { attempts: 3, backoff: () => 1 };
    const seen: string[] = [];
    yield* a.queue<string>("q", options).sendMany(["good", "flaky", "bad", "never"]);
    a.queue("q", options).close();
    yield* b.queue<string>("q", options).work(
      function* (value, { attempt }) {
        yield* time.sleep(1);
        seen.push(`${value}${attempt}`);
        if (value === "flaky" && attempt < 3) throw new Error("not yet");
        if (value === "bad") throw new Discard("not a mail");
        if (value === "never") throw new Error("no");
      },
      { concurrency: 2 },
    );
    expect(seen.sort()).toEqual(["bad1", "flaky1", "flaky2", "flaky3", "good1", "never1", "never2", "never3"]);
    const letters = yield* a.queue<string>("q", options).dead.list(10);
    expect(letters.map(({ value, reason, attempts }) => [value, reason, attempts]).sort()).toEqual([
      ["bad", "not a mail", 1],
      ["never", "no", 3],
    ]);
  });

  test("work ends with its context: what has begun is finished, nothing new begins", function* (join) {
    const [a, b] = [yield* join(), yield* join()];
    const [ctx, cancel] = withCancel(background());
    const seen: number[] = [];
    yield* a.queue<number>("q").sendMany([1, 2, 3]);
    yield* b.queue<number>("q").work(
      function* (value) {
        cancel();
        yield* time.sleep(10);
        seen.push(value);
      },
      { ctx },
    );
    expect(seen).toEqual([1]);
    yield* pause();
    expect(yield* a.queue("q").stats()).toMatchObject({ ready: 2, leased: 0 });
    yield* a.queue("q").drop();
  });

  test("only the newest dead letters are kept", function* (join) {
    const queue = (yield* join()).queue<number>("q", { keepDead: 2 });
    yield* queue.sendMany([1, 2, 3]);
    for (let i = 0; i < 3; i++) yield* (yield* received(queue)).dead();
    expect((yield* queue.dead.list(10)).map(({ value }) => value)).toEqual([2, 3]);
  });

  test("a message that can't be read, or does not follow its schema, is a dead letter, and the consumer goes on", function* (join) {
    const [a, b] = [yield* join(), yield* join()];
    const positive = {
      "~standard": {
        version: 1 as const,
        vendor: "test",
        validate: (value: unknown) =>
          typeof value === "number" && value > 0 ? { value } : { issues: [{ message: "not positive" }] },
      },
    };
    const [raw, checked] = [a.queue<unknown>("q", { codec: "json" }), b.queue<number>("q", { schema: positive })];
    yield* raw.send({ not: "in our codec" });
    yield* a.queue<number>("r").send(-1);
    yield* a.queue<number>("r").send(1);
    const message = yield* received(b.queue<number>("r", { schema: positive }));
    expect(message.value).toBe(1);
    yield* message.ack();
    const next = go(() => select({ message: checked.recv(), late: time.after(100).recv() }));
    expect((yield* next.join()).case).toBe("late");
    expect(yield* checked.dead.list(1)).toMatchObject([
      { reason: expect.stringMatching(/can't be read/), value: undefined },
    ]);
    expect(yield* b.queue<number>("r").dead.list(1)).toMatchObject([{ reason: expect.stringMatching(/not positive/) }]);
    expect(() => checked.send(-1)).toThrow(/not positive/);
  });

  test("within the window of its id, a message is stored once", function* (join) {
    const [a, b] = [yield* join(), yield* join()];
    const options = { idWindow: 300 };
    yield* a.queue<number>("q", options).send(1, { id: "x" });
    yield* b.queue<number>("q", options).send(2, { id: "x" });
    yield* a.queue<number>("q", options).send(3, { id: "y" });
    expect(yield* a.queue("q", options).stats()).toMatchObject({ ready: 2 });
    yield* time.sleep(400);
    yield* a.queue<number>("q", options).send(4, { id: "x" });
    expect(yield* a.queue("q", options).stats()).toMatchObject({ ready: 3 });
    yield* a.queue("q", options).drop();
  });

  test("a message that no process works on can be removed", function* (join) {
    const queue = (yield* join()).queue<number>("q");
    yield* queue.send(1, { id: "a" });
    const held = yield* received(queue);
    yield* queue.send(2, { id: "b" });
    expect(yield* queue.remove("b")).toBe(true);
    expect(yield* queue.remove("b")).toBe(false);
    expect(yield* queue.remove("a")).toBe(false);
    yield* held.ack();
    expect(yield* queue.stats()).toMatchObject({ ready: 0, leased: 0 });
  });

  // Features.

  needs(
    "delay",
    "a delayed message comes when its time has come, to one who waits for it",
    function* (a, join) {
      const b = yield* join();
      const waits = go(() => received(b.queue<string>("q")));
      yield* pause();
      yield* a.queue<string>("q").send("late", { delay: 200 });
      yield* a.queue<string>("q").send("soon", { delay: 50 });
      expect(yield* a.queue("q").stats()).toMatchObject({ delayed: 2, ready: 0 });
      const first = yield* waits.join();
      expect(first.value).toBe("soon");
      const second = yield* received(b.queue<string>("q"));
      expect(second.value).toBe("late");
      yield* first.ack();
      yield* second.ack();
    },
    (fleet) => fleet.queue("q").send(1, { delay: 1 }),
  );

  needs(
    "priority",
    "messages of a higher priority come first",
    function* (a) {
      const queue = a.queue<string>("q");
      for (const [value, priority] of [
        ["usual", undefined],
        ["last", 9],
        ["first", 0],
        ["second", 0],
        ["usual too", 4],
      ] as const) {
        yield* queue.send(value, priority === undefined ? {} : { priority });
      }
      const got: string[] = [];
      for (let i = 0; i < 5; i++) {
        const message = yield* received(queue);
        got.push(message.value);
        yield* message.ack();
      }
      expect(got).toEqual(["first", "second", "usual", "usual too", "last"]);
    },
    (fleet) => fleet.queue("q").send(1, { priority: 1 }),
  );

  needs(
    "key",
    "messages of a key are worked on one at a time and in order, over the whole fleet, also when one fails",
    function* (a, join) {
      const b = yield* join();
      const options = { backoff: () => 30 };
      const order: string[] = [];
      const under = new Map<string, number>();
      for (let i = 0; i < 4; i++)
        for (const of of ["x", "y"]) yield* a.queue<number>("q", options).send(i, { key: of });
      a.queue("q", options).close();
      const group = new ErrGroup();
      for (const fleet of [a, b]) {
        group.go(() =>
          fleet.queue<number>("q", options).work(
            function* (value, { key: of = "", attempt }) {
              under.set(of, (under.get(of) ?? 0) + 1);
              expect(under.get(of)).toBe(1);
              yield* time.sleep(5);
              under.set(of, 0);
              order.push(`${of}${value}`);
              if (value === 1 && attempt === 1) throw new Error("again");
            },
            { concurrency: 3 },
          ),
        );
      }
      yield* group.wait();
      for (const of of ["x", "y"]) {
        expect(order.filter((each) => each.startsWith(of))).toEqual([0, 1, 1, 2, 3].map((i) => `${of}${i}`));
      }
    },
    (fleet) => fleet.queue("q").send(1, { key: "k" }),
  );

  needs(
    "expires",
    "a message that comes too late is a dead letter",
    function* (a) {
      const queue = a.queue<number>("q");
      yield* queue.send(1, { expires: 50 });
      yield* queue.send(2, { expires: 60_000 });
      yield* time.sleep(100);
      const message = yield* received(queue);
      expect(message.value).toBe(2);
      yield* message.ack();
      expect(yield* queue.dead.list(2)).toMatchObject([{ value: 1, reason: "EXPIRED" }]);
    },
    (fleet) => fleet.queue("q").send(1, { expires: 1 }),
  );

  needs(
    "concurrency",
    "no more messages are worked on at once than the queue's concurrency, over the whole fleet",
    function* (a, join) {
      const b = yield* join();
      const options = { concurrency: 3 };
      let [under, most] = [0, 0];
      yield* a.queue<number>("q", options).sendMany(Array.from({ length: 20 }, (_, i) => i));
      a.queue("q", options).close();
      const group = new ErrGroup();
      for (const fleet of [a, b]) {
        group.go(() =>
          fleet.queue<number>("q", options).work(
            function* () {
              most = Math.max(most, ++under);
              yield* time.sleep(5);
              under--;
            },
            { concurrency: 4 },
          ),
        );
      }
      yield* group.wait();
      expect(most).toBeGreaterThan(1);
      expect(most).toBeLessThanOrEqual(3);
    },
    (fleet) => fleet.queue("q", { concurrency: 1 }),
  );

  needs(
    "rate",
    "no more messages are delivered in a second than the queue's rate, over the whole fleet",
    function* (a, join) {
      const b = yield* join();
      const options = { rate: { perSecond: 50, burst: 2 } };
      yield* a.queue<number>("q", options).sendMany(Array.from({ length: 27 }, (_, i) => i));
      a.queue("q", options).close();
      const group = new ErrGroup();
      let [first, last, count] = [0, 0, 0];
      const start = time.now().getTime();
      for (const fleet of [a, b]) {
        group.go(function* () {
          for (const r = range(fleet.queue<number>("q", options)); yield* r.next(); ) {
            last = time.now().getTime();
            if (count++ === 0) first = last;
            yield* r.value.ack();
          }
        });
      }
      yield* group.wait();
      expect(count).toBe(27);
      expect(last - first).toBeGreaterThanOrEqual(480); // 25 more at 20 ms each, after a burst of two
      expect(last - start).toBeLessThan(1500);
    },
    (fleet) => fleet.queue("q", { rate: { perSecond: 1 } }),
  );

  // One queue, several processes that think differently of it.

  test("a queue that is opened with other options says which differ, unless it is to get them", function* (join) {
    const [a, b, c] = [yield* join(), yield* join(), yield* join()];
    yield* a.queue<number>("q", { attempts: 3 }).send(1);
    const other = b.queue<number>("q", { attempts: 4, capacity: 10 });
    let error: unknown;
    try {
      yield* other.recv();
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({
      code: "MISMATCH",
      message: expect.stringMatching(/capacity is Infinity, here 10; attempts is 3, here 4/),
    });
    yield* panics("MISMATCH", function* () {
      yield* other.send(2);
    });
    const queue = c.queue<number>("q", { attempts: 4, reconfigure: true });
    const message = yield* received(queue);
    expect(message.value).toBe(1);
    yield* message.ack();
  });

  test("a queue that was dropped is lost for those that had it, and whoever opens it then has a new one", function* (join) {
    const [a, b, c] = [yield* join(), yield* join(), yield* join()];
    yield* a.queue<number>("q").send(1);
    const waits = go(() =>
      panics("STATE_LOST", function* () {
        yield* (yield* received(b.queue<number>("q"))).ack();
        yield* b.queue<number>("q").recv();
      }),
    );
    yield* pause();
    yield* a.queue("q").drop();
    yield* waits.join();
    yield* panics("STATE_LOST", function* () {
      yield* a.queue<number>("q").send(2);
    });
    yield* c.queue<number>("q").send(3);
    expect(yield* c.queue("q").stats()).toMatchObject({ ready: 1 });
  });

  test("after drain, everything panics", function* (join) {
    const fleet = yield* join();
    const queue = fleet.queue<number>("q");
    yield* queue.send(1);
    const message = yield* received(queue);
    const drained = go(() => fleet.drain());
    yield* drained.join();
    yield* fleet.drain();
    for (const use of [() => queue.send(1), () => queue.recv(), () => queue.stats(), () => message.ack()]) {
      yield* panics("CLOSED_FLEET", function* () {
        yield* use();
      });
    }
    expect(() => fleet.queue("other")).toThrow(Panic);
  });

  // Channels.

  test("a channel over machines is used as a local one", function* (join) {
    const [a, b] = [yield* join(), yield* join()];
    const options = { capacity: 2, zero: -1 };
    const [out, back] = [a.chan<number, number>("c", options), b.chan<number, number>("c", options)];
    expect(out.capacity).toBe(2);
    const sum = go(function* () {
      let total = 0;
      for (const r = range(back); yield* r.next(); ) total += r.value;
      return total;
    });
    for (let i = 1; i <= 10; i++) yield* out.send(i);
    out.close();
    expect(yield* sum.join()).toBe(55);
    expect(yield* back.recv()).toBe(-1);
    expect(yield* back.recvOk()).toEqual([-1, false]);
    yield* panics("SEND_ON_CLOSED", function* () {
      yield* out.send(11);
    });
  });

  test("a channel keeps the order and holds no more than its capacity", function* (join) {
    const [a, b] = [yield* join(), yield* join()];
    const [out, back] = [a.chan<number>("c", { capacity: 3 }), b.chan<number>("c", { capacity: 3 })];
    let sent = 0;
    const sender = go(function* () {
      for (; sent < 10; sent++) yield* out.send(sent);
    });
    yield* pause();
    expect(sent).toBe(3);
    const got: (number | undefined)[] = [];
    for (let i = 0; i < 10; i++) got.push(yield* back.recv());
    yield* sender.join();
    expect(got).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test("trySend sends if a room was reserved here, and never more than there is room for", function* (join) {
    const [a, b] = [yield* join(), yield* join()];
    const [out, back] = [a.chan<number>("c", { capacity: 2 }), b.chan<number>("c", { capacity: 2 })];
    let sent = 0;
    for (let i = 0; i < 10; i++) {
      if (out.trySend(sent)) sent++;
      yield* pause();
    }
    expect(sent).toBe(2);
    expect([yield* back.recv(), yield* back.recv()]).toEqual([0, 1]);
  });
}
