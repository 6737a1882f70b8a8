/** What nobody can reach any more is given back: shared channels come and go at one size of memory. */
import { go, run, wait } from "millrace";
import { sharedChan } from "millrace/threads";
import { expect, test } from "vitest";
import { m } from "../../src/runtime/m.ts";
import { memory } from "../../src/threads/memory/memory.ts";
import { freeRuns, recordOfRun } from "../../src/threads/sched/run.ts";

const MIB = 2 ** 20;
const turn = () => wait(new Promise<void>((done) => setTimeout(done, 0)));

/** Channels with values left in them, some of which are channels with values in them. */
function* litter(n: number): Generator<never, void, unknown> {
  for (let i = 0; i < n; i++) {
    const ch = sharedChan<unknown>(2, { name: `channel ${i}` });
    ch.trySend({ text: "a value that has a block of its own", i });
    const outer = sharedChan<unknown>(1);
    outer.trySend(i % 2 === 0 ? ch : { within: [ch] });
    if (i % 100 === 0) yield* turn() as unknown as Generator<never>;
  }
}

test("200,000 short-lived channels use no more memory than some thousands", { timeout: 120_000 }, () =>
  run(function* () {
    let most = 0;
    for (let round = 0; round < 20; round++) {
      yield* litter(5000);
      most = Math.max(most, memory.used);
    }
    console.log(`${(most / MIB).toFixed(1)} MiB of shared memory`);
    expect(most).toBeLessThan(100 * MIB);
  }),
);

test("a channel lives while somebody waits for it", () =>
  run(function* () {
    const outer = sharedChan<ReturnType<typeof sharedChan<number>>>(1);
    const receiver = go(function* () {
      const inner = sharedChan<number>(0);
      yield* outer.send(inner);
      return yield* inner.recv();
    });
    yield* turn();
    globalThis.gc?.();
    yield* turn();
    const inner = yield* outer.recv();
    yield* (inner as ReturnType<typeof sharedChan<number>>).send(7);
    expect(yield* receiver.join()).toBe(7);
  }));

test("the record of a run that is over is used again once there are no other threads", async () => {
  const record = () => run(() => recordOfRun(m.current()));
  memory.open();
  const first = await record();
  expect(await record()).not.toBe(first);
  freeRuns();
  expect([await record(), await record()]).toContain(first);
});
