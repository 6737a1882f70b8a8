/** What the table beside p-limit and others measures: every way to do the jobs does them all. */
import { expect, it } from "vitest";
import { measure, rows } from "../../bench/tables/limits.ts";

it.each(Object.entries(rows))("%s", async (_, row) => {
  for (const workers of [8, Number.POSITIVE_INFINITY]) {
    // Throws when a job was not done, or was done twice.
    const { theirs } = await measure(row, workers, 100, 1);
    expect(theirs).toBeGreaterThan(0);
  }
});
