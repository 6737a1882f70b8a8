/** A virtual clock moves, or says that nothing can bring anyone on, only when really nobody has anything to do. */
import { chan, DeadlockError, go } from "millrace";
import { sleep } from "millrace/time";
import { afterEach, expect, test, vi } from "vitest";
import type { Body } from "../../src/runtime/body.ts";
import { VirtualClock } from "../../src/runtime/clock.ts";
import type { Outcome } from "../../src/runtime/ending.ts";
import { m, YIELD_TO_HOST } from "../../src/runtime/m.ts";
import { P } from "../../src/runtime/proc.ts";

afterEach(() => vi.restoreAllMocks());

function perform(program: (clock: VirtualClock) => Body): Promise<Outcome> {
  const p = new P({});
  const clock = new VirtualClock((stuck) => stuck.dry()).attach(p);
  return new Promise((resolve) => p.start(program(clock), resolve));
}

/** The next operation that is awaited comes too late for its slice, as on a slow machine. */
function endSlice(): void {
  m.budget = 0;
  vi.spyOn(m, "spent").mockReturnValueOnce(YIELD_TO_HOST);
}

test("nobody is stuck while an operation that came late waits for the host", async () => {
  const outcome = await perform(
    () =>
      function* () {
        const words = chan<string>(1);
        yield* words.send("late");
        const reader = go(async () => {
          await null;
          endSlice();
          return await words.recv();
        });
        return yield* reader.join();
      },
  );
  expect(outcome).toEqual({ ok: true, value: "late" });
});

test("time stands still while an operation that came late waits for the host", async () => {
  const outcome = await perform(
    (clock) =>
      function* () {
        const words = chan<string>(1);
        yield* words.send("late");
        const reader = go(async () => {
          await null;
          endSlice();
          await words.recv();
          return clock.now();
        });
        go(function* () {
          yield* sleep(60_000);
        });
        return yield* reader.join();
      },
  );
  expect(outcome).toEqual({ ok: true, value: 0 });
});

test("who waits for nothing that time could bring is stuck", async () => {
  const outcome = await perform(
    () =>
      function* () {
        yield* sleep(60_000);
        yield* chan().recv();
      },
  );
  expect(outcome).toMatchObject({ ok: false, error: expect.any(DeadlockError) });
});
