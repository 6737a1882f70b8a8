/** Bugs in the use of locks: taken in the wrong order, kept, given up too early. */
import { chan, type Go, go, runtime } from "millrace";
import { Mutex, RWMutex } from "millrace/sync";
import { type Bug, check } from "./bug.ts";

const lockOrder: Bug = {
  name: "lock order inversion",
  within: 10,
  fails: /^(all goroutines are asleep|goroutines leaked)/,
  *program() {
    const [a, b] = [new Mutex(), new Mutex()];
    const transfer = function* (from: Mutex, to: Mutex) {
      using _ = yield* from.lock();
      using __ = yield* to.lock();
    };
    go(transfer, a, b);
    go(transfer, b, a);
  },
  *fixed() {
    const accounts = [new Mutex(), new Mutex()];
    const transfer = function* (from: number, to: number) {
      using _ = yield* (accounts[Math.min(from, to)] as Mutex).lock();
      using __ = yield* (accounts[Math.max(from, to)] as Mutex).lock();
    };
    go(transfer, 0, 1);
    go(transfer, 1, 0);
  },
};

function dine(polite: boolean): () => Go {
  return function* () {
    const forks = [new Mutex(), new Mutex(), new Mutex()];
    for (let i = 0; i < 3; i++) {
      go(function* philosopher() {
        let [first, second] = [forks[i] as Mutex, forks[(i + 1) % 3] as Mutex];
        if (polite && i === 2) [first, second] = [second, first];
        yield* first.lock();
        yield* second.lock();
        second.unlock();
        first.unlock();
      });
    }
  };
}

const philosophers: Bug = {
  name: "dining philosophers",
  within: 100,
  fails: /^goroutines leaked/,
  program: dine(false),
  fixed: dine(true),
};

const keptOnError: Bug = {
  name: "a lock that is not given up on an error",
  within: 10,
  fails: /^goroutines leaked/,
  *program() {
    const mu = new Mutex();
    for (const input of ["good", "bad"]) {
      go(function* save() {
        try {
          yield* mu.lock();
          if (input === "bad") throw new RangeError(input);
          mu.unlock();
        } catch (error) {
          check(error instanceof RangeError, "another error");
        }
      });
    }
  },
  *fixed() {
    const mu = new Mutex();
    for (const input of ["good", "bad"]) {
      go(function* save() {
        try {
          using _ = yield* mu.lock();
          if (input === "bad") throw new RangeError(input);
        } catch (error) {
          check(error instanceof RangeError, "another error");
        }
      });
    }
  },
};

const upgrade: Bug = {
  name: "reader-writer upgrade: both readers keep their share and want the whole lock",
  within: 30,
  fails: /^goroutines leaked/,
  *program() {
    const mu = new RWMutex();
    for (let i = 0; i < 2; i++) {
      go(function* refresh() {
        using _ = yield* mu.rLock();
        using __ = yield* mu.lock();
      });
    }
  },
  *fixed() {
    const mu = new RWMutex();
    for (let i = 0; i < 2; i++) {
      go(function* refresh() {
        {
          using _ = yield* mu.rLock();
        }
        using _ = yield* mu.lock(); // and looks again whether there is anything to do
      });
    }
  },
};

const secondShare: Bug = {
  name: "a reader that takes a second share while a writer waits",
  within: 30,
  fails: /^goroutines leaked/,
  *program() {
    const mu = new RWMutex();
    go(function* reader() {
      using _ = yield* mu.rLock();
      yield* runtime.gosched();
      using __ = yield* mu.rLock();
    });
    go(function* writer() {
      using _ = yield* mu.lock();
    });
  },
  *fixed() {
    const mu = new RWMutex();
    go(function* reader() {
      using _ = yield* mu.rLock();
      yield* runtime.gosched();
    });
    go(function* writer() {
      using _ = yield* mu.lock();
    });
  },
};

const waitInsideLock: Bug = {
  name: "waiting inside a lock for somebody who needs it",
  within: 10,
  fails: /^(goroutines leaked|all goroutines are asleep)/,
  *program() {
    const mu = new Mutex();
    const results = chan<number>();
    go(function* worker() {
      using _ = yield* mu.lock();
      yield* results.send(1);
    });
    using _ = yield* mu.lock();
    yield* results.recv();
  },
  *fixed() {
    const mu = new Mutex();
    const results = chan<number>();
    go(function* worker() {
      using _ = yield* mu.lock();
      yield* results.send(1);
    });
    yield* results.recv();
    using _ = yield* mu.lock();
  },
};

const unlockedBetween: Bug = {
  name: "a lock that is given up between the check and the act",
  within: 20,
  fails: /^panic: -1 in stock/,
  *program() {
    const mu = new Mutex();
    let stock = 1;
    const buy = function* () {
      yield* mu.lock();
      const available = stock > 0;
      mu.unlock();
      if (!available) return;
      yield* mu.lock();
      stock--;
      mu.unlock();
    };
    for (const g of [go(buy), go(buy)]) yield* g.join();
    check(stock >= 0, `${stock} in stock`);
  },
  *fixed() {
    const mu = new Mutex();
    let stock = 1;
    const buy = function* () {
      using _ = yield* mu.lock();
      if (stock > 0) stock--;
    };
    for (const g of [go(buy), go(buy)]) yield* g.join();
    check(stock >= 0, `${stock} in stock`);
  },
};

const unlockedByAnother: Bug = {
  name: "a lock that is given up by one who may not have it",
  within: 20,
  fails: /^panic: FatalError: sync: unlock of unlocked mutex/,
  *program() {
    const mu = new Mutex();
    go(function* worker() {
      yield* mu.lock();
      yield* runtime.gosched();
      mu.unlock();
    });
    go(function* cleanup() {
      yield* runtime.gosched();
      if (!mu.tryLock()) yield* runtime.gosched(); // somebody has it, so it is to be freed
      mu.unlock();
    });
  },
  *fixed() {
    const mu = new Mutex();
    go(function* worker() {
      yield* mu.lock();
      yield* runtime.gosched();
      mu.unlock();
    });
    go(function* cleanup() {
      yield* runtime.gosched();
      if (mu.tryLock()) mu.unlock();
    });
  },
};

export const locks: readonly Bug[] = [
  lockOrder,
  philosophers,
  keptOnError,
  upgrade,
  secondShare,
  waitInsideLock,
  unlockedBetween,
  unlockedByAnother,
];
