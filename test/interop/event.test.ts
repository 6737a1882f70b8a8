/** Channels of events. */
import { EventEmitter } from "node:events";
import { ArgumentError, go, range, run, select } from "millrace";
import { background, withCancel } from "millrace/context";
import { type EventOptions, fromEvent, OverflowError, type Source } from "millrace/interop";
import * as time from "millrace/time";
import { describe, expect, test } from "vitest";
import { rejected, thrown } from "../kit/thrown.ts";
import { turns } from "../kit/turns.ts";

class Numbered extends Event {
  readonly n: number;

  constructor(n: number) {
    super("n");
    this.n = n;
  }
}

/** An `EventTarget` that knows how many listen. */
class Target extends EventTarget {
  listeners = 0;

  override addEventListener(...args: Parameters<EventTarget["addEventListener"]>): void {
    this.listeners++;
    super.addEventListener(...args);
  }

  override removeEventListener(...args: Parameters<EventTarget["removeEventListener"]>): void {
    this.listeners--;
    super.removeEventListener(...args);
  }
}

interface Side {
  from(options?: EventOptions): Source<unknown>;
  emit(n: number): void;
  number(event: unknown): number;
  listeners(): number;
}

const sides: [string, () => Side][] = [
  [
    "an EventTarget",
    () => {
      const target = new Target();
      return {
        from: (options) => fromEvent<Numbered>(target, "n", options),
        emit: (n) => void target.dispatchEvent(new Numbered(n)),
        number: (event) => (event as Numbered).n,
        listeners: () => target.listeners,
      };
    },
  ],
  [
    "an EventEmitter",
    () => {
      const emitter = new EventEmitter();
      return {
        from: (options) => fromEvent<[number]>(emitter, "n", options),
        emit: (n) => void emitter.emit("n", n),
        number: (event) => (event as [number])[0],
        listeners: () => emitter.listenerCount("n") + emitter.listenerCount("error"),
      };
    },
  ],
];

describe.each(sides)("from %s", (_, make) => {
  test("it listens from now on; events wait for receivers, in order", async () => {
    const side = make();
    side.emit(0);
    using ch = side.from();
    expect([side.listeners() > 0, ch.capacity, ch.length]).toEqual([true, 16, 0]);
    side.emit(1);
    side.emit(2);
    expect(ch.length).toBe(2);
    const third = (async () => [await ch.recv(), await ch.recv(), await ch.recv()].map(side.number))();
    side.emit(3);
    expect(await third).toEqual([1, 2, 3]);
  });

  test("a receiver that waits gets the event at once, whatever the capacity", async () => {
    const side = make();
    using ch = side.from({ capacity: 0 });
    const pending = ch.recv().then(side.number);
    side.emit(1);
    expect([await pending, ch.length]).toEqual([1, 0]);
  });

  test('overflow "fail", the default: those that wait, then an OverflowError, and nobody listens any more', async () => {
    const side = make();
    const ch = side.from({ capacity: 2 });
    for (let n = 0; n < 5; n++) side.emit(n);
    expect(side.listeners()).toBe(0);
    expect([await ch.recv(), await ch.recv()].map(side.number)).toEqual([0, 1]);
    for (let i = 0; i < 2; i++) {
      const error = await rejected(ch.recv());
      expect(error).toBeInstanceOf(OverflowError);
      expect(error).toMatchObject({ code: "OVERFLOW", name: "OverflowError" });
      expect((error as Error).message).toBe(
        'fromEvent: 2 events "n" wait already; receive faster, or choose a capacity or an overflow',
      );
    }
  });

  test('overflow "drop": what finds no room is lost', async () => {
    const side = make();
    using ch = side.from({ capacity: 2, overflow: "drop" });
    for (let n = 0; n < 5; n++) side.emit(n);
    expect([ch.tryRecv(), ch.tryRecv()].map((got) => side.number(got?.[0]))).toEqual([0, 1]);
    side.emit(5);
    expect(side.number(await ch.recv())).toBe(5);
    using none = side.from({ capacity: 0, overflow: "drop" });
    side.emit(6);
    expect(none.tryRecv()).toBeUndefined();
    side.emit(7); // the one that asked has left
    expect(none.length).toBe(0);
  });

  test('overflow "latest": the oldest that waits is lost', async () => {
    const side = make();
    using ch = side.from({ capacity: 2, overflow: "latest" });
    for (let n = 0; n < 100; n++) {
      side.emit(n);
      expect(ch.length).toBe(Math.min(n + 1, 2));
    }
    expect([await ch.recv(), await ch.recv()].map(side.number)).toEqual([98, 99]);
  });

  test("it listens until stop, using, for await, ctx or the run ends", async () => {
    const side = make();
    const ch = side.from();
    side.emit(1);
    ch.stop();
    expect([side.listeners(), await ch.recv()]).toEqual([0, undefined]);
    {
      using it = side.from();
      void it;
      expect(side.listeners()).toBeGreaterThan(0);
    }
    expect(side.listeners()).toBe(0);
    const loop = side.from();
    side.emit(1);
    for await (const _ of loop) break;
    expect(side.listeners()).toBe(0);
    const [ctx, cancel] = withCancel(background());
    const under = side.from({ ctx });
    cancel();
    expect([side.listeners(), await under.recvOk()]).toEqual([0, [undefined, false]]);
    side.from({ ctx }); // ended before
    expect(side.listeners()).toBe(0);
    await run(function* () {
      side.from();
    });
    expect(side.listeners()).toBe(0);
    side.emit(2); // heard by nobody
  });

  test("in a select, with a timeout", async () => {
    await run(
      function* () {
        const side = make();
        using ch = side.from();
        const first = yield* select({ event: ch.recv(), idle: time.after(1).recv() });
        expect(first.case).toBe("idle");
        go(() => side.emit(1));
        const second = yield* select({ event: ch.recv(), idle: time.after(1000).recv() });
        expect([second.case, side.number(second.value)]).toEqual(["event", 1]);
      },
      { leaks: true },
    );
  });

  test("many listeners of one target, and several receivers of one channel", async () => {
    await run(
      function* () {
        const side = make();
        using a = side.from();
        using b = side.from();
        const seen: number[] = [];
        const workers = [a, a, b].map((ch) =>
          go(function* () {
            for (const r = range(ch); yield* r.next(); ) seen.push(side.number(r.value));
          }),
        );
        yield* go(() => turns()).join();
        side.emit(1);
        side.emit(2);
        yield* go(() => turns()).join();
        a.stop();
        b.stop();
        for (const g of workers) yield* g.join();
        expect(seen.sort()).toEqual([1, 1, 2, 2]);
      },
      { leaks: true },
    );
  });
});

describe("an emitter's errors", () => {
  test("fail the channel after what waits, and nobody listens any more", async () => {
    const emitter = new EventEmitter();
    const ch = fromEvent<[string]>(emitter, "data");
    emitter.emit("data", "a");
    const error = new Error("broken");
    emitter.emit("error", error);
    expect([emitter.listenerCount("data"), emitter.listenerCount("error")]).toEqual([0, 0]);
    expect([await ch.recv(), await rejected(ch.recv()), await rejected(ch.recv())]).toEqual([["a"], error, error]);
    expect(thrown(() => emitter.emit("error", error))).toBe(error); // as if nobody had listened
  });

  test("are thrown to a receiver that waits", async () => {
    const emitter = new EventEmitter();
    await run(function* () {
      const ch = fromEvent(emitter, "data");
      const error = new Error("broken");
      go(() => emitter.emit("error", error));
      let caught: unknown;
      try {
        yield* ch.recv();
      } catch (e) {
        caught = e;
      }
      expect(caught).toBe(error);
    });
  });

  test('are events where "error" is what was asked for', async () => {
    const emitter = new EventEmitter();
    using ch = fromEvent<[Error]>(emitter, "error");
    const error = new Error("broken");
    emitter.emit("error", error);
    expect(await ch.recv()).toEqual([error]);
    const target = new EventTarget();
    using events = fromEvent(target, "error");
    target.dispatchEvent(new Event("error"));
    expect((await events.recv())?.type).toBe("error");
  });
});

test("symbols are names of an emitter's events, and all arguments are given", async () => {
  const emitter = new EventEmitter();
  const name = Symbol("name");
  using ch = fromEvent(emitter, name);
  emitter.emit(name, 1, 2, 3);
  expect(await ch.recv()).toEqual([1, 2, 3]);
  for (let n = 0; n < 17; n++) emitter.emit(name);
  for (let n = 0; n < 16; n++) expect(await ch.recv()).toEqual([]);
  expect(await rejected(ch.recv())).toMatchObject({ message: expect.stringContaining('"Symbol(name)"') });
});

test("a signal, a port and a process are such targets", async () => {
  const controller = new AbortController();
  using aborted = fromEvent(controller.signal, "abort");
  controller.abort();
  expect((await aborted.recv())?.type).toBe("abort");
  using told = fromEvent<[string]>(process, "millrace-test");
  (process as EventEmitter).emit("millrace-test", "hello");
  expect(await told.recv()).toEqual(["hello"]);
  const { port1, port2 } = new MessageChannel();
  using messages = fromEvent<MessageEvent>(port1, "message");
  port1.start();
  port2.postMessage("hello");
  expect((await messages.recv())?.data).toBe("hello");
  port1.close();
});

test("bad arguments", () => {
  const message = (...args: unknown[]): string => {
    const error = thrown(() => Reflect.apply(fromEvent, null, args));
    expect(error).toBeInstanceOf(ArgumentError);
    return (error as Error).message;
  };
  const target = new Target();
  expect(message(null, "n")).toBe("fromEvent: expected an EventTarget or an EventEmitter, got null");
  expect(message({}, "n")).toBe("fromEvent: expected an EventTarget or an EventEmitter, got an object");
  expect(message(target, undefined)).toBe("fromEvent: expected the name of an event, got undefined");
  expect(message(target, "n", { overflow: "lose" })).toBe(
    'fromEvent: overflow: expected "fail", "drop" or "latest", got "lose"',
  );
  expect(message(target, "n", { capacity: -1 })).toBe("fromEvent: capacity: expected a whole number from 0 up, got -1");
  expect(message(target, "n", { capacity: 0, overflow: "latest" })).toBe(
    'fromEvent: overflow "latest" needs a capacity of 1 or more, got 0',
  );
  expect(message(target, "n", { ctx: 5 })).toBe("fromEvent: expected a context, got 5");
  expect(target.listeners).toBe(0);
});
