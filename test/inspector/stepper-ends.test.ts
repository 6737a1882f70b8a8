/** Schedules that are stepped through, and how a program that is stepped ends. */
import { chan, go, wait } from "millrace";
import { type ExploreError, explore, replay } from "millrace/testing";
import * as time from "millrace/time";
import { describe, expect, it } from "vitest";
import { choiceOf, held, toEnd } from "./stepper-kit.ts";

describe("schedules", () => {
  /** Fails when the closer comes before the sender. */
  const racy = function* program() {
    const ch = chan<number>(1);
    go(function* closer() {
      ch.close();
    });
    yield* ch.send(1);
  };

  it("what explore finds is stepped through, and replayed from the stepper's own", async () => {
    const found = (await explore(racy).catch((error: unknown) => error)) as ExploreError;
    const { stepper } = await held(() => racy);
    await stepper.restart(found.schedule);
    const state = await toEnd(stepper);
    expect(state.ended).toBe("panic: send on closed channel");
    expect(state.output).toMatch(/^panic: send on closed channel\n\ngoroutine 1 \[running\]:\n/);
    await expect(replay(state.schedule, racy)).rejects.toThrow("send on closed channel");
  });

  it("is left where somebody chooses otherwise", async () => {
    const found = (await explore(racy).catch((error: unknown) => error)) as ExploreError;
    const { stepper } = await held(() => racy);
    await stepper.restart(found.schedule);
    await stepper.step();
    await stepper.step(choiceOf(stepper.state, 1).choice);
    expect((await toEnd(stepper)).ended).toBe("");
  });

  it("refuses what is none", async () => {
    const { stepper } = await held(() => racy);
    await expect(async () => stepper.restart("mr9:x")).rejects.toThrow("its version is 9");
    stepper.close();
  });
});

describe("ends", () => {
  it("a deadlock, with the report of every goroutine, as soon as nobody can go on", async () => {
    const { stepper } = await held(
      () =>
        function* main() {
          const ch = chan<number>(0, { name: "nobody" });
          go(function* worker() {
            yield* ch.recv();
          });
          yield* chan<number>().send(1);
        },
    );
    const state = await toEnd(stepper);
    expect(state.ended).toBe("all goroutines are asleep - deadlock!");
    expect(state.output).toMatch(/^fatal error: all goroutines are asleep - deadlock!\n\ngoroutine 1 \[chan send\]/);
    expect(state.output).toContain('goroutine 2 [chan receive]: channel "nobody"\nworker()');
    expect(state.output).toContain("created by main in goroutine 1");
  });

  it("main returns: the others stop where they stand", async () => {
    const { stepper } = await held(
      (print) =>
        function* () {
          go(function* () {
            print("never");
            yield* chan<number>().recv();
          });
          yield* time.sleep(0);
        },
    );
    await stepper.step();
    await stepper.step(0);
    expect(await toEnd(stepper)).toMatchObject({ ended: "" });
  });

  it("what cannot be stepped is said: an async function, and a promise", async () => {
    for (const [program, message] of [
      [
        async () => {},
        "the program is an async function; only generator functions (function*) can be explored or stepped",
      ],
      [
        function* () {
          yield* wait(Promise.resolve(1));
        },
        "goroutine 1 (main) waits for a promise",
      ],
    ] as const) {
      const { stepper } = await held(() => program as () => unknown);
      const state = await toEnd(stepper);
      expect(state.ended).toContain(message);
      expect(state.output).toContain(`millrace: ${message}`);
    }
  });
});
