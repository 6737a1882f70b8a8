/** Bugs in the use of plain variables: something happens between a look and the act that relies on it. */
import { chan, type Go, go, runtime } from "millrace";
import { Mutex, Once } from "millrace/sync";
import { sleep } from "millrace/time";
import { type Bug, check } from "./bug.ts";

function* both(worker: () => Go<unknown>): Go {
  const pair = [go(worker), go(worker)];
  for (const g of pair) yield* g.join();
}

const lostUpdate: Bug = {
  name: "lost update: read, yield, write",
  within: 10,
  fails: /^panic: 1 of 2 counted/,
  *program() {
    let count = 0;
    yield* both(function* () {
      const before = count;
      yield* runtime.gosched();
      count = before + 1;
    });
    check(count === 2, `${count} of 2 counted`);
  },
  *fixed() {
    let count = 0;
    const mu = new Mutex();
    yield* both(function* () {
      using _ = yield* mu.lock();
      const before = count;
      yield* runtime.gosched();
      count = before + 1;
    });
    check(count === 2, `${count} of 2 counted`);
  },
};

const checkThenAct: Bug = {
  name: "check, then act: the last seat is sold twice while the bank is asked",
  within: 30,
  fails: /^panic: -1 seats left/,
  *program() {
    let seats = 1;
    yield* both(function* () {
      if (seats === 0) return;
      yield* sleep(5);
      seats--;
    });
    check(seats >= 0, `${seats} seats left`);
  },
  *fixed() {
    let seats = 1;
    yield* both(function* () {
      if (seats === 0) return;
      seats--; // taken before the bank is asked, and given back if it says no
      yield* sleep(5);
    });
    check(seats >= 0, `${seats} seats left`);
  },
};

const checkThenActOverChannels: Bug = {
  name: "check, then act, with nothing but channels of one's own between the two",
  within: 300,
  fails: /^panic: withdrew 2 of 1/,
  *program() {
    let balance = 1;
    let paid = 0;
    yield* both(function* () {
      const audit = chan<string>(1);
      if (balance < 1) return;
      yield* audit.send("withdraw");
      balance--;
      paid++;
    });
    check(paid <= 1, `withdrew ${paid} of 1`);
  },
  *fixed() {
    let balance = 1;
    let paid = 0;
    yield* both(function* () {
      const audit = chan<string>(1);
      if (balance < 1) return;
      balance--;
      yield* audit.send("withdraw");
      paid++;
    });
    check(paid <= 1, `withdrew ${paid} of 1`);
  },
};

interface Item {
  readonly value: string;
  next: Item | null;
}

/** Pops an item, by compare-and-swap if `versions` count the changes, by identity alone otherwise. */
function stack(versioned: boolean): () => Go {
  return function* () {
    const b: Item = { value: "b", next: null };
    const a: Item = { value: "a", next: b };
    let top: Item | null = a;
    let version = 0;
    const popped: string[] = [];
    const set = (item: Item | null): void => {
      top = item;
      version++;
    };
    const slow = go(function* pop() {
      for (;;) {
        const [was, at] = [top as Item | null, version];
        if (was === null) return;
        const next = was.next;
        yield* runtime.gosched();
        if (top !== was || (versioned && version !== at)) continue;
        set(next);
        popped.push(was.value);
        return;
      }
    });
    const quick = go(function* popTwiceAndPush() {
      const first = top as Item | null;
      set(first?.next ?? null);
      const second = top as Item | null;
      set(second?.next ?? null);
      if (second !== null) popped.push(second.value);
      yield* runtime.gosched();
      if (first === null) return;
      first.next = top;
      set(first);
    });
    yield* slow.join();
    yield* quick.join();
    while (top !== null) {
      popped.push((top as Item).value);
      top = (top as Item).next;
    }
    check(new Set(popped).size === popped.length, `popped twice: ${popped.join(" ")}`);
  };
}

const aba: Bug = {
  name: "ABA: what is compared is the same again, what hangs on it is not",
  within: 200,
  fails: /^panic: popped twice/,
  program: stack(false),
  fixed: stack(true),
};

const doubleChecked: Bug = {
  name: "double-checked initialisation: ready before it is filled",
  within: 50,
  fails: /^panic: read undefined/,
  *program() {
    const mu = new Mutex();
    let config: { url?: string } | undefined;
    const get = function* (): Go<string | undefined> {
      if (config === undefined) {
        using _ = yield* mu.lock();
        if (config === undefined) {
          config = {};
          yield* sleep(1); // loads it
          config.url = "loaded";
        }
      }
      return config.url;
    };
    yield* both(function* () {
      const url = yield* get();
      check(url === "loaded", `read ${url}`);
    });
  },
  *fixed() {
    const once = new Once();
    let config: { url?: string } | undefined;
    const get = function* (): Go<string | undefined> {
      yield* once.do(function* () {
        const loading: { url?: string } = {};
        yield* sleep(1);
        loading.url = "loaded";
        config = loading;
      });
      return config?.url;
    };
    yield* both(function* () {
      const url = yield* get();
      check(url === "loaded", `read ${url}`);
    });
  },
};

const cacheStampede: Bug = {
  name: "a cache that is filled by everyone who misses",
  within: 20,
  fails: /^panic: loaded 2 times/,
  *program() {
    const cache = new Map<string, number>();
    let loads = 0;
    yield* both(function* () {
      if (cache.has("key")) return;
      loads++;
      yield* sleep(10);
      cache.set("key", 1);
    });
    check(loads === 1, `loaded ${loads} times`);
  },
  *fixed() {
    const cache = new Map<string, number>();
    const mu = new Mutex();
    let loads = 0;
    yield* both(function* () {
      using _ = yield* mu.lock();
      if (cache.has("key")) return;
      loads++;
      yield* sleep(10);
      cache.set("key", 1);
    });
    check(loads === 1, `loaded ${loads} times`);
  },
};

const sleepIsNoOrder: Bug = {
  name: "a sleep in place of a join",
  within: 20,
  fails: /^panic: result is missing/,
  options: { timers: "any" },
  *program() {
    let result: string | undefined;
    go(function* worker() {
      yield* runtime.gosched();
      result = "done";
    });
    yield* sleep(100); // it will be done by then
    check(result !== undefined, "result is missing");
  },
  *fixed() {
    let result: string | undefined;
    const worker = go(function* worker() {
      yield* runtime.gosched();
      result = "done";
    });
    yield* worker.join();
    check(result !== undefined, "result is missing");
  },
};

export const variables: readonly Bug[] = [
  lostUpdate,
  checkThenAct,
  checkThenActOverChannels,
  aba,
  doubleChecked,
  cacheStampede,
  sleepIsNoOrder,
];
