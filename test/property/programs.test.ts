/** Random programs under random schedules, step by step against the reference. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { Random } from "../../src/runtime/strategy.ts";
import { Model } from "./model.ts";
import { type Program, program } from "./program.ts";
import { runReal, type Schedule } from "./real.ts";

async function check(subject: Program, schedule: Schedule): Promise<void> {
  const trace = await runReal(subject, schedule);
  const model = new Model(subject, trace);
  const end = model.follow(trace.decisions);
  expect(trace.log).toStrictEqual(model.log);
  expect(trace.end).toStrictEqual(end);
  exactlyOnce(trace.log.map((each) => each.outcome));
}

/** Said once more without the model: what is received was sent, and nothing is received twice. */
function exactlyOnce(outcomes: readonly string[]): void {
  const received = outcomes.flatMap((text) => /got (\d+\.\d+[/\d]*)/.exec(text)?.[1] ?? []);
  expect(new Set(received).size).toBe(received.length);
}

const RUNS = Number(process.env.PROPERTY_RUNS ?? 1500);

test.each([
  ["first in, first out", { pick: "first", preempt: 0 }],
  ["first in, first out, with preemption", { pick: "first", preempt: 30 }],
  ["last in, first out", { pick: "last", preempt: 10 }],
  ["any order", { pick: "any", preempt: 0 }],
  ["any order, with preemption", { pick: "any", preempt: 30 }],
] as const)("%s", { timeout: 120_000 }, async (_, { pick, preempt }) => {
  await fc.assert(
    fc.asyncProperty(program, fc.integer(), async (subject, seed) => {
      const random = new Random(seed);
      await check(subject, { pick, preempt, below: (n) => random.below(n) });
    }),
    { numRuns: RUNS },
  );
});
