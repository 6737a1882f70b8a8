/** Several runs at once on one thread, runs inside runs, and the default run outside of any. */
import { chan, go, run, runtime, select, wait } from "millrace";
import { expect, test } from "vitest";
import { turns } from "../kit/turns.ts";

test("runs take turns: one that never blocks doesn't keep another from its end", async () => {
  const controller = new AbortController();
  const spinning = run(
    function* () {
      const ch = chan<number>();
      for (;;) yield* select({ v: ch.recv(), default: true });
    },
    { signal: controller.signal },
  ).catch((error: unknown) => error);
  const result = await run(function* () {
    const ch = chan<number>();
    go(function* () {
      for (let i = 0; i < 1000; i++) yield* ch.send(i);
      ch.close();
    });
    let sum = 0;
    for (;;) {
      const [value, ok] = yield* ch.recvOk();
      if (!ok) return sum;
      sum += value;
    }
  });
  expect(result).toBe(499_500);
  controller.abort("enough");
  expect(await spinning).toBe("enough");
});

test("each run counts and numbers its own goroutines", async () => {
  const count = (n: number): Promise<number[]> =>
    run(function* () {
      const gate = chan<void>();
      const ids = Array.from({ length: n }, () => go(() => gate.recv()).id);
      yield* runtime.gosched();
      expect(runtime.numGoroutine()).toBe(n + 1);
      expect(runtime.goroutines().length).toBe(n + 1);
      return ids;
    });
  expect(await Promise.all([count(2), count(3)])).toStrictEqual([
    [2, 3],
    [2, 3, 4],
  ]);
});

test("a panic ends its own run only", async () => {
  const gate = chan<void>();
  const survivor = run(function* () {
    yield* gate.recv();
    return "alive";
  });
  await expect(
    run(() => {
      throw new Error("boom");
    }),
  ).rejects.toThrow("boom");
  gate.close();
  expect(await survivor).toBe("alive");
});

test("runs meet on a channel that belongs to neither", async () => {
  const ch = chan<number>();
  const back = chan<number>();
  const a = run(function* () {
    yield* ch.send(20);
    return (yield* back.recv()) as number;
  });
  const b = run(function* () {
    const value = (yield* ch.recv()) as number;
    yield* back.send(value + 1);
    return value;
  });
  expect(await Promise.all([a, b])).toStrictEqual([21, 20]);
});

test("a run inside a goroutine: waited for like any promise, its panic is thrown there", async () => {
  const result = await run(function* () {
    const inner = yield* wait(run(() => 41));
    try {
      yield* wait(
        run(function* () {
          yield* runtime.gosched();
          throw new Error("inner");
        }),
      );
    } catch (error) {
      return `${inner + 1} ${(error as Error).message}`;
    }
    return "";
  });
  expect(result).toBe("42 inner");
});

test("outside of any run, go and await work on the default run", async () => {
  const ch = chan<number>();
  const g = go(function* () {
    yield* ch.send(1);
    return "sent";
  });
  expect(await ch.recv()).toBe(1);
  expect(await g.join()).toBe("sent");
  expect(g.id).toBeGreaterThan(0);
});

test("the default run goes on while runs come and go, and knows its goroutines", async () => {
  const before = runtime.numGoroutine();
  const requests = chan<{ n: number; reply: ReturnType<typeof chan<number>> }>();
  const server = go(function* server() {
    for (;;) {
      const request = yield* requests.recv();
      if (request === undefined) return "closed";
      yield* request.reply.send(request.n * 2);
    }
  });
  expect(runtime.numGoroutine()).toBe(before + 1);
  for (let n = 0; n < 5; n++) {
    const answer = await run(function* () {
      const reply = chan<number>();
      yield* requests.send({ n, reply });
      return yield* reply.recv();
    });
    expect(answer).toBe(n * 2);
  }
  requests.close();
  expect(await server.join()).toBe("closed");
  expect(runtime.numGoroutine()).toBe(before);
});

test("a run that dies while it waits for the default run's channel loses no value", async () => {
  const ch = chan<number>();
  await run(function* () {
    go(() => ch.recv());
    go(function* () {
      yield* select([ch.recv(), ch.recvOk()]);
    });
    yield* runtime.gosched();
  });
  const got = go(() => ch.recv());
  await turns();
  expect(ch.trySend(5)).toBe(true);
  expect(await got.join()).toBe(5);
});

test("go in a host callback belongs to the only run there is", async () => {
  const ids: number[] = [];
  await run(function* () {
    const ch = chan<void>();
    setImmediate(() => {
      go(function* () {
        ids.push(runtime.numGoroutine());
        yield* ch.send();
      });
    });
    yield* ch.recv();
  });
  expect(ids).toStrictEqual([2]);
});

test("in generator goroutines it is always known which run it is, however many there are", async () => {
  const count = (): Promise<number> =>
    run(function* () {
      for (let i = 0; i < 5; i++) {
        go(function* () {
          for (;;) yield* runtime.gosched();
        });
        yield* runtime.gosched();
      }
      return runtime.numGoroutine();
    });
  expect(await Promise.all([count(), count(), count()])).toStrictEqual([6, 6, 6]);
});
