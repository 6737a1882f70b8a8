/** Bugs in waiting for something to become true: signals that are missed, counted wrongly, or wake the wrong one. */
import { chan, type Go, go, runtime, select } from "millrace";
import { Cond, Mutex, WaitGroup } from "millrace/sync";
import { type Bug, check } from "./bug.ts";

const lostWakeUp: Bug = {
  name: "lost wake-up with a hand-made condition variable: the signal comes between the check and the wait",
  within: 30,
  fails: /^all goroutines are asleep - deadlock!/,
  *program() {
    let ready = false;
    const wake = chan<void>(); // whoever waits is woken; if nobody waits, nothing happens
    go(function* producer() {
      ready = true;
      yield* select({ woken: wake.send(), default: true });
    });
    while (!ready) {
      yield* runtime.gosched(); // writes to the log, say
      yield* wake.recv();
    }
  },
  *fixed() {
    let ready = false;
    const wake = chan<void>(1); // remembers one
    go(function* producer() {
      ready = true;
      yield* select({ woken: wake.send(), default: true });
    });
    while (!ready) {
      yield* runtime.gosched();
      yield* wake.recv();
    }
  },
};

const missedSignal: Bug = {
  name: "missed signal: the condition is changed without the lock",
  within: 60,
  fails: /^all goroutines are asleep - deadlock!/,
  *program() {
    const mu = new Mutex();
    const changed = new Cond(mu);
    let ready = false;
    go(function* producer() {
      changed.signal(); // too early
      yield* runtime.gosched();
      ready = true;
    });
    yield* mu.lock();
    while (!ready) yield* changed.wait();
    mu.unlock();
  },
  *fixed() {
    const mu = new Mutex();
    const changed = new Cond(mu);
    let ready = false;
    go(function* producer() {
      using _ = yield* mu.lock();
      ready = true;
      changed.signal();
    });
    yield* mu.lock();
    while (!ready) yield* changed.wait();
    mu.unlock();
  },
};

const ifInsteadOfWhile: Bug = {
  name: "wait without a loop: woken, but another one was quicker",
  within: 500,
  fails: /^panic: took undefined/,
  *program() {
    const mu = new Mutex();
    const filled = new Cond(mu);
    const items: number[] = [];
    const take = function* () {
      using _ = yield* mu.lock();
      if (items.length === 0) yield* filled.wait();
      const item = items.shift();
      check(item !== undefined, "took undefined");
    };
    go(take);
    go(take);
    for (const item of [1, 2]) {
      using _ = yield* mu.lock();
      items.push(item);
      filled.broadcast();
    }
  },
  *fixed() {
    const mu = new Mutex();
    const filled = new Cond(mu);
    const items: number[] = [];
    const take = function* () {
      using _ = yield* mu.lock();
      while (items.length === 0) yield* filled.wait();
      const item = items.shift();
      check(item !== undefined, "took undefined");
    };
    go(take);
    go(take);
    for (const item of [1, 2]) {
      using _ = yield* mu.lock();
      items.push(item);
      filled.broadcast();
    }
  },
};

/** A buffer with room for one, two producers and two consumers. */
function buffer(conditions: (mu: Mutex) => readonly [notFull: Cond, notEmpty: Cond]): () => Go {
  return function* () {
    const mu = new Mutex();
    const [notFull, notEmpty] = conditions(mu);
    let full = false;
    const put = function* () {
      using _ = yield* mu.lock();
      while (full) yield* notFull.wait();
      full = true;
      notEmpty.signal();
    };
    const take = function* () {
      using _ = yield* mu.lock();
      while (!full) yield* notEmpty.wait();
      full = false;
      notFull.signal();
    };
    go(take);
    go(take);
    go(put);
    go(put);
  };
}

const oneCondition: Bug = {
  name: "bounded buffer with one condition for both: the signal wakes one of the own kind",
  within: 5000,
  fails: /^goroutines leaked/,
  program: buffer((mu) => {
    const one = new Cond(mu);
    return [one, one];
  }),
  fixed: buffer((mu) => [new Cond(mu), new Cond(mu)]),
};

const addInside: Bug = {
  name: "WaitGroup misuse: add inside the goroutine",
  within: 20,
  fails: /^panic: 0 of 2 are done/,
  *program() {
    const wg = new WaitGroup();
    let done = 0;
    for (let i = 0; i < 2; i++) {
      go(function* worker() {
        wg.add(1);
        yield* runtime.gosched();
        done++;
        wg.done();
      });
    }
    yield* wg.wait();
    check(done === 2, `${done} of 2 are done`);
  },
  *fixed() {
    const wg = new WaitGroup();
    let done = 0;
    for (let i = 0; i < 2; i++) {
      wg.go(function* worker() {
        yield* runtime.gosched();
        done++;
      });
    }
    yield* wg.wait();
    check(done === 2, `${done} of 2 are done`);
  },
};

const doneTwice: Bug = {
  name: "WaitGroup misuse: done on the error path and again at the end",
  within: 10,
  fails: /^panic: (sync: negative WaitGroup counter|waited for too few)/,
  *program() {
    const wg = new WaitGroup();
    wg.add(2);
    let ended = 0;
    for (const fails of [true, false]) {
      go(function* worker() {
        if (fails) wg.done(); // and goes on
        yield* runtime.gosched();
        ended++;
        wg.done();
      });
    }
    yield* wg.wait();
    check(ended === 2, "waited for too few");
  },
  *fixed() {
    const wg = new WaitGroup();
    wg.add(2);
    let ended = 0;
    for (const fails of [true, false]) {
      go(function* worker() {
        try {
          if (fails) return;
          yield* runtime.gosched();
        } finally {
          ended++;
          wg.done();
        }
      });
    }
    yield* wg.wait();
    check(ended === 2, "waited for too few");
  },
};

const stopFlag: Bug = {
  name: "a flag that stops a worker, which is not looking any more",
  within: 30,
  fails: /^(goroutines leaked|all goroutines are asleep)/,
  *program() {
    const jobs = chan<number>();
    let stopped = false;
    const worker = go(function* worker() {
      while (!stopped) yield* jobs.recv();
    });
    yield* jobs.send(1);
    stopped = true;
    yield* worker.join();
  },
  *fixed() {
    const jobs = chan<number>();
    const worker = go(function* worker() {
      for (;;) {
        const [, more] = yield* jobs.recvOk();
        if (!more) return;
      }
    });
    yield* jobs.send(1);
    jobs.close();
    yield* worker.join();
  },
};

export const conditions: readonly Bug[] = [
  lostWakeUp,
  missedSignal,
  ifInsteadOfWhile,
  oneCondition,
  addInside,
  doneTwice,
  stopFlag,
];
