import { chan, go, range, runtime, select } from "millrace";
import { background, withCancel, withTimeout } from "millrace/context";
import { generate, pipeline, type Stream } from "millrace/patterns";
import { Mutex } from "millrace/sync";
import { bubble, explore } from "millrace/testing";
import { now, since, sleep } from "millrace/time";
import { describe, expect, test } from "vitest";
import { both, preempted } from "../kit/both.ts";
import { drain, failure, filled } from "../kit/streams.ts";
import { virtual } from "../kit/virtual.ts";

describe("generate", () => {
  both("runs only as far as values are received", function* (t) {
    const steps: string[] = [];
    const out = generate(function* () {
      steps.push("begun");
      yield* sleep(10);
      yield 1;
      steps.push("went on");
      yield 2;
      steps.push("ended");
    });
    yield* t.on(sleep(50));
    expect(steps).toEqual([]);
    expect(yield* t.on(out.recv())).toBe(1);
    yield* t.on(sleep(50));
    expect(steps).toEqual(["begun"]);
    expect(yield* t.on(out.recv())).toBe(2);
    expect(yield* t.on(out.recvOk())).toEqual([undefined, false]);
    expect(steps).toEqual(["begun", "went on", "ended"]);
  });

  both("takes functions of every kind", function* (t) {
    expect(
      yield* drain(
        t,
        generate(() => [1, 2]),
      ),
    ).toEqual([1, 2]);
    expect(
      yield* drain(
        t,
        generate(() => filled([1, 2])),
      ),
    ).toEqual([1, 2]);
    const asyncs = generate(async function* () {
      await sleep(1);
      yield* [1, 2];
    });
    expect(yield* drain(t, asyncs)).toEqual([1, 2]);
  });

  both("helpers may be delegated to, and may yield values too", function* (t) {
    function* twice(n: number) {
      yield* runtime.gosched();
      yield n;
      yield* sleep(1);
      yield n;
    }
    const out = generate(function* () {
      for (let n = 1; n <= 2; n++) yield* twice(n);
    });
    expect(yield* drain(t, out)).toEqual([1, 1, 2, 2]);
  });

  both("what it throws, every receive throws", function* (t) {
    const boom = new Error("boom");
    const out = generate(function* () {
      yield 1;
      yield* sleep(1);
      throw boom;
    });
    expect(yield* t.on(out.recv())).toBe(1);
    for (let i = 0; i < 2; i++) expect(yield* failure(t, out.recv())).toBe(boom);
  });

  both("a goexit in it closes the channel", function* (t) {
    const out = generate(function* () {
      yield 1;
      yield* runtime.goexit();
      yield 2;
    });
    expect(yield* drain(t, out)).toEqual([1]);
  });

  both("yielding an operation without the star is an error that says so", function* (t) {
    const out = generate(function* oops() {
      yield sleep(1) as unknown as number;
    });
    expect((yield* failure(t, out.recv())) as Error).toMatchObject({
      message: "oops: yielded an operation; write yield* before it",
    });
  });

  both("stopping it is seen by its context, where it waits", function* (t) {
    let ended = false;
    const out = generate(function* (ctx) {
      yield 1;
      yield* ctx.done().recv();
      ended = true;
    });
    yield* t.on(out.recv());
    t.perform(out.recvOk());
    yield* t.on(sleep(1));
    out.stop();
    yield* t.on(sleep(1));
    expect(ended).toBe(true);
  });

  test("the goroutine that runs it has the function's name and stack", () =>
    virtual(function* () {
      const out = generate(function* clock() {
        yield* sleep(1000);
        yield 1;
      });
      yield* select([out.recv(), sleep(1)]);
      const info = runtime.goroutines().find(({ reason }) => reason === "sleep");
      expect(info?.name).toBe("clock");
      expect(info?.stack).toMatch(/^clock\(\)\n\t.*generate\.test\.ts:/);
      yield* sleep(1000);
    }));

  test("refuses what is no function", () => {
    expect(() => generate(1 as never)).toThrow("generate: expected a function, got 1");
  });
});

/** What ends a stream, and where its reader stands then. */
const ends: Readonly<Record<string, (out: Stream<number>, cancel: () => void) => void>> = {
  "stop()": (out) => out.stop(),
  using: (out) => {
    using _ = out;
  },
  "its context": (_, cancel) => cancel(),
};

describe.each(Object.entries(ends))("ended by %s", (_, end) => {
  both("at a yield: finally runs, with operations in it", function* (t) {
    const [ctx, cancel] = withCancel(background());
    const steps: unknown[] = [];
    const out = generate(
      function* (inner) {
        try {
          yield 1;
          yield 2;
        } finally {
          steps.push(inner.err()?.message);
          yield* sleep(5);
          steps.push("slept");
        }
      },
      { ctx },
    );
    expect(yield* t.on(out.recv())).toBe(1);
    end(out, cancel);
    expect(steps).toEqual([]); // it never blocks
    expect(yield* t.on(out.recvOk())).toEqual([undefined, false]);
    yield* t.on(sleep(10));
    expect(steps).toEqual(["context canceled", "slept"]);
    cancel();
  });

  both("at an operation: it is interrupted, and finally runs", function* (t) {
    const [ctx, cancel] = withCancel(background());
    const never = chan<never>();
    const steps: string[] = [];
    const out = generate(
      function* () {
        try {
          yield 1;
          yield* never.recv();
        } finally {
          steps.push("finally");
          yield* sleep(5);
          steps.push("slept");
        }
      },
      { ctx },
    );
    yield* t.on(out.recv());
    const waiting = t.perform(out.recvOk());
    yield* t.settle();
    end(out, cancel);
    yield* t.on(sleep(10));
    expect(steps).toEqual(["finally", "slept"]);
    expect(waiting.value).toEqual([undefined, false]);
    expect(never.trySend(0 as never)).toBe(false); // nothing is left on its queue
    cancel();
  });

  both("every stage of a pipeline", function* (t) {
    const [ctx, cancel] = withCancel(background());
    const ended: string[] = [];
    const out = pipeline(
      [1, 2, 3],
      function* (input) {
        try {
          for (const r = range(input); yield* r.next(); ) yield r.value;
        } finally {
          yield* sleep(1);
          ended.push("first");
        }
      },
      async function* (input) {
        try {
          yield* input;
        } finally {
          ended.push("second");
        }
      },
      function* (input) {
        try {
          for (const r = range(input); yield* r.next(); ) yield r.value;
        } finally {
          yield* sleep(2);
          ended.push("third");
        }
      },
      { ctx },
    );
    expect(yield* t.on(out.recv())).toBe(1);
    end(out, cancel);
    yield* t.on(sleep(10));
    expect(ended.sort()).toEqual(["first", "second", "third"]);
    cancel();
  });
});

describe("a generator that is ended", () => {
  test("by leaving a for await over it", async () => {
    const done = chan<string>(1);
    for await (const n of generate(function* () {
      try {
        for (let i = 0; ; i++) yield i;
      } finally {
        yield* done.send("finally");
      }
    }))
      if (n === 2) break;
    expect(await done.recv()).toBe("finally");
  });

  both("which has not begun, runs nothing", function* (t) {
    let ran = false;
    const out = generate(function* () {
      ran = true;
      yield 1;
    });
    out.stop();
    yield* t.settle();
    expect(ran).toBe(false);
  });

  both("and was asked for its first value, but has not begun, runs nothing", function* (t) {
    let ran = false;
    const out = generate(function* () {
      ran = true;
      yield 1;
    });
    expect(out.tryRecv()).toBe(undefined);
    out.stop();
    yield* t.settle();
    expect(ran).toBe(false);
  });

  both("keeps what its operation has given: a lock is unlocked by its own finally", function* (t) {
    const mu = new Mutex();
    yield* t.on(mu.lock());
    const out = generate(function* () {
      using _ = yield* mu.lock();
      yield 1;
    });
    const waiting = t.perform(out.recvOk());
    yield* t.settle();
    mu.unlock(); // hands the lock over to the generator, which has not run since
    out.stop();
    yield* t.on(waiting.g.join());
    yield* t.settle();
    expect(mu.tryLock()).toBe(true);
  });

  both("by its own code exits at its next operation", function* (t) {
    const steps: string[] = [];
    const out = generate(function* () {
      try {
        yield 1;
        out.stop();
        steps.push("went on");
        yield* sleep(1);
        steps.push("slept");
      } finally {
        steps.push("finally");
      }
    });
    yield* t.on(out.recv());
    expect(yield* t.on(out.recvOk())).toEqual([undefined, false]);
    yield* t.on(sleep(5));
    expect(steps).toEqual(["went on", "finally"]);
  });

  both("by its own code exits at its next yield", function* (t) {
    const steps: string[] = [];
    const out = generate(function* () {
      try {
        yield 1;
        out.stop();
        yield 2;
        steps.push("went on");
      } finally {
        steps.push("finally");
      }
    });
    expect(yield* drain(t, out)).toEqual([1]);
    yield* t.settle();
    expect(steps).toEqual(["finally"]);
  });

  both("and yields all the same is left there", function* (t) {
    const steps: string[] = [];
    const out = generate(function* () {
      for (let i = 0; ; i++) {
        try {
          yield i;
        } catch {
          steps.push("caught");
        }
      }
    });
    yield* t.on(out.recv());
    out.stop();
    yield* t.on(sleep(1));
    expect(steps).toEqual(["caught"]);
  });

  both("through a helper, and what finally throws is nobody's", function* (t) {
    const steps: string[] = [];
    function* helper() {
      try {
        yield 1;
      } finally {
        steps.push("inner");
      }
    }
    function* fails() {
      yield* runtime.gosched();
      throw new Error("while cleaning up");
    }
    const out = generate(function* () {
      try {
        yield* helper();
      } finally {
        steps.push("outer");
        yield* fails();
      }
    });
    yield* t.on(out.recv());
    out.stop();
    yield* t.settle();
    expect(steps).toEqual(["inner", "outer"]);
  });

  test("by a context that is done while nobody receives", () =>
    bubble(function* () {
      const [ctx] = withTimeout(background(), 100);
      const start = now();
      const ended = chan<number>(1);
      const out = generate(
        function* () {
          try {
            for (let i = 0; ; i++) yield i;
          } finally {
            ended.trySend(since(start));
          }
        },
        { ctx },
      );
      yield* out.recv();
      expect(yield* ended.recv()).toBe(100);
    }));

  test("while it is preempted exits at the operation that it is about to attempt", () =>
    preempted(function* () {
      const steps: string[] = [];
      const ch = chan<number>(100);
      const out = generate(function* () {
        try {
          yield 1;
          for (let i = 0; ; i++) yield* ch.send(i);
        } finally {
          yield* runtime.gosched();
          steps.push("finally");
        }
      });
      yield* out.recv();
      go(() => out.recv());
      while (ch.length < 3) yield* runtime.gosched();
      out.stop();
      for (let i = 0; i < 5; i++) yield* runtime.gosched();
      expect(steps).toEqual(["finally"]);
      expect(ch.length).toBe(3);
    }));

  test("under every schedule gives back the lock that it holds or waits for", async () => {
    const { complete } = await explore(function* () {
      const mu = new Mutex();
      const out = generate(function* () {
        using _ = yield* mu.lock();
        yield* runtime.gosched();
        yield 1;
      });
      const other = go(function* () {
        using _ = yield* mu.lock();
      });
      const reader = go(() => out.recv());
      const stopper = go(() => out.stop());
      for (const g of [other, reader, stopper]) yield* g.join();
      yield* mu.lock(); // a deadlock, if it were lost
    });
    expect(complete).toBe(true);
  });
});
