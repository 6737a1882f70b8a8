/**
 * Classic concurrency bugs: exploration finds each within the runs that are stated beside it, and what it reports fails
 * again in the same way; no schedule makes the twin without the bug fail.
 */
import { describe, expect, test } from "vitest";
import { ExploreError, explore, replay } from "../../../src/testing/index.ts";
import { channels } from "./channels.ts";
import { conditions } from "./conditions.ts";
import { locks } from "./locks.ts";
import { variables } from "./variables.ts";

const bugs = [...variables, ...channels, ...locks, ...conditions];

const failure = async (exploring: Promise<unknown>): Promise<ExploreError> => {
  const error = await exploring.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ExploreError)) throw error ?? new Error("nothing was found");
  return error;
};

test("there are at least twenty, and no two of one name", () => {
  expect(new Set(bugs.map(({ name }) => name)).size).toBeGreaterThanOrEqual(20);
});

describe.each(bugs)("$name", ({ program, fixed, within, fails, options }) => {
  test(`is found within ${within} runs, and replayed`, async () => {
    const found = await failure(explore(program, { ...options, runs: within }));
    expect(found.message).toMatch(fails);
    const again = await failure(replay(found.schedule, program));
    expect(again.message).toMatch(fails);
    expect(again.timeline).toBe(found.timeline);
  });

  test("is found by PCT and by chance", async () => {
    for (const strategy of ["pct", "random"] as const) {
      const found = await failure(explore(program, { ...options, strategy, runs: 3000 }));
      expect(found.message).toMatch(fails);
    }
  });

  test("does not survive: the twin without it passes under every schedule", async () => {
    expect(await explore(fixed, options)).toMatchObject({ complete: true });
  });
});
