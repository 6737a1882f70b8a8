/** What the table of growth measures: each case does its work, and what one thing costs does not grow with their number. */
import { expect, it } from "vitest";
import { cases } from "../../bench/tables/scale.ts";

type Work = (n: number) => Promise<void>;

async function cost(work: Work, n: number): Promise<number> {
  const before = process.cpuUsage();
  await work(n);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / n;
}

it.each(Object.entries(cases))(
  "%s",
  async (_, work) => {
    await work(2_000);
    const few = await cost(work, 4_000);
    // A queue that is moved or searched as a whole would make this 25.
    expect((await cost(work, 100_000)) / few).toBeLessThan(8);
  },
  60_000,
);
