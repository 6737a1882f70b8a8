/** `run(fn, { seed })`: the same seed, the same choices, whatever the clock does. */
import { chan, go, run, runtime, select } from "millrace";
import { expect, test } from "vitest";

/** A program in which nearly all is left to chance: selects over many ready cases, from many goroutines. */
async function chaos(seed: number | undefined, slow = false): Promise<string> {
  const log: string[] = [];
  await run(
    function* () {
      const channels = Array.from({ length: 4 }, (_, i) => chan<string>(i));
      const done = chan<void>();
      for (let id = 0; id < 6; id++) {
        go(function* () {
          for (let i = 0; i < 40; i++) {
            const s = yield* select([
              ...channels.map((ch) => ch.recv()),
              ...channels.map((ch) => ch.send(`${id}.${i}`)),
              runtime.gosched(),
            ]);
            log.push(`${id}:${s.index}:${String(s.value)}`);
            if (slow && i % 10 === 0) spend(3);
          }
          yield* select([done.send(), done.recv()]);
        });
      }
      for (let i = 0; i < 400; i++) yield* runtime.gosched();
    },
    seed === undefined ? {} : { seed },
  );
  return log.join(" ");
}

function spend(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

test("the same seed gives the same run", async () => {
  for (const seed of [0, 1, -1, 42, 2 ** 31 - 1, -(2 ** 31), 20_251_124]) {
    const first = await chaos(seed);
    expect(first.length).toBeGreaterThan(1000);
    expect(await chaos(seed)).toBe(first);
  }
});

test("also when the goroutines are slower than a time slice", async () => {
  const first = await chaos(7);
  expect(await chaos(7, true)).toBe(first);
});

test("also beside another run", async () => {
  const first = await chaos(9);
  const [a, b, c] = await Promise.all([chaos(9), chaos(undefined), chaos(9, true)]);
  expect([a, c]).toStrictEqual([first, first]);
  expect(b).not.toBe(first);
});

test("other seeds give other runs", async () => {
  const runs = await Promise.all([1, 2, 3, 4, 5].map((seed) => chaos(seed)));
  expect(new Set(runs).size).toBe(5);
});

test("without a seed runs differ", async () => {
  const runs = await Promise.all([chaos(undefined), chaos(undefined), chaos(undefined)]);
  expect(new Set(runs).size).toBe(3);
});

test("choices of async goroutines are drawn from their run's seed, also beside another run", async () => {
  const choose = (seed: number): Promise<string> =>
    run(
      async () => {
        const closed = chan<void>();
        closed.close();
        const chosen: number[] = [];
        for (let i = 0; i < 60; i++) {
          await null;
          const { index } = await select([closed.recv(), closed.recv(), closed.recv(), closed.recv()]);
          chosen.push(index);
        }
        return chosen.join("");
      },
      { seed },
    );
  const first = await choose(5);
  expect(await choose(5)).toBe(first);
  expect(await choose(6)).not.toBe(first);
});

test("a spinning goroutine is preempted at the same place each time", async () => {
  const spin = (): Promise<number> =>
    run(
      function* () {
        let stop = false;
        let spins = 0;
        const ch = chan<number>();
        go(() => {
          stop = true;
        });
        while (!stop) {
          yield* select({ v: ch.recv(), default: true });
          spins++;
        }
        return spins;
      },
      { seed: 3 },
    );
  const first = await spin();
  expect(first).toBeGreaterThan(0);
  expect([await spin(), await spin()]).toStrictEqual([first, first]);
});
