/**
 * Millrace on each Node that is here (`node`, `node20` and so on), as it is and compiled, beside Go on one processor. By processor
 * time, and in turns, so that what else the machine does falls on all of them alike.
 *
 * `tsx bench/tables/nodes.ts` prints a table: that is what `npm run bench` does. `tsx bench/tables/nodes.ts ROUNDS WORKLOAD…` does
 * some of it, and without a figure worth reading in 0 rounds.
 */
import { execFileSync } from "node:child_process";
import { markdownTable } from "markdown-table";
import type { Timed } from "../child.ts";
import { buildGo, measure, processOf } from "../measure.ts";
import { costOf, median } from "../report.ts";
import { timed } from "../workloads.ts";

const [rounds = "2", ...chosen] = process.argv.slice(2);
const ROUNDS = Math.max(1, Number(rounds));
const ALL = ["hand-off", "buffered", "select-2", "select-16", "ring", "sieve", "spawn-1e5", "mutex"];
/** Compiles what a process loads. */
const COMPILED = ["--import", "millrace/register"];

/** The versions of Node, oldest first, each with its command. */
function nodes(): Map<number, string> {
  const found = new Map<number, string>();
  for (const command of ["node", "node20", "node22", "node24", "node26"]) {
    try {
      const version = execFileSync(command, ["-p", "process.versions.node"], { encoding: "utf8" });
      found.set(Number.parseInt(version, 10), command);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
  return new Map([...found].sort(([a], [b]) => a - b));
}

const options = { rounds: ROUNDS, clock: "cpu", peers: "none", quick: rounds === "0", go: await buildGo() } as const;
const commands = [...nodes()].flatMap(([version, command]) => [
  { title: `Node ${version}`, command, flags: [] as string[] },
  { title: "compiled", command, flags: COMPILED },
]);
const workloads = timed
  .flatMap((group) => group.workloads)
  .filter(({ name }) => (chosen.length > 0 ? chosen : ALL).includes(name));
const rows: string[][] = [];
for (const workload of workloads) {
  const [variant] = workload.variants;
  const go: number[] = [];
  const ours = commands.map((): number[] => []);
  const cost = async (side: string, kind: string, node?: string, flags: readonly string[] = []): Promise<number> => {
    const { file, args, patience } = processOf(workload, side, kind, options);
    const result = await measure<Timed>(node ?? file, [...flags, ...args], patience, 1);
    if ("failure" in result) throw new Error(`${workload.name}, ${node ?? side}: ${result.failure}`);
    return costOf(workload, result);
  };
  for (let round = 0; round < ROUNDS; round++) {
    if (options.go !== undefined) go.push(await cost("Go", "go"));
    for (const [at, { command, flags }] of commands.entries()) {
      ours[at]?.push(await cost(variant?.name ?? "", "millrace", command, flags));
    }
  }
  const cells = ours.map((each) => {
    const ratio = go.length === 0 ? "" : ` (${median(each.map((ns, round) => ns / (go[round] as number))).toFixed(2)})`;
    return `${median(each).toPrecision(3)}${ratio}`;
  });
  rows.push([`${workload.name}, ${workload.unit}`, go.length === 0 ? "–" : median(go).toPrecision(3), ...cells]);
}
const head = ["processor time (× Go)", options.go ?? "no Go", ...commands.map(({ title }) => title)];
console.log(markdownTable([head, ...rows], { align: ["l", ...head.slice(1).map(() => "r")] }));
