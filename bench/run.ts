/**
 * Measures Millrace beside Go, a hand-written channel and npm packages: `npm run bench`.
 *
 * A round measures every side of a workload once, one after another and each in a new process, so that what else the
 * machine does, and how fast it happens to be, falls on all of them alike. Ratios are taken within a round.
 */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Command, InvalidArgumentError } from "commander";
import type { Bytes, Timed } from "./child.ts";
import { type Environment, METHOD, report, type Series } from "./report.ts";
import { type MemoryWorkload, memory, type TableWorkload, type TimedWorkload, tables, timed } from "./workloads.ts";

const exec = promisify(execFile);
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Timed runs of one process in one round. */
const RUNS = 3;
const PATIENCE = 300_000;
const GO_BINARY = here("../node_modules/.cache/millrace-bench/go");

async function goVersion(): Promise<string | undefined> {
  try {
    const { stdout } = await exec("go", ["env", "GOVERSION"]);
    mkdirSync(here("../node_modules/.cache/millrace-bench"), { recursive: true });
    await exec("go", ["build", "-o", GO_BINARY, "."], { cwd: here("go") });
    return stdout.trim().replace("go", "Go ");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    console.error("There is no go here, so its column is left out (Debian has it as golang-go).");
    return undefined;
  }
}

/** Processor seconds that the whole machine has used. */
function busy(): number {
  return cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0) / 1000;
}

interface Measurement<R> {
  result?: R;
  failure?: string;
  /** How many processors everything else on the machine kept busy meanwhile. */
  others: number;
}

async function measure<R extends { cpu: number }>(file: string, args: string[]): Promise<Measurement<R>> {
  const start = performance.now();
  const before = busy();
  const others = (own: number) => Math.max(0, (busy() - before - own) / ((performance.now() - start) / 1000));
  try {
    const env = { ...process.env, GOMAXPROCS: "1" };
    const { stdout } = await exec(file, args, { env, timeout: PATIENCE });
    const result = JSON.parse(stdout) as R;
    return { result, others: others(result.cpu / 1000) };
  } catch (error) {
    const { code, killed, stderr } = error as { code?: number; killed?: boolean; stderr?: string };
    if (killed) return { failure: `not done after ${PATIENCE / 1000} s`, others: 0 };
    if (code === 13) return { failure: "stalls: somebody waits for ever", others: 0 };
    const line = stderr?.split("\n").find((text) => /error|panic/i.test(text));
    return { failure: line ?? String(error), others: 0 };
  }
}

function child(workload: TimedWorkload | MemoryWorkload, side: string) {
  const heap = "heap" in workload ? [`--max-old-space-size=${workload.heap}`] : [];
  // process.execArgv is what lets node read TypeScript.
  return [...process.execArgv, "--expose-gc", ...heap, here("child.ts"), workload.name, side, String(RUNS), clock];
}

async function rounds<R extends Timed | Bytes>(
  workload: TimedWorkload | MemoryWorkload,
  count: number,
  withGo: boolean,
  others: number[],
): Promise<Map<string, Series<R>>> {
  const sides = [...workload.variants.map(({ name }) => name), ...workload.peers];
  if (withGo) sides.unshift("go");
  const series = new Map(sides.map((side): [string, Series<R>] => [side, { rounds: [] }]));
  for (let round = 1; round <= count; round++) {
    for (const [side, { rounds, failure }] of series) {
      if (failure) continue;
      if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${workload.name}, round ${round} of ${count}: ${side}`);
      const m =
        side === "go"
          ? await measure<R>(GO_BINARY, [workload.name, String(workload.n), String(RUNS), clock])
          : await measure<R>(process.execPath, child(workload, side));
      if (m.result) {
        rounds.push(m.result);
        others.push(m.others);
      } else {
        series.set(side, { rounds, failure: m.failure ?? "failed" });
      }
    }
  }
  process.stderr.write(process.stderr.isTTY ? "\r\x1b[K" : `${workload.name}: done\n`);
  return series;
}

/** What the program of a table prints. */
async function printed({ name, file }: TableWorkload): Promise<string> {
  const { stdout } = await exec(process.execPath, [...process.execArgv, here(file)], { timeout: PATIENCE });
  process.stderr.write(process.stderr.isTTY ? "\r\x1b[K" : `${name}: done\n`);
  return stdout.trim();
}

const names = [...timed, ...memory, ...tables].map(({ name }) => name);

function natural(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError("It must be a whole number, 1 or more.");
  return Number(text);
}

function workloadName(text: string, earlier: string[] = []): string[] {
  if (!names.includes(text)) throw new InvalidArgumentError(`The workloads are ${names.join(", ")}.`);
  return [...earlier, text];
}

const command = new Command("npm run bench --")
  .description("Measures Millrace beside Go, a hand-written async channel and npm packages.")
  .option("--only <workload>", "measure this one alone (may be repeated)", workloadName)
  .option("--rounds <number>", "how often to measure each side", natural, 5)
  .option("--cpu", "compare processor time instead of the clock's: for a machine that is busy with other things")
  .option("--write", "write bench/RESULTS.md")
  .addHelpText("after", `\nWorkloads: ${names.join(", ")}\n`)
  .parse();
const options = command.opts<{ only?: string[]; rounds: number; cpu?: true; write?: true }>();
const clock = options.cpu ? "cpu" : "wall";

if (options.only && options.write) command.error("error: --write needs every workload, so --only can't go with it");
if (!existsSync(here("../dist/index.js"))) command.error("error: there is no dist/ to measure: npm run build makes it");

const chosen = (workload: { name: string }) => !options.only || options.only.includes(workload.name);
const go = await goVersion();
const others: number[] = [];
const times = new Map<TimedWorkload, Map<string, Series<Timed>>>();
const bytes = new Map<MemoryWorkload, Map<string, Series<Bytes>>>();
for (const w of timed.filter(chosen)) times.set(w, await rounds<Timed>(w, options.rounds, go !== undefined, others));
for (const w of memory.filter(chosen))
  bytes.set(w, await rounds<Bytes>(w, Math.min(w.rounds, options.rounds), go !== undefined && w.go, others));

const sections = new Map<string, string>();
for (const table of tables.filter(chosen)) sections.set(table.title, await printed(table));

const environment: Environment = { go, rounds: options.rounds, runs: RUNS, clock, others };
const text = report(environment, times, bytes, sections);
console.log(text);
if (options.write) writeFileSync(here("RESULTS.md"), `# Results\n\n${text}\n${METHOD}`);
const ours = [...times, ...bytes].flatMap(([w, sides]) => w.variants.map(({ name }) => sides.get(name)));
if (ours.some((series) => series?.failure)) process.exitCode = 1;
