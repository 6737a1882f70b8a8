/** A goroutine runs in the async context in which it was started, whoever wakes it and whatever does its work. */
import { AsyncLocalStorage, AsyncResource } from "node:async_hooks";
import { channel } from "node:diagnostics_channel";
import { chan, go, range, run, runtime, select, wait } from "millrace";
import { afterFunc as afterContext, background, withCancel } from "millrace/context";
import { generate, mapConcurrent, mapStream, pipeline, retry, WorkerPool } from "millrace/patterns";
import { ErrGroup, Mutex, Once, onceValue, Semaphore, SingleFlight, WaitGroup } from "millrace/sync";
import * as time from "millrace/time";
import { describe, expect, test } from "vitest";
import { turns } from "../kit/turns.ts";

const store = new AsyncLocalStorage<string>();
const users = ["ann", "bob", "cy", "dee", "eve"];
const mutex = new Mutex();
const slots = new Semaphore(2);
const flights = new SingleFlight<string>();

/** What a request sees of its user: every value it gives must be the user's. */
type Request = (user: string) => PromiseLike<unknown>;

const pools = {
  plain: new WorkerPool((_: string) => store.getStore(), { workers: 2 }),
  async: new WorkerPool(async (_: string) => [store.getStore(), await Promise.resolve().then(() => store.getStore())], {
    workers: 2,
  }),
  generator: new WorkerPool(
    function* (_: string) {
      const before = store.getStore();
      yield* time.sleep(1);
      const child = go(() => store.getStore());
      return [before, store.getStore(), yield* child.join()];
    },
    { workers: 2, retry: { attempts: 2 } },
  ),
};

const requests: Record<string, Request> = {
  "go, a generator": (user) =>
    go(function* () {
      const seen = [store.getStore()];
      yield* time.sleep(users.indexOf(user));
      seen.push(store.getStore());
      yield* slots.acquire();
      seen.push(store.getStore());
      yield* runtime.gosched();
      slots.release();
      yield* wait(Promise.resolve());
      seen.push(store.getStore());
      const s = yield* select({ tick: time.after(1).recv() });
      seen.push(s.case && store.getStore());
      const child = go(function* () {
        yield* runtime.gosched();
        return store.getStore();
      });
      seen.push(yield* child.join(), store.getStore());
      return seen;
    }).join(),
  "go, an async function": (user) =>
    go(async () => {
      const seen = [store.getStore()];
      await time.sleep(users.indexOf(user));
      seen.push(store.getStore());
      const lock = await mutex.lock();
      seen.push(store.getStore());
      lock[Symbol.dispose]();
      return seen;
    }).join(),
  "go, a plain function": () => go(() => store.getStore()).join(),
  run: () =>
    run(function* () {
      const ch = chan<string | undefined>();
      go(function* () {
        yield* time.sleep(1);
        yield* ch.send(store.getStore());
      });
      return [store.getStore(), yield* ch.recv(), store.getStore()];
    }),
  "run, an async function": () =>
    run(async () => {
      await null;
      const g = go(() => store.getStore());
      return [store.getStore(), await g.join(), store.getStore()];
    }),
  await: async () => {
    const lock = await mutex.lock();
    const seen = [store.getStore()];
    await runtime.gosched();
    lock[Symbol.dispose]();
    return [...seen, store.getStore()];
  },
  "withLock, async": () =>
    mutex.withLock(async () => [store.getStore(), await Promise.resolve().then(() => store.getStore())]),
  "withLock, a generator": () =>
    mutex.withLock(function* () {
      yield* time.sleep(1);
      return store.getStore();
    }),
  "once and onceValue": async () => {
    const value = onceValue(() => store.getStore());
    const seen: unknown[] = [];
    await new Once().do(function* () {
      yield* runtime.gosched();
      seen.push(store.getStore());
    });
    return [...seen, await value()];
  },
  "single-flight": async (user) => (await flights.do(user, async () => store.getStore())).value,
  "single-flight, a channel": async (user) => {
    const result = await flights.doChan(`${user} by channel`, () => store.getStore()).recv();
    return result !== undefined && "value" in result && result.value;
  },
  "WorkerPool.run, a plain function": (user) => pools.plain.run(user),
  "WorkerPool.run, async": (user) => pools.async.run(user),
  "WorkerPool.run, a generator": (user) => pools.generator.run(user),
  "WorkerPool.submit": async (user) => (await pools.generator.submit(user)).join(),
  "WorkerPool.trySubmit": async (user) => {
    await pools.plain.drain();
    return pools.plain.trySubmit(user)?.join() ?? store.getStore();
  },
  "mapConcurrent, async": () => mapConcurrent([1, 2, 3], async () => store.getStore(), { workers: 2 }),
  "mapConcurrent, generators": () =>
    mapConcurrent(
      [1, 2, 3],
      function* () {
        yield* time.sleep(1);
        return store.getStore();
      },
      { workers: 2 },
    ),
  "mapConcurrent, fed by another context": async () => {
    const jobs = store.run("feeder", () => {
      const jobs = chan<number>();
      go(function* () {
        for (let i = 0; i < 3; i++) {
          yield* time.sleep(1);
          yield* jobs.send(i);
        }
        jobs.close();
      });
      return jobs;
    });
    return mapConcurrent(jobs, () => store.getStore(), { workers: 2 });
  },
  mapStream: () => {
    const out = mapStream([1, 2], () => store.getStore());
    return store.run("reader", () => drain(out));
  },
  generate: () => {
    const out = generate(function* () {
      yield store.getStore();
      yield* time.sleep(1);
      yield store.getStore();
    });
    return store.run("reader", () => drain(out));
  },
  pipeline: () => {
    const out = pipeline([1, 2], function* (numbers) {
      for (const r = range(numbers); yield* r.next(); ) yield store.getStore();
    });
    return store.run("reader", () => drain(out));
  },
  ErrGroup: async () => {
    const group = new ErrGroup();
    const seen: unknown[] = [];
    for (let i = 0; i < 2; i++) {
      await group.go(async () => {
        await time.sleep(1);
        seen.push(store.getStore());
      });
    }
    await group.wait();
    return seen;
  },
  "ErrGroup with a limit": async () => {
    const group = new ErrGroup();
    group.setLimit(1);
    const seen: unknown[] = [];
    for (let i = 0; i < 3; i++) {
      void group.go(function* () {
        yield* time.sleep(1);
        seen.push(store.getStore());
      });
    }
    await group.wait();
    return seen;
  },
  "WaitGroup.go": async () => {
    const wg = new WaitGroup();
    const seen: unknown[] = [];
    wg.go(function* () {
      yield* time.sleep(1);
      seen.push(store.getStore());
    });
    await wg.wait();
    return seen;
  },
  "time.afterFunc": () => new Promise((done) => time.afterFunc(1, () => done(store.getStore()))),
  "context.afterFunc": () =>
    new Promise((done) => {
      const [ctx, cancel] = withCancel(background());
      afterContext(ctx, () => done(store.getStore()));
      store.run("canceller", cancel);
    }),
  retry: () => {
    let failed = false;
    return retry(
      async () => {
        await null;
        if (!failed) {
          failed = true;
          throw new Error("once more");
        }
        return store.getStore();
      },
      { attempts: 2, delay: 1 },
    );
  },
  "a store on a diagnostics channel": async (user) => {
    const here = channel("millrace test");
    const bound = new AsyncLocalStorage<unknown>();
    here.bindStore(bound);
    try {
      const seen = here.runStores(user, () => go(() => bound.getStore()));
      return await seen.join();
    } finally {
      here.unbindStore(bound);
    }
  },
  AsyncResource: (user) =>
    store.run("elsewhere", () => {
      const resource = store.run(user, () => new AsyncResource("test"));
      return resource.runInAsyncScope(() => go(() => store.getStore()).join());
    }),
};

async function drain(ch: AsyncIterable<unknown>): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const value of ch) all.push(value);
  return all;
}

describe("what a request starts runs in its context", () => {
  test.each(Object.entries(requests))("%s", async (_, request) => {
    const answers = await Promise.all(
      users.map((user) => store.run(user, async () => [await request(user), store.getStore()])),
    );
    for (const [i, answer] of answers.entries()) {
      const seen = answer.flat(2);
      expect(seen).toEqual(seen.map(() => users[i]));
    }
    expect(store.getStore()).toBe(undefined);
  });
});

test("a goroutine that wakes others does not lend them its context", async () => {
  const inbox = chan<void>();
  const seen = chan<string | undefined>(8);
  for (const user of users) {
    store.run(user, () =>
      go(function* () {
        yield* inbox.recv();
        yield* seen.send(store.getStore());
      }),
    );
  }
  go(function* () {
    yield* inbox.recv();
    yield* seen.send(store.getStore() ?? "none");
  });
  await turns();
  await store.run("waker", async () => {
    await null;
    inbox.close();
  });
  const all: unknown[] = [];
  for (let i = 0; i <= users.length; i++) all.push(await seen.recv());
  expect(all).toEqual([...users, "none"]);
});

test("functions that wait for room in a group have the contexts of those who brought them", async () => {
  const group = new ErrGroup();
  group.setLimit(1);
  const seen: unknown[] = [];
  for (const user of users) {
    store.run(user, () =>
      group.go(function* () {
        yield* runtime.gosched();
        seen.push(store.getStore());
      }),
    );
  }
  await group.wait();
  expect(seen).toEqual(users);
});

test("a context that a goroutine enters is its children's", async () => {
  const seen = await run(function* () {
    const children = users.map((user) =>
      store.run(user, () =>
        go(function* () {
          yield* runtime.gosched();
          return store.getStore();
        }),
      ),
    );
    const all: unknown[] = [];
    for (const child of children) all.push(yield* child.join());
    return [...all, store.getStore()];
  });
  expect(seen).toEqual([...users, undefined]);
});

test("a store that a goroutine enters stays, and is nobody else's", async () => {
  const user = new AsyncLocalStorage<string>();
  const enter = (name: string): Promise<unknown> =>
    store.run(name, () =>
      run(function* () {
        const before = user.getStore();
        user.enterWith(name);
        yield* runtime.gosched();
        return [before, user.getStore()];
      }),
    );
  const seen = await Promise.all(users.map(enter));
  expect(seen).toEqual(users.map((name) => [undefined, name]));
});

test("goroutines of one context start in it under a seed as well", async () => {
  const seen = await store.run("ann", () =>
    run(
      function* () {
        const group = new WaitGroup();
        const all: unknown[] = [];
        for (let i = 0; i < 5; i++) {
          group.go(function* () {
            yield* runtime.gosched();
            all.push(store.getStore());
          });
        }
        yield* group.wait();
        return all;
      },
      { seed: 7 },
    ),
  );
  expect(seen).toEqual(Array(5).fill("ann"));
});
