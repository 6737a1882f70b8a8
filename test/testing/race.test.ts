/** `race`: finds accesses that nothing orders, and is silent where something does. */
import { chan, go, type RecvChan, run, runtime, select, wait } from "millrace";
import { background, withCancel, withTimeout } from "millrace/context";
import { mapConcurrent, mapStream, merge, WorkerPool } from "millrace/patterns";
import { Cond, ErrGroup, Mutex, Once, RWMutex, Semaphore, SingleFlight, WaitGroup } from "millrace/sync";
import { bubble, RaceError, race } from "millrace/testing";
import * as time from "millrace/time";
import { describe, expect, test } from "vitest";
import { tap } from "../../src/runtime/events.ts";

interface Box {
  n: number;
}

/** The races in a run of `program`, each as the kinds of its accesses. */
async function races(program: (box: Box) => unknown, seed?: number): Promise<string[]> {
  const found: RaceError[] = [];
  const watched = () => {
    const box = race({ n: 0 }, { name: "box", report: (error) => found.push(error) });
    return program(box);
  };
  await run(watched, seed === undefined ? {} : { seed });
  return found.map(({ what, accesses }) => `${accesses.map(({ kind }) => kind).join("-")} ${what}`);
}

/** A program with two goroutines of which something orders the accesses: silent. */
const ordered: Record<string, (box: Box) => unknown> = {
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

/** The same, with something that orders nothing: a race. */
const unordered: Record<string, (box: Box) => unknown> = {
  *"nothing at all"(box) {
    go(() => void box.n++);
    yield* runtime.gosched();
    box.n++;
  },
  *"a go statement that comes too early"(box) {
    const g = go(function* () {
      yield* runtime.gosched();
      void box.n;
    });
    box.n = 1;
    yield* g.join();
  },
  *"a sleep"(box) {
    go(() => void box.n++);
    yield* time.sleep(1);
    box.n++;
  },
  *"a timeout"(box) {
    go(() => void box.n++);
    yield* time.after(1).recv();
    box.n++;
  },
  *"the end of a context by a timeout"(box) {
    const [ctx, cancel] = withTimeout(background(), 20);
    go(() => void box.n++);
    yield* ctx.done().recv();
    box.n++;
    cancel();
  },
  *"a buffered channel, from the receiver to the sender"(box) {
    const ch = chan<void>(1);
    go(function* () {
      box.n++;
      yield* ch.recv();
    });
    yield* ch.send();
    yield* runtime.gosched();
    box.n++;
  },
  *"a value that was sent before"(box) {
    const ch = chan<void>(2);
    go(function* () {
      yield* ch.send();
      box.n++;
      yield* ch.send();
    });
    yield* runtime.gosched();
    yield* ch.recv();
    box.n++;
  },
  *"a lock of another one"(box) {
    const [a, b] = [new Mutex(), new Mutex()];
    go(function* () {
      yield* a.withLock(() => void box.n++);
    });
    yield* runtime.gosched();
    yield* b.withLock(() => void box.n++);
  },
  *"two readers' shares"(box) {
    const mu = new RWMutex();
    const wg = new WaitGroup();
    for (let i = 0; i < 2; i++) {
      wg.go(function* () {
        using _ = yield* mu.rLock();
        yield* runtime.gosched();
        box.n++;
      });
    }
    yield* wg.wait();
  },
  *"a semaphore of two"(box) {
    const sem = new Semaphore(2);
    const wg = new WaitGroup();
    for (let i = 0; i < 2; i++) {
      wg.go(function* () {
        using _ = yield* sem.acquire();
        yield* runtime.gosched();
        box.n++;
      });
    }
    yield* wg.wait();
  },
  *"a wait group, among its goroutines"(box) {
    const wg = new WaitGroup();
    for (let i = 0; i < 2; i++) wg.go(() => void box.n++);
    yield* wg.wait();
  },
  *"an error group without a limit"(box) {
    const group = new ErrGroup();
    for (let i = 0; i < 2; i++) {
      group.go(function* () {
        yield* runtime.gosched();
        box.n++;
      });
    }
    yield* group.wait();
  },
  *"two workers of a pool"(box) {
    const pool = new WorkerPool(
      function* () {
        yield* runtime.gosched();
        box.n++;
      },
      { workers: 2 },
    );
    for (let k = 0; k < 2; k++) yield* pool.submit(k);
    yield* pool.drain();
  },
};

describe("is silent where there is", () => {
  test.each(Object.entries(ordered))("%s", async (_name, program) => {
    expect(await races(program)).toEqual([]);
    for (let seed = 1; seed < 4; seed++) expect(await races(program, seed)).toEqual([]);
  });
});

describe("finds a race where there is", () => {
  test.each(Object.entries(unordered))("%s", async (_name, program) => {
    const found = await races(program);
    expect(found.length).toBeGreaterThan(0);
    for (const each of found) expect(each).toMatch(/^(read|write)-(read|write) box\.n$/);
  });
});

/** The specification's gotcha: goroutines that count without a lock (01-goroutines/07-race-condition). */
function counting(locked: boolean) {
  return function* main() {
    const counter = race({ n: 0 }, { name: "counter" });
    const mu = new Mutex();
    const wg = new WaitGroup();
    for (let i = 0; i < 5; i++) {
      wg.go(function* increment() {
        if (locked) yield* mu.lock();
        const { n } = counter;
        yield* runtime.gosched();
        counter.n = n + 1;
        if (locked) mu.unlock();
      });
    }
    yield* wg.wait();
    return counter.n;
  };
}

describe("the specification's race condition", () => {
  test("is found, with both accesses, their stacks and what is missing", async () => {
    const error = (await run(counting(false)).catch((error: unknown) => error)) as RaceError;
    expect(error).toBeInstanceOf(RaceError);
    expect(error.code).toBe("RACE");
    expect(error.what).toBe("counter.n");
    expect(error.accesses).toMatchObject([
      { kind: "read", goroutine: { id: 3, name: "increment" } },
      { kind: "write", goroutine: { id: 2, name: "increment" } },
    ]);
    for (const { stack } of error.accesses) expect(stack).toMatch(/^increment\(\)\n\t.*race\.test\.ts:\d+:\d+$/);
    expect(error.message).toMatch(/data race on counter\.n\n\ngoroutine 2 \(increment\) writes it at\nincrement\(\)/);
    expect(error.message).toMatch(/goroutine 3 \(increment\) had read it at\n/);
    expect(error.message).toContain(
      "missing: anything from goroutine 3, after its read, to goroutine 2, before its write",
    );
    expect(error.message).toContain("(goroutine 2 has heard nothing of goroutine 3)");
  });

  test("its twin with a mutex is silent", async () => {
    expect(await run(counting(true))).toBe(5);
  });

  test("in a bubble too", async () => {
    await expect(bubble(counting(false))).rejects.toBeInstanceOf(RaceError);
    expect(await bubble(counting(true))).toBe(5);
  });

  test("says what was heard last", async () => {
    const error = (await run(function* () {
      const box = race({ n: 0 });
      const ch = chan<void>(0, { name: "early" });
      go(function* () {
        yield* ch.send();
        box.n++;
      });
      yield* ch.recv();
      yield* runtime.gosched();
      box.n++;
    }).catch((error: unknown) => error)) as RaceError;
    expect(error.message).toContain('goroutine 1 heard of goroutine 2, before that write, was through channel "early"');
  });
});

/** The things that two goroutines race on when one runs `a` and the other `b`. */
async function between<T extends object>(value: T, a: (value: T) => void, b: (value: T) => void): Promise<string[]> {
  const found = new Set<string>();
  await run(function* () {
    const watched = race(value, { name: "it", report: ({ what }) => found.add(what) });
    const both = [go(() => a(watched)), go(() => b(watched))];
    for (const g of both) yield* g.join();
  });
  return [...found];
}

describe("what is watched", () => {
  test("the properties of an object", async () => {
    type Free = Record<string, number>;
    const inc = (key: string) => (o: Free) => {
      o[key] = (o[key] ?? 0) + 1;
    };
    expect(await between<Free>({ a: 1, b: 1 }, inc("a"), inc("a"))).toEqual(["it.a"]);
    expect(await between<Free>({ a: 1, b: 1 }, inc("a"), inc("b"))).toEqual([]);
    expect(await between<Free>({}, inc("a"), inc("b"))).toEqual(["the keys of it"]);
    expect(await between<Free>({ a: 1 }, inc("a"), (o) => void { ...o })).toEqual(["it.a"]);
    expect(await between<Free>({ a: 1 }, inc("b"), (o) => void Object.keys(o))).toEqual(["the keys of it"]);
    expect(
      await between<Free>(
        { a: 1 },
        (o) => delete o.a,
        (o) => "a" in o,
      ),
    ).toEqual(["it.a"]);
    expect(
      await between<Free>(
        { a: 1 },
        (o) => void o.a,
        (o) => void o.a,
      ),
    ).toEqual([]);
  });

  test("what it holds", async () => {
    const inc = (o: { deep: { list: number[]; map: Map<string, { n: number }> } }) => void o.deep.map.get("k")!.n++;
    const make = () => ({ deep: { list: [1], map: new Map([["k", { n: 1 }]]) } });
    expect(await between(make(), inc, inc)).toEqual(["it.deep.map.k.n"]);
    expect(await between(make(), inc, (o) => void o.deep.list.push(2))).toEqual([]);
  });

  test("an array", async () => {
    const push = (list: number[]) => void list.push(1);
    expect(await between<number[]>([], push, push)).toEqual(
      ["it.length", "it[0]", "the keys of it"].filter((x) => x !== "it[0]"),
    );
    expect(
      await between(
        [1, 2],
        (list) => (list[0] = 3),
        (list) => (list[1] = 4),
      ),
    ).toEqual([]);
    expect(
      await between(
        [1, 2],
        (list) => (list[0] = 3),
        (list) => void [...list],
      ),
    ).toEqual(["it[0]"]);
    expect(
      await between(
        [3, 1, 2],
        (list) => void list.sort(),
        (list) => void list.at(1),
      ),
    ).toEqual(["it[1]"]);
  });

  test("a map", async () => {
    type Counts = Map<string, number>;
    const inc = (key: string) => (map: Counts) => void map.set(key, (map.get(key) ?? 0) + 1);
    expect(await between<Counts>(new Map([["a", 1]]), inc("a"), inc("a"))).toEqual(["it.a"]);
    expect(await between<Counts>(new Map([["a", 1]]), inc("a"), inc("b"))).toEqual([]);
    expect(await between<Counts>(new Map(), inc("a"), inc("b"))).toEqual(["the keys of it"]);
    expect(await between<Counts>(new Map([["a", 1]]), inc("b"), (map) => void map.size)).toEqual(["the keys of it"]);
    expect(await between<Counts>(new Map([["a", 1]]), inc("a"), (map) => void [...map])).toEqual(["it.a"]);
    expect(
      await between<Counts>(
        new Map([["a", 1]]),
        (map) => map.clear(),
        (map) => map.has("a"),
      ),
    ).toEqual(["it.a"]);
  });

  test("a set", async () => {
    const make = () => new Set(["a"]);
    expect(
      await between(
        make(),
        (set) => set.add("b"),
        (set) => set.has("a"),
      ),
    ).toEqual([]);
    expect(
      await between(
        make(),
        (set) => set.add("b"),
        (set) => set.has("b"),
      ),
    ).toEqual(["it.b"]);
    expect(
      await between(
        make(),
        (set) => set.delete("a"),
        (set) => set.forEach(() => {}),
      ),
    ).toEqual(["the keys of it"]);
  });

  test("an object of a class, through its methods", async () => {
    class Account {
      balance = 0;
      deposit(n: number): void {
        this.balance += n;
      }
      get rich(): boolean {
        return this.balance > 100;
      }
    }
    expect(
      await between(
        new Account(),
        (a) => a.deposit(1),
        (a) => void a.rich,
      ),
    ).toEqual(["it.balance"]);
  });

  test("the stand-in behaves like the value", () => {
    const value = { list: [1, 2], map: new Map([["a", 1]]), set: new Set([1]), fixed: Object.freeze({ o: {} }) };
    const watched = race(value);
    expect(race(watched)).toBe(watched);
    expect(race(value)).toBe(watched);
    expect(watched.list).toBe(watched.list);
    expect(watched.map.set("b", 2)).toBe(watched.map);
    expect([...watched.map.entries()]).toEqual([["a", 1], ["b", 2]]); // biome-ignore format: one line
    expect([...watched.map.values(), ...watched.set.keys(), watched.set.size]).toEqual([1, 2, 1, 1]);
    expect(watched.fixed.o).toBe(value.fixed.o);
    expect(JSON.stringify(watched)).toBe(JSON.stringify(value));
  });

  test("nothing else can be", () => {
    expect(() => race(3 as never)).toThrow("race: expected an object, an array, a Map or a Set, got 3");
    expect(() => race(new Date())).toThrow("got a Date");
    expect(() => race(new Uint8Array(1))).toThrow(/got an? Uint8Array/);
    expect(() => race(Promise.resolve())).toThrow("got a Promise");
    expect(() => race({}, { name: 3 as never })).toThrow("race: name must be a string, got 3");
    expect(() => race({}, { report: 3 as never })).toThrow("race: report must be a function, got 3");
    expect(() => race({}, null as never)).toThrow("race: expected options");
  });
});

test("outside of goroutines nothing is checked", async () => {
  const box = race({ n: 0 });
  box.n++;
  await run(function* () {
    box.n++;
    yield* runtime.gosched();
  });
  box.n++;
  await run(function* () {
    box.n++;
    yield* runtime.gosched();
  });
  expect(box.n).toBe(4);
});

test("nobody listens once the run has ended, or no watched value is left", async () => {
  await run(function* () {
    race({ n: 0 });
    expect(tap.listener).not.toBeNull();
  });
  // Those of the tests above that were made outside of any run.
  for (let i = 0; i < 50 && tap.listener !== null; i++) {
    globalThis.gc?.();
    await new Promise((done) => setImmediate(done));
  }
  expect(tap.listener).toBeNull();
});
