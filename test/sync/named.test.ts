/** Names, holders, counters and cases: in dumps and in events. */
import { chan, type Go, go, listen, run, runtime, select } from "millrace";
import { background, withCancel, withTimeoutCause } from "millrace/context";
import { WorkerPool } from "millrace/patterns";
import { Cond, ErrGroup, Limiter, Mutex, Once, RWMutex, Semaphore, SingleFlight, WaitGroup } from "millrace/sync";
import { describe, expect, test } from "vitest";
import { deadlock } from "../kit/virtual.ts";

const name = "mine";

/** What the dump says behind the reason of main, which waits for `what` gives. */
async function dumped(what: () => Generator<never, unknown, never> | Go<unknown>): Promise<string> {
  const error = await deadlock(function* main() {
    yield* what() as Go<unknown>;
  });
  return /^goroutine 1 \[(.*)$/m.exec(error.message)?.[1] ?? error.message;
}

const waits: Record<string, [expected: string, what: () => Go<unknown>]> = {
  "a context": [
    'chan receive]: channel "context.Background.WithCancel(mine)"',
    function* () {
      const [ctx] = withCancel(background(), { name });
      yield* ctx.done().recv();
    },
  ],
  "a context with a deadline": [
    'chan receive]: channel "context.Background.WithCancel(mine)"',
    function* () {
      const [ctx] = withTimeoutCause(background(), Number.POSITIVE_INFINITY, "late", { name });
      yield* ctx.done().recv();
    },
  ],
  WorkerPool: [
    'join]: WorkerPool 1 "mine"',
    function* () {
      const pool = new WorkerPool((_: number) => chan<number>().recv(), { name });
      yield* pool.submit(1);
      yield* pool.drain();
    },
  ],
  Mutex: [
    'sync.Mutex.Lock]: "mine" held by goroutine 1',
    function* () {
      const mu = new Mutex({ name });
      yield* mu.lock();
      yield* mu.lock();
    },
  ],
  RWMutex: [
    'sync.RWMutex.Lock]: "mine" held by goroutine 1',
    function* () {
      const mu = new RWMutex({ name });
      yield* mu.rLock();
      yield* mu.lock();
    },
  ],
  WaitGroup: [
    'sync.WaitGroup.Wait]: "mine", counter 3',
    function* () {
      const wg = new WaitGroup({ name });
      wg.add(3);
      yield* wg.wait();
    },
  ],
  Semaphore: ['semacquire]: "mine"', () => new Semaphore(0, { name }).acquire()[Symbol.iterator]() as Go<unknown>],
  Cond: [
    'sync.Cond.Wait]: "mine"',
    function* () {
      const mu = new Mutex();
      yield* mu.lock();
      yield* new Cond(mu, { name }).wait();
    },
  ],
  ErrGroup: [
    'errgroup]: "mine"',
    function* () {
      const group = new ErrGroup({ name });
      group.go(() => chan().recv());
      yield* group.wait();
    },
  ],
  SingleFlight: [
    'sync.WaitGroup.Wait]: "mine", counter 1',
    function* () {
      const flights = new SingleFlight({ name });
      go(function* () {
        yield* flights.do("key", () => chan().recv());
      });
      yield* runtime.gosched();
      yield* flights.do("key", () => 1);
    },
  ],
  Limiter: [
    'rate limit]: "mine"',
    function* () {
      const limiter = new Limiter(0, 1, { name });
      yield* limiter.wait();
      yield* limiter.wait();
    },
  ],
};

describe("a name is shown in dumps, of a", () => {
  for (const [kind, [expected, what]] of Object.entries(waits)) {
    test(kind, async () => expect(await dumped(what)).toBe(expected));
  }

  test("and is in the names that events have for a thing", async () => {
    const seen = new Set<string>();
    const stop = listen((event) => {
      if (event.kind === "lock") seen.add(event.lock.replace(/\d+/, "#"));
    });
    try {
      await run(function* () {
        for (const lock of [new Mutex({ name }), new RWMutex({ name }), new Mutex()]) {
          using _ = yield* lock.lock();
        }
        using _ = yield* new Semaphore(1, { name }).acquire();
        yield* new WaitGroup({ name }).wait();
        yield* new Once().do(() => {});
      });
    } finally {
      stop();
    }
    expect([...seen]).toEqual([
      'Mutex # "mine"',
      'RWMutex # "mine"',
      "Mutex #",
      'Semaphore # "mine"',
      'WaitGroup # "mine"',
      "Once #",
    ]);
  });

  test("and must be a string", () => {
    const options = { name: 1 as never };
    for (const make of [
      () => new Mutex(options),
      () => new RWMutex(options),
      () => new WaitGroup(options),
      () => new Semaphore(1, options),
      () => new Cond(new Mutex(), options),
      () => new ErrGroup(options),
      () => new SingleFlight(options),
      () => new Limiter(1, 1, options),
    ]) {
      expect(make).toThrow(/^new [A-Z]\w+: name: expected a string, got 1$/);
    }
  });
});

describe("all readers that hold a lock are named", () => {
  /** What main waits for once `readers` have run. */
  const holders = async (...readers: ((mu: RWMutex) => Go<unknown>)[]): Promise<string> =>
    dumped(function* () {
      const mu = new RWMutex();
      for (const reader of readers) go(() => reader(mu));
      for (let i = 0; i < 6; i++) yield* runtime.gosched();
      yield* mu.lock();
    });
  const stays = function* (mu: RWMutex): Go {
    yield* mu.rLock();
    yield* select({});
  };
  const leaves = function* (mu: RWMutex): Go {
    yield* mu.rLock();
    yield* runtime.gosched();
    mu.rUnlock();
    yield* select({});
  };
  const twice = function* (mu: RWMutex): Go {
    using _ = yield* mu.rLock();
    yield* leaves(mu);
  };

  test.each([
    ["two", [stays, stays], "held by goroutines 2, 3"],
    ["the one that is left, the first", [stays, leaves], "held by goroutine 2"],
    ["the one that is left, the second", [leaves, stays], "held by goroutine 3"],
    ["one that had two shares and gave one back", [twice], "held by goroutine 2"],
    ["three, of whom the middle one left", [stays, leaves, stays], "held by goroutines 2, 4"],
  ])("%s", async (_, readers, expected) => expect(await holders(...readers)).toBe(`sync.RWMutex.Lock]: ${expected}`));

  test("none by whom nothing is held: a share that another goroutine gave back is gone", async () => {
    const text = await holders(stays, function* (mu) {
      mu.rUnlock();
      yield* mu.rLock();
      yield* select({});
    });
    expect(text).toBe("sync.RWMutex.Lock]: held by goroutine 3");
  });
});

test("a dump shows the cases of a select and the number of a channel without a name", async () => {
  expect(
    await dumped(function* () {
      yield* select({ message: chan().recv(), stop: chan().recv(), never: null });
    }),
  ).toBe("select]: cases message, stop");
  expect(
    await dumped(function* () {
      yield* select(Array.from({ length: 12 }, () => chan().recv()));
    }),
  ).toBe("select]: cases 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, …");
  expect(
    await dumped(function* () {
      yield* chan().recv();
    }),
  ).toMatch(/^chan receive\]: channel \d+$/);
});

test("locked and available say how things stand", () => {
  const mu = new Mutex();
  expect(mu.locked).toBe(false);
  mu.tryLock();
  expect(mu.locked).toBe(true);
  mu.unlock();
  expect(mu.locked).toBe(false);
  const sem = new Semaphore(3);
  sem.tryAcquire(2);
  expect([sem.available, sem.size]).toEqual([1, 3]);
  sem.release(2);
  expect(sem.available).toBe(3);
});
