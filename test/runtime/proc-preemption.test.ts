/**
 * A goroutine that never blocks starves nobody: neighbours, promises, timers, setImmediate. The loops here would run for
 * ever; what stops them is what they must not starve.
 */
import { chan, go, type Op, run, runtime, select, wait } from "millrace";
import { describe, expect, test } from "vitest";

type Spin = { readonly name: string; readonly make: () => () => Op<unknown> };

/** Operations that complete at once, for ever. */
const spins: readonly Spin[] = [
  {
    name: "successful sends and receives",
    make() {
      const ch = chan<number>(1);
      return () => (ch.length === 0 ? ch.send(1) : ch.recv());
    },
  },
  {
    name: "a select with default",
    make() {
      const ch = chan<number>();
      const op = select({ v: ch.recv(), default: true });
      return () => op;
    },
  },
  {
    name: "receives from a closed channel",
    make() {
      const ch = chan<number>();
      ch.close();
      return () => ch.recvOk();
    },
  },
  {
    name: "joins of a goroutine that has ended",
    make() {
      const g = go(() => {});
      return () => g.join();
    },
  },
  { name: "gosched", make: () => () => runtime.gosched() },
  {
    name: "waits for a promise that is settled",
    make() {
      const settled = Promise.resolve();
      return () => wait(settled);
    },
  },
];

/** What runs beside the loop; it is called in main and says when it has had its share. */
const victims: Readonly<Record<string, (done: () => void) => void>> = {
  "setTimeout 0"(done) {
    let n = 0;
    const again = (): void => void (++n === 5 ? done() : setTimeout(again, 0));
    setTimeout(again, 0);
  },
  setImmediate(done) {
    let n = 0;
    const again = (): void => void (++n === 5 ? done() : setImmediate(again));
    setImmediate(again);
  },
  "promise reactions"(done) {
    void (async () => {
      for (let i = 0; i < 1000; i++) await null;
      done();
    })();
  },
  "a generator goroutine"(done) {
    go(function* () {
      for (let i = 0; i < 5; i++) yield* runtime.gosched();
      done();
    });
  },
  "an async goroutine"(done) {
    const ch = chan<number>(1);
    go(async () => {
      for (let i = 0; i < 20; i++) {
        await ch.send(i);
        await ch.recv();
      }
      done();
    });
  },
  "two goroutines that hand over"(done) {
    const ch = chan<number>();
    go(function* () {
      for (let i = 0; i < 5; i++) yield* ch.send(i);
    });
    go(function* () {
      for (let i = 0; i < 5; i++) yield* ch.recv();
      done();
    });
  },
};

for (const { name, make } of spins) {
  describe(`a loop of ${name}`, () => {
    for (const [victim, begin] of Object.entries(victims)) {
      for (const options of [{}, { seed: 1 }]) {
        const mode = "seed" in options ? " with a seed" : "";
        test(`with yield*${mode} leaves ${victim} its share`, async () => {
          let ended = false;
          let turns = 0;
          await run(function* () {
            const next = make();
            yield* runtime.gosched();
            begin(() => {
              ended = true;
            });
            while (!ended) {
              yield* next();
              turns++;
            }
          }, options);
          expect(turns).toBeGreaterThan(0);
        });
      }

      test(`with await leaves ${victim} its share`, async () => {
        let ended = false;
        await run(async () => {
          const next = make();
          await runtime.gosched();
          begin(() => {
            ended = true;
          });
          while (!ended) await next();
        });
      });
    }
  });
}

test("goroutines that hand over to each other for ever leave the host its share", async () => {
  let ended = false;
  const handed = await run(function* () {
    const ch = chan<number>();
    let n = 0;
    go(function* () {
      for (;;) yield* ch.send(1);
    });
    let timers = 0;
    const again = (): void => {
      if (++timers === 10) ended = true;
      else setTimeout(again, 1);
    };
    setTimeout(again, 1);
    while (!ended) {
      yield* ch.recv();
      n++;
    }
    return n;
  });
  expect(handed).toBeGreaterThan(100);
});

test("goroutines that start goroutines for ever leave the host its share", async () => {
  const controller = new AbortController();
  setTimeout(() => controller.abort("stopped by a timer"), 5);
  const failed = run(
    function* () {
      function* spawner(): Generator<never, void, unknown> {
        go(spawner);
      }
      go(spawner);
      yield* chan<never>().recv();
    },
    { signal: controller.signal },
  );
  await expect(failed).rejects.toBe("stopped by a timer");
});

test("a preempted operation happens once, in its place", async () => {
  const received = await run(function* () {
    const ch = chan<number>(1);
    const values: number[] = [];
    const g = go(function* () {
      for (let i = 0; i < 20_000; i++) yield* ch.send(i);
      ch.close();
    });
    for (;;) {
      const [value, ok] = yield* ch.recvOk();
      if (!ok) break;
      values.push(value);
    }
    yield* g.join();
    return values;
  });
  expect(received.length).toBe(20_000);
  expect(received.every((value, i) => value === i)).toBe(true);
});

test("goroutines with slow bodies get equal turns", async () => {
  const counts = [0, 0, 0];
  await run(function* () {
    const ch = chan<number>();
    for (const i of counts.keys()) {
      go(function* () {
        for (;;) {
          const end = performance.now() + 0.5;
          while (performance.now() < end);
          counts[i] = (counts[i] as number) + 1;
          yield* select({ v: ch.recv(), default: true });
        }
      });
    }
    while (Math.min(...counts) < 20) yield* wait(new Promise((resolve) => setTimeout(resolve, 1)));
  });
  expect(Math.max(...counts)).toBeLessThan(400);
});

test("with a seed a goroutine is preempted by count, not by the clock", async () => {
  let others = 0;
  const spins = await run(
    function* () {
      const closed = chan<number>();
      closed.close();
      go(function* () {
        others++;
      });
      let n = 0;
      while (others === 0) {
        yield* closed.recv();
        n++;
        if (n % 1000 === 0) {
          const end = performance.now() + 2;
          while (performance.now() < end);
        }
      }
      return n;
    },
    { seed: 1 },
  );
  // The slice is over long before; without the count the neighbour would have come in sooner.
  expect(spins).toBeGreaterThan(15_000);
});
