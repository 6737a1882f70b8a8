/** What stays of a million operations of each kind, or of some hundred thousand where they are slow. Bytes in all. */
import { chan, type Go, go, range, run, runtime, select, wait } from "millrace";
import { heapUsed } from "../kit/heap.ts";
import { measurements } from "./measurements.ts";

const MILLION = 1_000_000;

/**
 * Performs `step` `n` times in a generator goroutine and gives the bytes that stayed: the least of `batches`, because a
 * table of the engine's may grow in one of them, and what leaks does so in all.
 */
async function growth(step: (i: number) => Go<unknown>, n: number = MILLION, batches = 1): Promise<number> {
  return run(function* () {
    // Once before, so that what is made once and kept is there already.
    for (let i = 0; i < 2000; i++) yield* step(i);
    let least = Infinity;
    for (let batch = 0; batch < batches; batch++) {
      const before = yield* wait(heapUsed());
      for (let i = 0; i < n; i++) yield* step(i);
      least = Math.min(least, (yield* wait(heapUsed())) - before);
    }
    return least;
  });
}

const measure = measurements();

measure("send and receive, unbuffered", async () => {
  const ch = chan<number>();
  return growth(function* (i) {
    if (i === 0) {
      go(function* () {
        for (;;) yield* ch.recv();
      });
    }
    yield* ch.send(i);
  });
});

measure("send and receive through a buffer", async () => {
  const ch = chan<object>(100);
  return growth(function* (i) {
    yield* ch.send({ i });
    yield* ch.recvOk();
  });
});

measure("a range", async () => {
  const ch = chan<number>(1);
  const r = range(ch);
  return growth(function* (i) {
    yield* ch.send(i);
    yield* r.next();
  });
});

measure("a case that loses: a quit channel beside the data", async () => {
  const quit = chan<void>();
  const data = chan<number>(1);
  return growth(function* (i) {
    yield* data.send(i);
    yield* select(
      { quit: quit.recv(), data: data.recv(), inner: select([quit.recvOk(), quit.recv()]) },
      { order: "listed" },
    );
  });
});

measure("a case that loses after it has parked", async () => {
  const quit = chan<void>();
  const data = chan<number>();
  return growth(function* (i) {
    if (i === 0) {
      go(function* () {
        for (;;) yield* select([quit.recv(), data.send(1), quit.send()]);
      });
    }
    yield* select({ quit: quit.recvOk(), data: data.recv(), never: null });
  }, 500_000);
});

measure("a select with default", async () => {
  const ch = chan<number>();
  return growth(function* () {
    yield* select({ a: ch.recv(), b: ch.send(1), default: true });
  });
});

measure("goroutines that start, are joined and end", async () => {
  return growth(function* (i) {
    const g = go(function* () {
      yield* runtime.gosched();
      return i;
    });
    yield* g.join();
  }, 300_000);
});

measure("joins of one goroutine that lose", async () => {
  let forever: ReturnType<typeof go> | undefined;
  const data = chan<number>(1);
  return growth(function* (i) {
    forever ??= go(() => chan<never>().recv());
    yield* data.send(i);
    yield* select([forever.join(), data.recv()]);
    yield* select([forever.join(), runtime.gosched()]);
  }, 500_000);
});

measure("waits for one pending promise, with one reaction", async () => {
  let reactions = 0;
  const pending = new Promise<void>(() => {});
  const then = pending.then.bind(pending);
  // biome-ignore lint/suspicious/noThenProperty: it counts
  pending.then = ((...args: Parameters<typeof then>) => {
    reactions++;
    return then(...args);
  }) as typeof pending.then;
  const data = chan<number>();
  const bytes = await growth(function* (i) {
    if (i === 0) {
      go(function* () {
        for (;;) yield* data.send(1);
      });
    }
    yield* select({ aborted: wait(pending), data: data.recv() });
  });
  if (reactions !== 1) throw new Error(`the promise got ${reactions} reactions`);
  return bytes;
});

measure("waits for promises that settle", async () => {
  return growth(
    function* (i) {
      yield* wait(Promise.resolve(i));
    },
    200_000,
    4,
  );
});

measure("channels that are made and dropped", async () => {
  return growth(function* (i) {
    const ch = chan<number>(2);
    yield* ch.send(i);
    ch.close();
    yield* ch.recv();
  });
});

measure("awaited operations", async () => {
  return run(async () => {
    const ch = chan<number>();
    const idle = chan<number>();
    go(async () => {
      for (;;) await ch.send(1);
    });
    const step = async (): Promise<void> => {
      await ch.recv();
      await select({ idle: idle.recv(), ch: ch.recv() });
      await ch.recv().then((v) => v);
      await runtime.gosched();
    };
    for (let i = 0; i < 2000; i++) await step();
    const before = await heapUsed();
    for (let i = 0; i < 250_000; i++) await step();
    return (await heapUsed()) - before;
  });
});

measure("runs", async () => {
  const { signal } = new AbortController();
  const step = (i: number): Promise<unknown> =>
    run(
      function* () {
        const ch = chan<number>();
        go(() => ch.send(i));
        go(() => chan<never>().recv());
        yield* ch.recv();
      },
      { signal },
    );
  for (let i = 0; i < 1000; i++) await step(i);
  const listeners = process.listenerCount("beforeExit");
  const before = await heapUsed();
  for (let i = 0; i < 200_000; i++) await step(i);
  const bytes = (await heapUsed()) - before;
  if (process.listenerCount("beforeExit") !== listeners) throw new Error("the runs left listeners behind");
  return bytes;
});

measure("runs that die while their goroutines wait on a channel that outlives them", async () => {
  const shared = chan<number>();
  const step = (): Promise<void> =>
    run(function* () {
      for (let i = 0; i < 5; i++) go(() => select([shared.recv(), shared.send(1), shared.recvOk()]));
      yield* runtime.gosched();
    });
  for (let i = 0; i < 100; i++) await step();
  const before = await heapUsed();
  for (let i = 0; i < 50_000; i++) await step();
  return (await heapUsed()) - before;
});
