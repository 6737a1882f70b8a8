/**
 * `npm run bench`: Millrace beside Go, what one writes by hand, what Node has, and npm packages. Prints the report of
 * everything, or with `--only` of some; `--write` keeps it in RESULTS.md.
 */
import { existsSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Command, InvalidArgumentError, Option } from "commander";
import type { Bytes, Timed } from "./child.ts";
import { buildGo, installPeers, type Options, printed, type Results, rounds } from "./measure.ts";
import { costOf, METHOD, report } from "./report.ts";
import type { MemoryWorkload, TimedWorkload } from "./workload.ts";
import { tables, timed, weighed } from "./workloads.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const allTimed = timed.flatMap(({ workloads }) => workloads);
const names = [...allTimed, ...weighed.workloads, ...tables].map(({ name }) => name);

function natural(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError("It must be a whole number, 1 or more.");
  return Number(text);
}

function workloadName(text: string, earlier: string[] = []): string[] {
  if (!names.includes(text)) throw new InvalidArgumentError(`The workloads are ${names.join(", ")}.`);
  return [...earlier, text];
}

const command = new Command("npm run bench --")
  .description("Measures Millrace beside Go, what one writes by hand, what Node has, and npm packages.")
  .option("--only <workload>", "measure this one alone (may be repeated)", workloadName)
  .option("--rounds <number>", "how often to measure each side", natural, 3)
  .option("--cpu", "compare processor time instead of the clock's: for a machine that is busy with other things")
  .addOption(
    new Option(
      "--peers <which>",
      "npm packages: none, all in the first round and the fastest in every, or all in every",
    )
      .choices(["none", "fastest", "all"])
      .default("fastest"),
  )
  .option("--quick", "one short run of each side, to see that it works")
  .option("--write", "write bench/RESULTS.md")
  .addHelpText("after", `\nWorkloads: ${names.join(", ")}\n`)
  .parse();
const given = command.opts<{
  only?: string[];
  rounds: number;
  cpu?: true;
  peers: Options["peers"];
  quick?: true;
  write?: true;
}>();

if (given.write && (given.only || given.quick || given.peers === "none"))
  command.error("error: --write needs everything, so --only, --quick and --peers none can't go with it");
if (!existsSync(here("../dist/index.js"))) command.error("error: there is no dist/ to measure: npm run build makes it");
if (given.peers !== "none") await installPeers();

const options: Options = {
  rounds: given.quick ? 1 : given.rounds,
  clock: given.cpu ? "cpu" : "wall",
  peers: given.peers,
  quick: given.quick === true,
  go: await buildGo(),
};

const began = performance.now();
const chosen = ({ name }: { name: string }): boolean => !given.only || given.only.includes(name);
const all = [...allTimed, ...weighed.workloads, ...tables].filter(chosen);

function say(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

let finished = 0;
function done({ name }: { name: string }): void {
  say("");
  const minutes = ((performance.now() - began) / 60_000).toFixed(1);
  process.stderr.write(`${name}: done, ${++finished} of ${all.length}, ${minutes} min\n`);
}

const times: Results<TimedWorkload, Timed> = new Map();
for (const w of allTimed.filter(chosen)) {
  times.set(w, await rounds<Timed>(w, options, (result) => costOf(w, result), say));
  done(w);
}
const bytes: Results<MemoryWorkload, Bytes> = new Map();
for (const w of weighed.workloads.filter(chosen)) {
  bytes.set(w, await rounds<Bytes>(w, options, ({ rss }) => rss, say));
  done(w);
}
const sections = new Map<string, string>();
for (const table of options.quick && !given.only ? [] : tables.filter(chosen)) {
  say(table.name);
  sections.set(table.title, await printed(table.file));
  done(table);
}

const text = report(options, { times, bytes, tables: sections }, timed, weighed);
console.log(text);
if (given.write) writeFileSync(here("RESULTS.md"), `${text}\n${METHOD}\n`);
const failed = [...times.values(), ...bytes.values()].some((sides) =>
  [...sides.values()].some(({ kind, failure }) => kind !== "package" && failure !== undefined),
);
if (failed) process.exitCode = 1;
