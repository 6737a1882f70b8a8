/** Programs in which something orders the two accesses to a box: what each kind of operation orders. */
import { chan, go, type RecvChan, run, runtime, select, wait } from "millrace";
import { background, withCancel } from "millrace/context";
import { mapConcurrent, mapStream, merge, WorkerPool } from "millrace/patterns";
import { Cond, ErrGroup, Mutex, Once, RWMutex, Semaphore, SingleFlight, WaitGroup } from "millrace/sync";
import * as time from "millrace/time";
import { expect } from "vitest";

import type { Box } from "./race-unordered.ts";

/** A program with two goroutines of which something orders the accesses: silent. */
export const ordered: Record<string, (box: Box) => unknown> = {
  *"a go statement"(box) {
    box.n = 1;
    yield* go(function* () {
      yield* runtime.gosched();
      expect(box.n).toBe(1);
    }).join();
  },
  *"a join"(box) {
    const g = go(() => void box.n++);
    yield* g.join();
    box.n++;
  },
  *"a join of one that had ended"(box) {
    const g = go(() => void box.n++);
    yield* runtime.gosched();
    yield* g.join();
    box.n++;
  },
  *"an unbuffered channel, either side first"(box) {
    for (const first of ["sender", "receiver"]) {
      const ch = chan<void>();
      const g = go(function* () {
        if (first === "receiver") yield* runtime.gosched();
        box.n++;
        yield* ch.send();
      });
      if (first === "sender") yield* runtime.gosched();
      yield* ch.recv();
      box.n++;
      yield* g.join();
    }
  },
  *"an unbuffered channel, from the receiver to the sender"(box) {
    const ch = chan<void>();
    go(function* () {
      box.n++;
      yield* ch.recv();
    });
    yield* runtime.gosched();
    yield* ch.send();
    box.n++;
  },
  *"a buffered channel"(box) {
    const ch = chan<number>(3);
    go(function* () {
      for (let i = 0; i < 10; i++) {
        if (i === 7) box.n = 7;
        yield* ch.send(i);
      }
    });
    for (let i = 0; i < 8; i++) yield* ch.recv();
    expect(box.n).toBe(7);
  },
  *"a buffered channel as a lock"(box) {
    const lock = chan<void>(1);
    const wg = new WaitGroup();
    for (let i = 0; i < 3; i++) {
      wg.go(function* () {
        yield* lock.send();
        const { n } = box;
        yield* runtime.gosched();
        box.n = n + 1;
        yield* lock.recv();
      });
    }
    yield* wg.wait();
    expect(box.n).toBe(3);
  },
  *close(box) {
    const ch = chan<void>();
    go(() => {
      box.n++;
      ch.close();
    });
    yield* ch.recv();
    box.n++;
    const late = go(function* () {
      yield* ch.recv();
      box.n++;
    });
    yield* late.join();
  },
  *select(box) {
    const a = chan<void>();
    const b = chan<void>();
    go(function* () {
      box.n++;
      yield* select({ a: a.send(), b: b.send() });
      yield* select({ a: a.recv(), b: b.recv() });
      box.n++;
    });
    yield* select({ b: b.recv() });
    box.n++;
    yield* select({ a: a.send() });
  },
  *"a mutex"(box) {
    const mu = new Mutex();
    const wg = new WaitGroup();
    for (let i = 0; i < 4; i++) {
      wg.go(function* () {
        using _ = yield* mu.lock();
        const { n } = box;
        yield* runtime.gosched();
        box.n = n + 1;
      });
    }
    yield* wg.wait();
    expect(box.n).toBe(4);
  },
  *"a mutex that is tried"(box) {
    const mu = new Mutex();
    go(() => {
      mu.tryLock();
      box.n++;
      mu.unlock();
    });
    yield* runtime.gosched();
    expect(mu.tryLock()).toBe(true);
    box.n++;
  },
  *"a reader/writer lock"(box) {
    const mu = new RWMutex();
    const wg = new WaitGroup();
    for (let i = 0; i < 6; i++) {
      wg.go(function* () {
        using _ = yield* i % 3 === 0 ? mu.lock() : mu.rLock();
        const { n } = box;
        yield* runtime.gosched();
        if (i % 3 === 0) box.n = n + 1;
      });
    }
    yield* wg.wait();
  },
  *"a semaphore of one"(box) {
    const sem = new Semaphore(1);
    const wg = new WaitGroup();
    for (let i = 0; i < 3; i++) {
      wg.go(function* () {
        using _ = yield* sem.acquire();
        yield* runtime.gosched();
        box.n++;
      });
    }
    yield* wg.wait();
  },
  *"a condition"(box) {
    const mu = new Mutex();
    const cond = new Cond(mu);
    go(function* () {
      using _ = yield* mu.lock();
      box.n = 1;
      cond.signal();
    });
    using _ = yield* mu.lock();
    while (box.n === 0) yield* cond.wait();
  },
  *"a wait group that is waited for before and after"(box) {
    const wg = new WaitGroup();
    wg.add(2);
    for (let i = 0; i < 2; i++) {
      go(function* () {
        if (i === 1) box.n++;
        yield* runtime.gosched();
        wg.done();
      });
    }
    yield* wg.wait();
    box.n++;
    yield* wg.wait();
  },
  *"a wait group that had ended"(box) {
    const wg = new WaitGroup();
    wg.go(() => void box.n++);
    yield* runtime.gosched();
    yield* wg.wait();
    box.n++;
  },
  *"an error group"(box) {
    const group = new ErrGroup();
    group.setLimit(1);
    for (let i = 0; i < 3; i++) yield* group.go(() => void box.n++);
    yield* group.wait();
    box.n++;
  },
  *once(box) {
    const once = new Once();
    const wg = new WaitGroup();
    for (let i = 0; i < 3; i++) {
      wg.go(function* () {
        if (i === 2) for (let k = 0; k < 9; k++) yield* runtime.gosched();
        yield* once.do(function* () {
          yield* runtime.gosched();
          box.n = 1;
        });
        expect(box.n).toBe(1);
      });
    }
    yield* wg.wait();
  },
  *"a single flight"(box) {
    const flights = new SingleFlight();
    const wg = new WaitGroup();
    for (let i = 0; i < 3; i++) {
      wg.go(function* () {
        yield* flights.do("key", function* () {
          yield* runtime.gosched();
          box.n = 1;
        });
        expect(box.n).toBe(1);
      });
    }
    yield* wg.wait();
  },
  *"the end of a context"(box) {
    const [ctx, cancel] = withCancel(background());
    go(() => {
      box.n++;
      cancel();
    });
    yield* ctx.done().recv();
    box.n++;
  },
  *"a timer's function"(box) {
    box.n = 1;
    const done = chan<void>();
    time.afterFunc(1, () => {
      box.n++;
      done.close();
    });
    yield* done.recv();
    box.n++;
  },
  *"a promise"(box) {
    let resolve = () => {};
    const promise = new Promise<void>((done) => {
      resolve = done;
    });
    go(() => {
      box.n++;
      resolve();
    });
    yield* wait(promise);
    box.n++;
  },
  *"an async function in between"(box) {
    const ch = chan<void>();
    go(function* () {
      box.n++;
      yield* ch.send();
    });
    yield* go(async () => {
      await null;
      await ch.recv();
    }).join();
    box.n++;
  },
  *"a worker pool"(box) {
    const pool = new WorkerPool(
      function* (k: number) {
        yield* runtime.gosched();
        if (k === 3) box.n++;
      },
      { workers: 2 },
    );
    box.n++;
    const jobs = [];
    for (let k = 0; k < 6; k++) jobs.push(yield* pool.submit(k));
    for (const job of jobs) yield* job.join();
    box.n++;
    yield* pool.run(3);
    yield* pool.drain();
    box.n++;
  },
  *"a concurrent map"(box) {
    box.n++;
    const values = yield* mapConcurrent([1, 2, 3, 4], function* (k) {
      yield* runtime.gosched();
      if (k === 2) box.n++;
      return k;
    });
    box.n++;
    const stream = mapStream(values, function* (k) {
      yield* runtime.gosched();
      if (k === 2) box.n++;
      return k;
    });
    for (let k = 0; k < 4; k++) yield* (stream as RecvChan<number>).recv();
    box.n++;
  },
  *"a merged stream"(box) {
    const a = chan<number>(1);
    const b = chan<number>();
    go(function* () {
      box.n++;
      yield* b.send(1);
    });
    yield* merge([a, b]).recv();
    box.n++;
  },
  *"a run in a run"(box) {
    box.n++;
    yield* wait(
      run(function* () {
        yield* runtime.gosched();
        box.n++;
      }),
    );
    box.n++;
  },
};
