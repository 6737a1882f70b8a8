/** The library's own primitives under every schedule of small programs. */
import { type Chan, chan, type Go, go, Panic, runtime, select } from "millrace";
import { background, Canceled, withCancel, withTimeout } from "millrace/context";
import { WorkerPool } from "millrace/patterns";
import { Cond, ErrGroup, Limiter, Mutex, Once, RWMutex, Semaphore, SingleFlight, WaitGroup } from "millrace/sync";
import { explore } from "millrace/testing";
import { now, since, sleep } from "millrace/time";
import { describe, expect, test } from "vitest";

function check(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(what);
}

/** Counts who is inside, and fails when there are too many. */
class Room {
  inside = 0;
  most = 0;

  *visit(limit: number): Go {
    check(++this.inside <= limit, `${this.inside} are inside, where ${limit} may be`);
    this.most = Math.max(this.most, this.inside);
    yield* runtime.gosched();
    this.inside--;
  }
}

function* together(...bodies: (() => Go<unknown>)[]): Go {
  const wg = new WaitGroup();
  for (const body of bodies) wg.go(body);
  yield* wg.wait();
}

const programs: Readonly<Record<string, () => Go<unknown>>> = {
  *"Mutex: one at a time, and nobody is forgotten"() {
    const mu = new Mutex();
    const room = new Room();
    const visitor = () => mu.withLock(() => room.visit(1))[Symbol.iterator]() as Go<void>;
    yield* together(visitor, visitor);
    check(mu.tryLock(), "it is still locked");
  },

  *"Mutex: who loses a select does not have it"() {
    const mu = new Mutex();
    const quit = chan<void>(1);
    yield* mu.lock();
    const waiter = go(function* waiter() {
      const s = yield* select({ lock: mu.lock(), quit: quit.recv() });
      if (s.case === "lock") mu.unlock();
    });
    const quitter = go(() => quit.send());
    mu.unlock();
    yield* waiter.join();
    yield* quitter.join();
    check(mu.tryLock(), "a lock was handed to one who had left");
  },

  *"RWMutex: readers together, a writer alone"() {
    const mu = new RWMutex();
    let [readers, writers] = [0, 0];
    const read = function* () {
      using _ = yield* mu.rLock();
      readers++;
      check(writers === 0, "a reader beside a writer");
      yield* runtime.gosched();
      readers--;
    };
    const write = function* () {
      using _ = yield* mu.lock();
      check(++writers === 1 && readers === 0, "a writer beside somebody");
      writers--;
    };
    yield* together(read, write);
    yield* together(read, read);
    check(mu.tryLock(), "it is still locked");
  },

  *"RWMutex: a writer that leaves lets the readers behind it in"() {
    const mu = new RWMutex();
    const quit = chan<void>(1);
    using _ = yield* mu.rLock();
    const writer = go(function* writer() {
      const s = yield* select({ lock: mu.lock(), quit: quit.recv() });
      check(s.case === "quit", "a writer beside a reader");
    });
    const reader = go(function* reader() {
      using _ = yield* mu.rLock();
    });
    yield* quit.send();
    yield* reader.join(); // for ever, if the writer still stood in its way
    yield* writer.join();
  },

  *"Semaphore: never more than its size, and weights are served in order"() {
    const sem = new Semaphore(2);
    let held = 0;
    const take = (n: number) =>
      function* () {
        using _ = yield* sem.acquire(n);
        held += n;
        check(held <= 2, `${held} are held`);
        yield* runtime.gosched();
        held -= n;
      };
    yield* together(take(1), take(2));
    yield* together(take(1), take(1));
    check(sem.tryAcquire(2), "something is still held");
  },

  *"Semaphore: who gives up leaves nothing behind"() {
    const sem = new Semaphore(1);
    const quit = chan<void>(1);
    const held = yield* sem.acquire();
    go(function* impatient() {
      const s = yield* select({ acquired: sem.acquire(), quit: quit.recv() });
      if (s.case === "acquired") s.value[Symbol.dispose]();
    });
    go(() => quit.send());
    yield* runtime.gosched();
    held[Symbol.dispose]();
    yield* sem.acquire();
  },

  *"WaitGroup: waits for all, wakes all who wait"() {
    const wg = new WaitGroup();
    let done = 0;
    for (let i = 0; i < 2; i++) {
      wg.go(function* () {
        yield* runtime.gosched();
        done++;
      });
    }
    const waiter = go(function* waiter() {
      yield* wg.wait();
      check(done === 2, `${done} of 2 are done`);
    });
    yield* wg.wait();
    check(done === 2, `${done} of 2 are done`);
    yield* waiter.join();
  },

  *"Once: once, and nobody goes on before it is done"() {
    const once = new Once();
    let calls = 0;
    let ready = false;
    const user = function* () {
      yield* once.do(function* () {
        calls++;
        yield* runtime.gosched();
        ready = true;
      });
      check(ready, "went on too early");
    };
    yield* together(user, user);
    check(calls === 1, `called ${calls} times`);
  },

  *"Cond: no signal is lost, none wakes two"() {
    const mu = new Mutex();
    const cond = new Cond(mu);
    let items = 0;
    const take = function* () {
      using _ = yield* mu.lock();
      while (items === 0) yield* cond.wait();
      items--;
      check(items >= 0, "took what is not there");
    };
    const taker = go(take);
    {
      using _ = yield* mu.lock();
      items++;
      cond.signal();
    }
    yield* taker.join();
    check(items === 0, "left over");
  },

  *"Cond: a broadcast wakes all who wait"() {
    const mu = new Mutex();
    const cond = new Cond(mu);
    let open = false;
    const wait = function* () {
      using _ = yield* mu.lock();
      while (!open) yield* cond.wait();
    };
    const waiters = [go(wait), go(wait)];
    {
      using _ = yield* mu.lock();
      open = true;
      cond.broadcast();
    }
    for (const g of waiters) yield* g.join();
  },

  *"ErrGroup: all have ended, the first error is given, the context ends"() {
    const [group, ctx] = ErrGroup.withContext(background());
    let ended = 0;
    group.go(function* () {
      yield* ctx.done().recv();
      ended++;
    });
    group.go(function* () {
      yield* runtime.gosched();
      ended++;
      throw new RangeError("first");
    });
    let error: unknown;
    try {
      yield* group.wait();
    } catch (thrown) {
      error = thrown;
    }
    check(error instanceof RangeError, `threw ${error}`);
    check(ended === 2, `${ended} of 2 have ended`);
    check(ctx.err() === Canceled, "the context is still there");
  },

  *"ErrGroup: a limit is kept, and whoever waits for room gets it"() {
    const group = new ErrGroup();
    const room = new Room();
    group.setLimit(1);
    yield* group.go(() => room.visit(1));
    yield* group.go(() => room.visit(1));
    yield* group.wait();
    check(room.most === 1, "nobody was there");
  },

  *"SingleFlight: those who come meanwhile share one call"() {
    const flights = new SingleFlight<string>();
    let [calls, atOnce] = [0, 0];
    const ask = function* () {
      const { value } = yield* flights.do("key", function* () {
        check(++atOnce === 1, "two calls at once");
        yield* runtime.gosched();
        atOnce--;
        return ++calls;
      });
      check(value >= 1 && value <= calls, `got ${value}`);
    };
    yield* together(ask, ask);
    check(calls <= 2, `${calls} calls`);
  },

  *"Limiter: never faster than its rate"() {
    const limiter = new Limiter(1, 1);
    const start = now();
    const times: number[] = [];
    const user = function* () {
      yield* limiter.wait();
      times.push(since(start));
    };
    yield* together(user, user);
    check(times.join() === "0,1000", `at ${times.join()} ms`);
  },

  *"Limiter: who gives up makes room for the next"() {
    const limiter = new Limiter(1, 1);
    yield* limiter.wait();
    const start = now();
    const [ctx, cancel] = withCancel(background());
    const impatient = go(function* () {
      try {
        yield* limiter.wait(1, ctx);
      } catch (error) {
        check(error === Canceled, `threw ${error}`);
      }
    });
    cancel();
    yield* impatient.join();
    yield* limiter.wait();
    check(since(start) <= 2000, `had to wait ${since(start)} ms`);
  },

  *"WorkerPool: every job is done once, by no more workers than there are"() {
    const room = new Room();
    const pool = new WorkerPool(
      function* (n: number) {
        yield* room.visit(1);
        return n * n;
      },
      { workers: 1 },
    );
    const squares: number[] = [];
    const submit = (n: number) =>
      function* () {
        squares.push(yield* pool.run(n));
      };
    yield* together(submit(1), submit(2));
    check(squares.sort().join() === "1,4", `gave ${squares}`);
    pool.close();
    yield* pool.drain();
    check(pool.running + pool.queued === 0, "something is left");
  },

  *"WorkerPool: a job whose submitter gives up is dropped or cancelled, and the pool goes on"() {
    const pool = new WorkerPool(
      function* (n: number, ctx) {
        yield* select({ stop: ctx.done().recv(), slept: sleep(10) });
        return n;
      },
      { workers: 1 },
    );
    const [ctx, cancel] = withTimeout(background(), 5);
    const impatient = go(function* () {
      yield* select({ result: pool.run(1), late: ctx.done().recv() });
      cancel();
    });
    check((yield* pool.run(2)) === 2, "another result");
    yield* impatient.join();
    pool.close();
    yield* pool.drain();
  },

  *"Channel: what is sent is received once, in each sender's order, until it is closed"() {
    const ch = chan<string>(1);
    const producer = (name: string) =>
      function* () {
        yield* ch.send(`${name}1`);
        yield* ch.send(`${name}2`);
      };
    const consumer = go(function* () {
      const got: string[] = [];
      for (;;) {
        const [value, ok] = yield* ch.recvOk();
        if (!ok) return got;
        got.push(value);
      }
    });
    yield* together(producer("a"), producer("b"));
    ch.close();
    const got = yield* consumer.join();
    check([...got].sort().join() === "a1,a2,b1,b2", `got ${got}`);
    check(got.indexOf("a1") < got.indexOf("a2") && got.indexOf("b1") < got.indexOf("b2"), `got ${got}`);
  },

  *"Channel: close wakes all, receivers with the end and senders with a panic"() {
    const ends = (ch: Chan<number>) =>
      function* () {
        const [, ok] = yield* ch.recvOk();
        check(!ok, "received something");
      };
    const fails = (ch: Chan<number>) =>
      function* () {
        try {
          yield* ch.send(1);
        } catch (error) {
          check(error instanceof Panic && error.code === "SEND_ON_CLOSED", `threw ${error}`);
          return;
        }
        throw new Error("sent to nobody");
      };
    const [received, sent] = [chan<number>(), chan<number>()];
    const all = [go(ends(received)), go(ends(received)), go(fails(sent))];
    received.close();
    sent.close();
    for (const g of all) yield* g.join();
  },
};

describe("under every schedule", () => {
  test.each(Object.entries(programs))("%s", { timeout: 60_000 }, async (_, program) => {
    const { runs, complete } = await explore(program, { runs: 200_000 });
    expect(complete, `${runs} runs were not enough`).toBe(true);
  });
});
