/** Each rule: a program that shows what it is about, and its healthy twin, which does not. */
import { chan, type Go, go, run, select } from "millrace";
import { Mutex, Semaphore } from "millrace/sync";
import { afterFunc, sleep } from "millrace/time";
import { afterEach, describe, expect, test } from "vitest";
import type { Finding } from "../../src/inspector/protocol.ts";
import { type Watch, watch } from "../../src/inspector/watch.ts";
import { m } from "../../src/runtime/m.ts";

let now = 0;
let source: Watch | undefined;
let end: AbortController | undefined;
afterEach(() => {
  source?.stop();
  end?.abort();
});

async function settled(): Promise<void> {
  do await new Promise((resolve) => setImmediate(resolve));
  while ([...m.runs].some((p) => p.busy) || m.owesHost);
}

/** Runs `main` until all of it waits, then lets `later` milliseconds pass. */
async function started(main: () => unknown, later = 0): Promise<void> {
  now = 1000;
  source = watch({ clock: () => now });
  end = new AbortController();
  run(main, { name: "test", seed: 1, signal: end.signal }).catch(() => {});
  await settled();
  await source.ask("status", {});
  now += later;
}

async function findings(rule: string): Promise<readonly Finding[]> {
  return ((await source?.ask("findings", {})) ?? []).filter((each) => each.rule === rule);
}

/** What the rule says, with numbers of goroutines, runs and things left out. */
async function said(rule: string): Promise<string[]> {
  return (await findings(rule)).map(({ text }) => text.replace(/(goroutine|#|Mutex|Semaphore) ?\d+/g, "$1"));
}

describe("held-lock", () => {
  const holding = (waiters: number) =>
    function* () {
      const mu = new Mutex();
      go(function* holder() {
        yield* mu.lock();
        yield* chan().recv();
      });
      for (let i = 0; i < waiters; i++) {
        go(function* other() {
          yield* mu.lock();
        });
      }
      yield* chan().recv();
    };

  test("held while others wait", async () => {
    await started(holding(40), 2300);
    expect(await said("held-lock")).toEqual(["goroutine (holder) has held Mutex for 2.3 s while 40 wait"]);
    const [finding] = await findings("held-lock");
    expect(finding?.about).toEqual([expect.stringMatching(/^\d+\/2$/), expect.stringMatching(/^mutex\/\d+$/)]);
  });

  test("not for a moment, and not when nobody waits", async () => {
    await started(holding(40), 100);
    expect(await said("held-lock")).toEqual([]);
    source?.stop();
    await started(holding(0), 2300);
    expect(await said("held-lock")).toEqual([]);
  });
});

describe("full-channel", () => {
  const reading = (readers: number) =>
    function* () {
      const results = chan<number>(1, { name: "results" });
      for (let i = 0; i < readers; i++) {
        go(function* reader() {
          yield* results.recv();
        });
      }
      for (let i = 0; i < 4; i++) yield* results.send(i);
    };

  test("its only receiver has ended", async () => {
    await started(reading(1));
    expect(await said("full-channel")).toEqual([
      "results is full, and its only receiver, goroutine (reader), has ended; 1 sender waits",
    ]);
  });

  test("not when others have received as well", async () => {
    await started(reading(2));
    expect(await said("full-channel")).toEqual([]);
  });
});

describe("no-receiver", () => {
  const sending = (capacity: number, received: boolean) =>
    function* main() {
      const ch = chan<number>(capacity, { name: "lost" });
      if (received) {
        go(function* () {
          yield* ch.recv();
        });
      }
      for (let i = 0; i < 2; i++) yield* ch.send(i);
      yield* ch.send(9);
    };

  test("a send that nobody has ever taken", async () => {
    await started(sending(0, false), 5000);
    expect((await said("no-receiver"))[0]).toMatch(
      /^main \(\d+\/1\) has waited 5\.0 s to send to lost, from which nobody has ever received$/,
    );
  });

  test("not where somebody has, where there is a buffer, or not yet", async () => {
    await started(sending(0, true), 5000);
    expect(await said("no-receiver")).toEqual([]);
    source?.stop();
    await started(sending(1, false), 5000);
    expect(await said("no-receiver")).toEqual([]);
    source?.stop();
    await started(sending(0, false), 500);
    expect(await said("no-receiver")).toEqual([]);
  });
});

describe("passed-case", () => {
  const selecting = (order: "listed" | "random") =>
    function* main() {
      const [a, b] = [chan<number>(1, { name: "a" }), chan<number>(1, { name: "b" })];
      yield* b.send(1);
      for (let i = 0; i < 300; i++) {
        a.trySend(i);
        b.trySend(i);
        yield* select({ first: a.recv(), second: b.recv() }, { order });
      }
      yield* chan().recv();
    };

  test("a case that those before it starve", async () => {
    await started(selecting("listed"));
    expect((await said("passed-case"))[0]).toMatch(
      /^a select of goroutine \(main\).*, has never taken its case second \(chan receive b\), which was ready 300 times$/,
    );
  });

  test("not when chance decides", async () => {
    await started(selecting("random"));
    expect(await said("passed-case")).toEqual([]);
  });

  test("not a case that was never ready", async () => {
    await started(function* main() {
      const [a, quit] = [chan<number>(1), chan<void>()];
      for (let i = 0; i < 300; i++) {
        a.trySend(i);
        yield* select({ quit: quit.recv(), a: a.recv() }, { order: "listed" });
      }
      yield* chan().recv();
    });
    expect(await said("passed-case")).toEqual([]);
  });
});

describe("long-slice", () => {
  const computing = (ms: number) =>
    function* main() {
      const ch = chan<number>(1);
      go(function* worker() {
        now += ms; // a loop that takes so long
        yield* sleep(100_000);
      });
      yield* chan().recv();
      yield* ch.recv();
    };

  test("how long, and where it yielded at last", async () => {
    await started(computing(130));
    expect((await said("long-slice"))[0]).toMatch(
      /^goroutine \(worker\) ran 13\d ms without yielding, up to .*findings\.test\.ts:\d+$/,
    );
  });

  test("not when it yields in time", async () => {
    await started(computing(9));
    expect(await said("long-slice")).toEqual([]);
  });
});

/** Lets `main` go on so many times, with 300 ms in between. */
async function steps(n: number, main: (tick: () => Go<void>) => Go<void>): Promise<void> {
  const ticks = chan<void>();
  await started(() =>
    main(function* () {
      yield* ticks.recv();
    }),
  );
  for (let i = 0; i < n; i++) {
    now += 300;
    ticks.trySend();
    await settled();
    await source?.ask("status", {});
  }
}

describe("growing", () => {
  const starting = (ends: boolean) =>
    function* (tick: () => Go<void>): Go<void> {
      const never = chan<void>(0, { name: "never" });
      for (;;) {
        yield* tick();
        for (let i = 0; i < 5; i++) {
          go(function* leaky() {
            if (!ends) yield* never.recv();
          });
        }
      }
    };

  test("goroutines of one origin that only become more", async () => {
    await steps(16, starting(false));
    expect((await said("growing"))[0]).toMatch(
      /^leaky become more and more, started at .*findings\.test\.ts:\d+: \d+ to \d+ in 3\.\d s, waiting for chan receive$/,
    );
  });

  test("not when they end, and not a crew that was started once", async () => {
    await steps(16, starting(true));
    expect(await said("growing")).toEqual([]);
    source?.stop();
    await steps(16, function* (tick) {
      for (let i = 0; i < 200; i++) go(() => chan().recv());
      for (;;) yield* tick();
    });
    expect(await said("growing")).toEqual([]);
  });
});

describe("piling-timers", () => {
  const setting = (stops: boolean) =>
    function* (tick: () => Go<void>): Go<void> {
      for (;;) {
        yield* tick();
        for (let i = 0; i < 20; i++) {
          const timer = afterFunc(100_000, () => {});
          if (stops) timer.stop();
        }
      }
    };

  test("timeouts that nobody stops", async () => {
    await steps(16, setting(false));
    expect((await said("piling-timers"))[0]).toMatch(/^pending timers become more and more: \d+ to \d+ in 3\.\d s$/);
  });

  test("not when they are stopped", async () => {
    await steps(16, setting(true));
    expect(await said("piling-timers")).toEqual([]);
  });
});

describe("cycle", () => {
  const crossing = (second: boolean) =>
    function* () {
      const [a, b] = [new Mutex(), new Mutex()];
      const ready = new Semaphore(2);
      yield* ready.acquire(2);
      const both = (one: Mutex, other: Mutex) =>
        function* locker() {
          yield* one.lock();
          ready.release();
          yield* ready.acquire(2);
          ready.release(2);
          yield* other.lock();
        };
      go(both(a, b));
      if (second) go(both(b, a));
      else ready.release();
      yield* chan().recv();
    };

  test("goroutines that want each other's lock", async () => {
    const twice = function* (): Go<void> {
      const [a, b] = [new Mutex(), new Mutex()];
      const met = chan<void>();
      go(function* one() {
        yield* a.lock();
        yield* met.send();
        yield* b.lock();
      });
      go(function* other() {
        yield* b.lock();
        yield* met.recv();
        yield* a.lock();
      });
      yield* chan().recv();
    };
    await started(twice, 200);
    expect((await said("cycle"))[0]).toMatch(
      /^goroutine \((one|other)\), goroutine \((one|other)\) wait for each other, over Mutex, Mutex$/,
    );
    expect((await findings("cycle"))[0]).toMatchObject({ severity: "error" });
  });

  test("one that locks twice waits for itself", async () => {
    await started(function* main() {
      const mu = new Mutex();
      yield* mu.lock();
      yield* mu.lock();
    }, 200);
    expect(await said("cycle")).toEqual(["goroutine (main) waits for itself, over Mutex"]);
  });

  test("not when locks are taken by one alone", async () => {
    await started(crossing(false), 200);
    expect(await said("cycle")).toEqual([]);
  });
});

describe("deadlock and closed-channel", () => {
  test("who sent to a closed channel, and who had closed it", async () => {
    await started(function* main() {
      const ch = chan<number>(1, { name: "ch" });
      go(function* closer() {
        ch.close();
      });
      yield* sleep(0);
      go(function* sender() {
        yield* ch.send(1);
      });
      yield* chan().recv();
    });
    expect(await said("closed-channel")).toEqual([
      "goroutine (sender) panicked: Panic: send on closed channel: ch, which goroutine (closer) had closed",
    ]);
  });

  test("not another panic", async () => {
    await started(function* main() {
      throw new Error("something else");
    });
    expect(await said("closed-channel")).toEqual([]);
    expect(await said("deadlock")).toEqual([]);
  });

  test("nothing is said of a program that is well", async () => {
    await started(function* main() {
      const jobs = chan<number>(2, { name: "jobs" });
      for (let i = 0; i < 3; i++) {
        go(function* worker() {
          while ((yield* jobs.recvOk())[1]);
        });
      }
      for (let i = 0; i < 100; i++) yield* jobs.send(i);
      jobs.close();
    }, 5000);
    expect(await source?.ask("findings", {})).toEqual([]);
  });
});
