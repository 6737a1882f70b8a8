/** `run(fn, { leaks: "report" })`: goroutines that nothing can ever wake are reported while the program goes on. */
import { chan, go, type RecvChan, run, runtime, select, wait } from "millrace";
import { background, withCancel } from "millrace/context";
import { Mutex, WaitGroup } from "millrace/sync";
import * as time from "millrace/time";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

let reports: string[] = [];

beforeEach(() => {
  reports = [];
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    reports.push(String(text));
    return true;
  });
});
afterEach(() => void vi.restoreAllMocks());

/** What was reported, as "name: reason". */
const leaked = (): string[] =>
  reports.map((text) => `${/goroutine \d+ \((\w+)\) leaked/.exec(text)?.[1]}: ${/\[(.+)\]/.exec(text)?.[1]}`).sort();

/** Lets sweeps and collections happen until `enough`, however long that takes. */
function* collect(enough: () => boolean) {
  while (!enough()) {
    yield* time.sleep(25);
    globalThis.gc?.();
  }
}

/** Lets some happen. */
function* collectSome(rounds = 12) {
  for (let i = 0; i < rounds; i++) {
    yield* time.sleep(25);
    globalThis.gc?.();
  }
}

const weakly = <R>(fn: () => R) => run(fn, { leaks: "report" });

/** A request with a timeout, as it is often written: when it is late, the sender waits for ever. */
function* query(late: number) {
  const answer = chan<string>();
  go(function* sender() {
    yield* time.sleep(late);
    yield* answer.send("answer");
  });
  return (yield* select({ answer: answer.recv(), timeout: time.after(1).recv() })).case;
}

test("a forgotten sender after a timeout", async () => {
  await weakly(function* main() {
    for (let i = 0; i < 10; i++) expect(yield* query(5)).toBe("timeout");
    yield* collect(() => reports.length >= 10);
    expect(runtime.numGoroutine()).toBe(1);
  });
  expect(leaked()).toEqual(Array(10).fill("sender: chan send"));
  expect(reports[0]).toMatch(
    /nothing can ever wake it\n\ngoroutine \d+ \[chan send\]: channel \d+\nsender\(\)\n\t.*weak\.test\.ts:\d+/,
  );
  expect(reports[0]).toContain("created by main in goroutine 1");
});

/** Ways to wait for something that nobody refers to any more. */
const forgotten: Record<string, () => void> = {
  "receiver: chan receive": () => void go(function* receiver() { yield* chan().recv(); }), // biome-ignore format: a line each
  "ranger: chan receive": () => void go(function* ranger() { yield* chan().recvOk(); }), // biome-ignore format: a line each
  "chooser: select": () => void go(function* chooser() { yield* select([chan().recv(), chan<number>().send(1)]); }), // biome-ignore format: a line each
  "locker: sync.Mutex.Lock": () => {
    const mu = new Mutex();
    mu.tryLock();
    go(function* locker() {
      yield* mu.lock();
    });
  },
  "waiter: sync.WaitGroup.Wait": () => {
    const wg = new WaitGroup();
    wg.add(1);
    go(function* waiter() {
      yield* wg.wait();
    });
  },
  "promised: promise": () => void go(function* promised() { yield* wait(new Promise(() => {})); }), // biome-ignore format: a line each
  "asyncer: await": () =>
    void go(async function asyncer() {
      await chan().recv();
    }),
  "contextual: chan receive": () => {
    const [ctx] = withCancel(background());
    go(function* contextual() {
      yield* ctx.done().recv();
    });
  },
};

test.each(Object.entries(forgotten))("%s", async (name, start) => {
  await weakly(function* () {
    start();
    yield* runtime.gosched();
    yield* collect(() => reports.length > 0);
  });
  expect(leaked()).toEqual([name]);
});

test("one that waits for another that is lost is lost too", async () => {
  await weakly(function* () {
    go(function* outer() {
      yield* go(function* inner() {
        yield* chan().recv();
      }).join();
    });
    yield* runtime.gosched();
    yield* collect(() => reports.length > 1);
  });
  expect(leaked()).toEqual(["inner: chan receive", "outer: join"]);
});

test("who can still be woken is not reported, and goes on", async () => {
  const ended: string[] = [];
  const ch = chan<string>();
  const later = new Promise<string>((done) => setTimeout(done, 600, "promise"));
  await weakly(function* () {
    const wg = new WaitGroup();
    wg.go(function* receiver() {
      ended.push((yield* ch.recv()) as string);
      // It waits once more, for something else: that it was held weakly before does not matter.
      yield* time.sleep(200);
      ended.push("slept");
    });
    wg.go(function* promised() {
      ended.push(yield* wait(later));
    });
    wg.go(function* ticked() {
      using ticker = new time.Ticker(300);
      yield* ticker.c.recv();
      ended.push("ticked");
    });
    wg.go(async function asyncer() {
      await time.sleep(250);
      ended.push("awaited");
    });
    const joined = go(() => time.sleep(280));
    wg.go(function* joiner() {
      yield* joined.join();
      ended.push("joined");
    });
    yield* collectSome();
    expect(runtime.goroutines().map(({ name }) => name)).toContain("receiver");
    yield* ch.send("received");
    yield* collect(() => ended.length === 6);
    yield* wg.wait();
  });
  expect(ended.sort()).toEqual(["awaited", "joined", "promise", "received", "slept", "ticked"]);
  expect(reports).toEqual([]);
});

test("a report names where it waits now, not where it did before", async () => {
  const known = chan<RecvChan<void>>();
  await weakly(function* () {
    go(function* twice() {
      yield* known.recv();
      yield* chan<number>(0, { name: "second" }).send(1);
    });
    yield* collectSome(6);
    yield* known.send(chan());
    yield* runtime.gosched();
    yield* collect(() => reports.length > 0);
  });
  expect(leaked()).toEqual(["twice: chan send"]);
  expect(reports[0]).toContain('channel "second"');
});

test("goroutines that all end are never reported", async () => {
  await weakly(function* () {
    for (let round = 0; round < 20; round++) {
      const wg = new WaitGroup();
      const ch = chan<number>();
      for (let i = 0; i < 1000; i++) {
        wg.go(function* () {
          yield* ch.recv();
        });
        wg.go(async () => {
          await ch.send(i);
        });
      }
      if (round % 5 === 0) yield* collectSome(2);
      yield* wg.wait();
    }
    yield* collectSome(4);
    expect(runtime.numGoroutine()).toBe(1);
  });
  expect(reports).toEqual([]);
}, 60_000);

test("nothing is reported once the run is over", async () => {
  await weakly(function* () {
    go(() => chan().recv());
    yield* runtime.gosched();
    yield* time.sleep(150); // a sweep
  });
  await run(function* () {
    yield* collectSome();
  });
  expect(reports).toEqual([]);
});
