import fc from "fast-check";
import { ArgumentError, chan, go } from "millrace";
import { replay } from "millrace/testing";
import { expect } from "vitest";
import { decode, encode, type Schedule } from "../../src/testing/explore/schedule.ts";
import { mix } from "../../src/testing/explore/trace.ts";
import { damaged, fuzz } from "./kit.ts";

const schedule: fc.Arbitrary<Schedule> = fc.record({
  settings: fc.record({
    anytime: fc.boolean(),
    leaks: fc.boolean(),
    asyncTimerChan: fc.boolean(),
    maxSteps: fc.integer({ min: 1, max: 1_000_000 }),
  }),
  choices: fc.uniqueArray(fc.tuple(fc.nat(500), fc.nat(5)), { selector: ([at]) => at }).map((all) => new Map(all)),
});

/** The check sum that a text would have, so that what is behind it is tried too. */
function signed(text: string): string {
  const body = text.replace(/~[^~]*$/, "");
  let sum = 0;
  for (const char of body) sum = mix(sum, char.charCodeAt(0));
  return `${body}~${((sum >>> 0) % 36 ** 2).toString(36).padStart(2, "0")}`;
}

const texts = fc.oneof(
  fc.string({ unit: "binary" }),
  damaged(schedule.map(encode)),
  damaged(schedule.map(encode)).map(signed),
  fc.anything(),
);

fuzz("a schedule reads back as it was written", schedule, (value) => {
  const { settings, choices } = decode(encode(value));
  expect(settings).toEqual(value.settings);
  expect([...choices].sort(([a], [b]) => a - b)).toEqual([...value.choices].sort(([a], [b]) => a - b));
});

fuzz("any text is a schedule, or refused by name", texts, (text) => {
  let read: Schedule;
  try {
    read = decode(text);
  } catch (error) {
    expect(error).toBeInstanceOf(ArgumentError);
    expect((error as Error).message).toMatch(/^replay: /);
    expect((error as Error).message.length).toBeLessThan(500);
    return;
  }
  // What is read is one meaning: it is the same when it is written and read again.
  expect(decode(encode(read))).toEqual(read);
});

const program = function* () {
  const ch = chan(0, { zero: 0 });
  for (let i = 0; i < 2; i++) {
    go(function* () {
      yield* ch.send(i);
    });
  }
  return ((yield* ch.recv()) as number) + ((yield* ch.recv()) as number);
};

fuzz(
  "a program under any schedule gives its result, or the schedule is said not to fit",
  schedule.map(encode),
  async (text) => {
    const outcome = await replay(text, program).catch((error: unknown) => error);
    if (outcome !== 1) expect(outcome).toBeInstanceOf(Error);
  },
  200,
);
