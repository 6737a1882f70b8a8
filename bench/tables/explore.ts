/**
 * Schedules a second: three goroutines with four operations each on one channel, beside fast-check's scheduler on the same
 * program as async functions. `tsx bench/tables/explore.ts` prints a table. Both run their program once for each schedule; all
 * that differs is who decides what comes next.
 */
import fc from "fast-check";
import { markdownTable } from "markdown-table";
import { type Chan, chan, type Go, go } from "millrace";
import { type ExploreOptions, explore } from "millrace/testing";
import { check } from "../program.ts";

/** Schedules of three goroutines with four steps each: 12! / 4!^3. */
const ALL = 34_650;

function* worker(values: Chan<number>): Go {
  for (let i = 1; i <= 4; i++) yield* values.send(i);
}

function* program(): Go {
  const values = chan<number>(12);
  go(worker, values);
  go(worker, values);
  go(worker, values);
}

async function workerAsync(s: fc.Scheduler, values: number[]): Promise<void> {
  for (let i = 1; i <= 4; i++) {
    await s.schedule(Promise.resolve());
    values.push(i);
  }
}

async function fastCheck(runs: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), async (s) => {
      const values: number[] = [];
      const all = Promise.all([workerAsync(s, values), workerAsync(s, values), workerAsync(s, values)]);
      await s.waitFor(all);
      check(values.length, 12);
    }),
    { numRuns: runs, endOnFailure: true },
  );
}

async function millrace(options: ExploreOptions): Promise<void> {
  const { runs } = await explore(program, options);
  check(runs, options.runs ?? 0);
}

/** Schedules in a second of processor time, the best of three. */
async function rate(runs: number, run: () => Promise<void>): Promise<number> {
  await run();
  let best = 0;
  for (let i = 0; i < 3; i++) {
    const before = process.cpuUsage();
    await run();
    const { user, system } = process.cpuUsage(before);
    best = Math.max(best, runs / ((user + system) / 1e6));
  }
  return best;
}

const ours = async (options: ExploreOptions & { runs: number }): Promise<number> =>
  rate(options.runs, () => millrace(options));

const rows: [name: string, rate: number][] = [
  ["explore, pct", await ours({ strategy: "pct", runs: 50_000 })],
  ["explore, random", await ours({ strategy: "random", runs: 50_000 })],
  ["explore, exhaustive, all of them", await ours({ runs: ALL })],
  ["fast-check's scheduler", await rate(2000, () => fastCheck(2000))],
];
console.log("Three goroutines, four operations each on one channel. Wanted: 50,000.\n");
const table = rows.map(([name, each]) => [name, Math.round(each).toLocaleString("en")]);
console.log(markdownTable([["", "schedules in a second of CPU"], ...table], { align: ["l", "r"] }));
