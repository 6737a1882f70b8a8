/** The stepper, which whoever has the inspector's URL may tell anything: it does it or refuses, and can be stepped on. */
import fc from "fast-check";
import { ArgumentError, chan, go, select } from "millrace";
import { expect } from "vitest";
import type { Questions } from "../../src/inspector/protocol.ts";
import { Held } from "../../src/inspector/stepper/source.ts";
import { encode } from "../../src/testing/explore/schedule.ts";
import { damaged, fuzz, unpolluted } from "./kit.ts";

/** Three steps at least, with choices of who is next and of which case. */
function* program() {
  const [a, b] = [chan<number>(1, { name: "a" }), chan<number>(1, { name: "b" })];
  for (const ch of [a, b]) {
    go(function* () {
      yield* ch.send(1);
    });
  }
  for (let i = 0; i < 2; i++) yield* select({ a: a.recv(), b: b.recv() });
}

const small = fc.integer({ min: -1, max: 6 });
const large = fc.oneof(small, fc.integer({ min: 0, max: 36 ** 7 }), fc.maxSafeNat());
const schedule = fc
  .tuple(fc.array(fc.tuple(large, large), { maxLength: 4 }), fc.boolean(), fc.oneof(small, fc.maxSafeNat()))
  .map(([choices, anytime, maxSteps]) =>
    encode({ settings: { anytime, leaks: false, asyncTimerChan: false, maxSteps }, choices: new Map(choices) }),
  );
const text = fc.oneof(fc.constantFrom("a", "b", "go-park", "chan-send", "main", ""), fc.string({ maxLength: 5 }));
const action = fc.oneof(
  fc.record({ question: fc.constant("step"), about: fc.record({ choice: large }, { requiredKeys: [] }) }),
  fc.record({ question: fc.constant("back"), about: fc.record({ steps: large }, { requiredKeys: [] }) }),
  fc.record({
    question: fc.constant("restart"),
    about: fc.record({ schedule: fc.oneof(schedule, damaged(schedule)) }, { requiredKeys: [] }),
  }),
  fc.record({
    question: fc.constant("break"),
    about: fc.record({ kind: text, channel: text, goroutine: text }, { requiredKeys: [] }),
  }),
  fc.record({ question: fc.constant("unbreak"), about: fc.record({ id: small }) }),
  fc.record({
    question: fc.constantFrom("stepper", "resume", "pause", "status", "goroutines"),
    about: fc.constant({ offset: 0 }),
  }),
  fc.record({ question: fc.constantFrom("resume", "pause", "stepper"), about: fc.constant({}) }),
);

fuzz(
  "whatever the stepper is told, it can be begun again and stepped to the end",
  fc.array(action, { maxLength: 12 }),
  async (actions) => {
    const held = new Held({ program: "fuzz", load: () => ({ program }), capture: () => () => {} });
    await held.start();
    try {
      for (const { question, about } of actions) {
        try {
          await held.ask(question as keyof Questions, about as never);
        } catch (error) {
          expect(error).toBeInstanceOf(ArgumentError);
          expect((error as Error).message.length).toBeLessThan(1000);
        }
      }
      for (const { id } of held.stepper.state.breakpoints) await held.ask("unbreak", { id });
      let state = await held.ask("restart", {});
      expect([state?.step, state?.ended, state?.paused]).toEqual([0, null, true]);
      for (let n = 0; state?.ended === null; n++) {
        expect(n).toBeLessThan(100);
        state = await held.ask("step", {});
      }
      expect(state?.ended).toBe("");
    } finally {
      held.close();
    }
    unpolluted();
  },
  80,
);
