/** A parked select of which several cases become ready at one moment: each has the same chance, and a schedule decides. */
import { chan, type Go, go, type Op, run, runtime, select, wait } from "millrace";
import { background, withTimeout } from "millrace/context";
import { Mutex, RWMutex, Semaphore, WaitGroup } from "millrace/sync";
import { bubble, explore } from "millrace/testing";
import { sharedChan } from "millrace/threads";
import * as time from "millrace/time";
import { describe, expect, test } from "vitest";
import { bound, chiSquare } from "../conformance/choice.ts";

const ROUNDS = 1000;

/** A select whose cases all become ready when `fire` is called. */
interface Setting {
  readonly cases: readonly Op<unknown>[];
  fire(): unknown;
}

const settings: Record<string, () => Setting> = {
  "receives of one channel": () => {
    const ch = chan<number>();
    return { cases: [ch.recv(), ch.recvOk(), ch.recv()], fire: () => ch.trySend(1) };
  },
  "receives of one channel that is closed": () => {
    const ch = chan<number>();
    return { cases: [ch.recv(), ch.recv(), ch.recvOk()], fire: () => ch.close() };
  },
  "sends on one channel": () => {
    const ch = chan<number>();
    return { cases: [ch.send(0), ch.send(1), ch.send(2)], fire: () => ch.tryRecv() };
  },
  "receives of a shared channel": () => {
    const ch = sharedChan<number>();
    return { cases: [ch.recv(), ch.recvOk(), ch.recv()], fire: () => ch.trySend(1) };
  },
  "sends on a shared channel": () => {
    const ch = sharedChan<number>();
    return { cases: [ch.send(0), ch.send(1), ch.send(2)], fire: () => ch.tryRecv() };
  },
  "locks of one mutex": () => {
    const mu = new Mutex();
    mu.tryLock();
    return { cases: [mu.lock(), mu.lock(), mu.lock()], fire: () => mu.unlock() };
  },
  "locks of one RWMutex": () => {
    const mu = new RWMutex();
    mu.tryLock();
    return { cases: [mu.rLock(), mu.lock(), mu.rLock()], fire: () => mu.unlock() };
  },
  "acquisitions of one semaphore": () => {
    const sem = new Semaphore(1);
    sem.tryAcquire();
    return { cases: [sem.acquire(), sem.acquire(), sem.acquire()], fire: () => sem.release() };
  },
  "waits of one group": () => {
    const wg = new WaitGroup();
    wg.add(1);
    return { cases: [wg.wait(), wg.wait(), wg.wait()], fire: () => wg.done() };
  },
  "joins of one goroutine": () => {
    const ch = chan<void>();
    const g = go(() => ch.recv());
    return { cases: [g.join(), g.join(), g.join()], fire: () => ch.close() };
  },
  "waits for one promise": () => {
    let resolve!: () => void;
    const promise = new Promise<void>((done) => {
      resolve = done;
    });
    return { cases: [wait(promise), wait(promise), wait(promise)], fire: () => resolve() };
  },
};

describe("cases that wait in one queue:", () => {
  for (const [name, make] of Object.entries(settings)) {
    test(name, async () => {
      const counts = [0, 0, 0];
      await run(
        function* () {
          for (let i = 0; i < ROUNDS; i++) {
            const { cases, fire } = make();
            const g = go(function* () {
              const { index } = yield* select(cases);
              counts[index] = (counts[index] as number) + 1;
            });
            yield* runtime.gosched();
            fire();
            yield* g.join();
          }
        },
        { seed: 1 },
      );
      expect(chiSquare(counts)).toBeLessThan(bound(2));
    });

    test(`${name}, in the order listed`, async () => {
      await run(function* () {
        for (let i = 0; i < 20; i++) {
          const { cases, fire } = make();
          const g = go(() => select(cases, { order: "listed" }));
          yield* runtime.gosched();
          fire();
          expect((yield* g.join())?.index).toBe(0);
        }
      });
    });
  }

  test("awaited, and with a select as a case", async () => {
    const counts = [0, 0, 0, 0];
    await run(
      async () => {
        for (let i = 0; i < ROUNDS; i++) {
          const ch = chan<number>();
          const one = select([select([ch.recv(), ch.recv()]), select([ch.recv(), ch.recv()])]);
          go(() => ch.send(1));
          const { index, value } = await one;
          const at = index * 2 + value.index;
          counts[at] = (counts[at] as number) + 1;
        }
      },
      { seed: 1 },
    );
    expect(chiSquare(counts)).toBeLessThan(bound(3));
  });

  test("exploration tries each, and asks for no order that makes no difference", async () => {
    const seen = new Set<string>();
    const same = await explore(function* () {
      const ch = chan<number>(0, { zero: 0 });
      const g = go(() => select([ch.send(1), ch.send(2), chan<number>().recv()]));
      const got = yield* ch.recv();
      seen.add(`${got} from case ${(yield* g.join()).index}`);
    });
    expect([...seen].sort()).toStrictEqual(["1 from case 0", "2 from case 1"]);
    expect(same.complete).toBe(true);
    const others = await explore(function* () {
      const [a, b] = [chan<number>(), chan<number>()];
      const g = go(() => select([a.recv(), b.recv()]));
      yield* a.send(1);
      yield* g.join();
    });
    expect(others.complete).toBe(true);
    expect(others.runs).toBeLessThan(same.runs);
  });

  test("exploration tries each case within cases", async () => {
    const seen = new Set<string>();
    await explore(function* () {
      const ch = chan<number>();
      const g = go(() => select([ch.recv(), select([ch.recv(), ch.recv()])]));
      yield* ch.send(1);
      const { index, value } = yield* g.join();
      seen.add(typeof value === "object" ? `${index}.${value.index}` : `${index}`);
    });
    expect([...seen].sort()).toStrictEqual(["0", "1.0", "1.1"]);
  });
});

describe("timers that are due at one moment", () => {
  const programs: Record<string, () => Go<string>> = {
    "cases of one select": function* () {
      return String((yield* select({ a: time.after(10).recv(), b: time.sleep(10) })).case);
    },
    "deadlines of contexts": function* () {
      const [a] = withTimeout(background(), 10);
      const [b] = withTimeout(background(), 10);
      return (yield* select({ a: a.done().recv(), b: b.done().recv() })).case;
    },
    "two selects of two": function* () {
      const one = go(() => select({ a: time.after(10).recv(), b: time.after(10).recv() }));
      const two = go(() => select({ a: time.after(10).recv(), b: time.after(10).recv() }));
      return (yield* one.join()).case + (yield* two.join()).case;
    },
    sleepers: function* () {
      const out: string[] = [];
      const sleepers = ["a", "b", "c"].map((name) =>
        go(function* () {
          yield* time.sleep(10);
          out.push(name);
        }),
      );
      for (const g of sleepers) yield* g.join();
      return out.join("");
    },
  };
  const outcomes: Record<string, string[]> = {
    "cases of one select": ["a", "b"],
    "deadlines of contexts": ["a", "b"],
    "two selects of two": ["aa", "ab", "ba", "bb"],
    sleepers: ["abc", "acb", "bac", "bca", "cab", "cba"],
  };

  for (const [name, program] of Object.entries(programs)) {
    test(`${name}: a seed decides, the same each time`, async () => {
      const seen = new Set<string>();
      for (let seed = 1; seed <= 60; seed++) {
        const one = await bubble(program, { seed });
        expect(await bubble(program, { seed })).toBe(one);
        seen.add(one);
      }
      expect([...seen].sort()).toStrictEqual(outcomes[name]);
    });

    test(`${name}: exploration tries each`, async () => {
      const seen = new Set<string>();
      const { complete } = await explore(function* () {
        seen.add(yield* program());
      });
      expect(complete).toBe(true);
      expect([...seen].sort()).toStrictEqual(outcomes[name]);
    });
  }

  test("one that is stopped by another of that moment does not fire", async () => {
    for (let seed = 1; seed <= 30; seed++) {
      await bubble(
        function* () {
          const fired: number[] = [];
          const timers = Array.from({ length: 5 }, () => time.after(10).recv());
          const first = yield* select(timers);
          fired.push(first.index);
          const rest = timers.filter((_, i) => i !== first.index);
          // The timers behind the losing cases have not fired: they are due, and can still be received.
          for (const timer of rest) yield* timer;
          expect(yield* select([...timers, time.sleep(5)])).toMatchObject({ index: 5 });
        },
        { seed },
      );
    }
  });

  test("exploration is not asked for an order of goroutines that wake each by itself", async () => {
    const { complete, runs } = await explore(function* () {
      go(() => time.sleep(10));
      yield* time.after(10).recv();
    });
    expect(complete).toBe(true);
    expect(runs).toBe(206); // 6, and the 200 drawn at random that they are compared with
  });
});
