/** `examples/testing/seats.ts`: the bug is found, the schedule in the guide replays it, and the fix holds. */
import { readFileSync } from "node:fs";
import { ExploreError, explore, replay } from "millrace/testing";
import { expect, test } from "vitest";
import { fixed, program } from "../../examples/testing/seats.ts";

const failure = (promise: Promise<unknown>): Promise<ExploreError> =>
  promise.then(
    () => {
      throw new Error("it did not fail");
    },
    (error: unknown) => {
      if (error instanceof ExploreError) return error;
      throw error;
    },
  );

test("exploration finds that the last seat is sold twice, and the guide shows what it says", async () => {
  const error = await failure(explore(program));
  expect(error.message).toMatch(/^panic: the last seat was sold to Ada and Grace/);
  const guide = readFileSync(new URL("../../docs/guide/exploration.md", import.meta.url), "utf8");
  expect(guide).toContain(error.schedule);
  expect(guide).toContain(error.timeline);
  expect((await failure(replay(error.schedule, program))).timeline).toBe(error.timeline);
});

test("PCT and chance find it too", async () => {
  for (const strategy of ["pct", "random"] as const) {
    expect((await failure(explore(program, { strategy }))).message).toMatch(
      /sold to Ada and Grace|sold to Grace and Ada/,
    );
  }
});

test("the fix survives every schedule", { timeout: 120_000 }, async () => {
  expect(await explore(fixed)).toMatchObject({ complete: true });
});
