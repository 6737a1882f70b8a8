/**
 * Runs each measurement in a process of its own, one after another.
 *
 * A round measures every side of a workload once, so that what else the machine does, and how fast it happens to be, falls
 * on all of them alike. Packages are many, so the first round finds the fastest, and only those go on.
 */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Bytes, Failed, Timed } from "./child.ts";
import { THREADS } from "./program.ts";
import { type Side, sides } from "./sides.ts";
import type { MemoryWorkload, TimedWorkload } from "./workload.ts";

const exec = promisify(execFile);
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** What one side of a workload gave, round by round. */
export interface Series<R> {
  readonly kind: Side["kind"] | "millrace";
  readonly rounds: R[];
  failure?: string;
}

export type Results<W, R> = Map<W, Map<string, Series<R>>>;

export interface Options {
  readonly rounds: number;
  readonly clock: "wall" | "cpu";
  readonly peers: "none" | "fastest" | "all";
  readonly quick: boolean;
  /** Go's version, if there is a Go. */
  readonly go: string | undefined;
}

/** How long a process may take: ours, and those of packages, which adapt the work to their speed. */
const PATIENCE = 300_000;
const PATIENCE_FOR_PACKAGES = 40_000;
/** Memory differs little between rounds, and takes long. */
const MEMORY_ROUNDS = 2;
/** How many packages are measured in every round. */
const FASTEST = 2;
const GO_BINARY = here("../node_modules/.cache/millrace-bench/go");

/** Builds Go's programs; its version, or undefined when there is no Go. */
export async function buildGo(): Promise<string | undefined> {
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

/** The packages of peers/, by name, with the versions that they are measured in. */
export const packages: Readonly<Record<string, string>> = json<{ dependencies: Record<string, string> }>(
  "peers/package.json",
).dependencies;

/** Installs the packages of peers/, unless they are there in those versions. */
export async function installPeers(): Promise<void> {
  const installed = Object.entries(packages).every(([name, version]) => {
    const file = `peers/node_modules/${name}/package.json`;
    return existsSync(here(file)) && json<{ version: string }>(file).version === version;
  });
  if (installed) return;
  console.error("Installing the packages that are measured, in bench/peers (100 MB; --peers none does without).");
  await exec("npm", ["ci", "--ignore-scripts"], { cwd: here("peers") });
}

function json<T>(file: string): T {
  return JSON.parse(readFileSync(here(file), "utf8")) as T;
}

/** Processor seconds that the whole machine has used. */
function busy(): number {
  return cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0) / 1000;
}

/** How many processors everything else kept busy beside each measurement. */
export const others: number[] = [];

/** What one process gave. */
export async function measure<R extends { cpu: number }>(
  file: string,
  args: readonly string[],
  patience: number,
  processors: number,
): Promise<R | Failed> {
  const start = performance.now();
  const before = busy();
  try {
    const env = { ...process.env, GOMAXPROCS: String(processors) };
    const { stdout } = await exec(file, args, { env, timeout: patience, killSignal: "SIGKILL" });
    // Some packages greet; the result is the last line.
    const result = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as R;
    const all = (busy() - before - result.cpu / 1000) / ((performance.now() - start) / 1000);
    if ("cpu" in result) others.push(Math.max(0, all));
    return result;
  } catch (error) {
    return { failure: why(error as Parameters<typeof why>[0], patience) };
  }
}

function why(error: { code?: unknown; killed?: boolean; stderr?: string }, patience: number): string {
  if (error.killed) return `not done after ${patience / 1000} s`;
  if (error.code === 13) return "stalls: somebody waits for ever";
  const lines = error.stderr?.split("\n") ?? [];
  if (lines.some((line) => line.includes("heap out of memory"))) return "runs out of memory";
  const line =
    lines.find((line) => /^(\w*Error\b|panic:)/.test(line)) ?? lines.find((line) => /error|panic/i.test(line));
  return line?.trim() ?? String(error);
}

/** The process that measures one side. */
export function processOf(workload: TimedWorkload | MemoryWorkload, side: string, kind: string, options: Options) {
  const threads = "threads" in workload;
  const clock = threads ? "wall" : options.clock;
  const patience = kind === "package" ? PATIENCE_FOR_PACKAGES : PATIENCE;
  if (kind === "go") {
    const program = (workload.program ?? workload.name) + (sides.find(({ name }) => name === side)?.file ?? "");
    const n = options.quick ? workload.n / 100 : workload.n;
    return { file: GO_BINARY, args: [program, String(n), clock], patience, processors: threads ? THREADS : 1 };
  }
  const heap = "heap" in workload ? [`--max-old-space-size=${workload.heap}`] : [];
  const quick = options.quick ? ["quick"] : [];
  // process.execArgv is what lets node read TypeScript.
  const args = [...process.execArgv, "--expose-gc", ...heap, here("child.ts"), workload.name, side, clock, ...quick];
  return { file: process.execPath, args, patience, processors: 1 };
}

/** Everybody who does it, in the order of the tables. */
function begin<R>(workload: TimedWorkload | MemoryWorkload, { go, peers }: Options): Map<string, Series<R>> {
  const program = workload.program ?? workload.name;
  const alone = "alone" in workload;
  const others = sides.filter(
    ({ kind, programs }) =>
      !alone &&
      programs.some((name) => name === program) &&
      (kind !== "go" || go !== undefined) &&
      (kind !== "package" || peers !== "none"),
  );
  const of = (kind: Side["kind"]) =>
    others.filter((side) => side.kind === kind).map(({ name }): [string, Series<R>] => [name, { kind, rounds: [] }]);
  const ours = workload.variants.map(({ name }): [string, Series<R>] => [name, { kind: "millrace", rounds: [] }]);
  return new Map([...of("go"), ...ours, ...of("hand"), ...of("host"), ...of("package")]);
}

/** The packages that were best in the first round. */
function fastest<R>(series: ReadonlyMap<string, Series<R>>, cost: (result: R) => number): Set<string> {
  const packages = [...series].filter(([, { kind, failure }]) => kind === "package" && failure === undefined);
  const first = (rounds: readonly R[]): number =>
    rounds[0] === undefined ? Number.POSITIVE_INFINITY : cost(rounds[0]);
  packages.sort(([, a], [, b]) => first(a.rounds) - first(b.rounds));
  return new Set(packages.slice(0, FASTEST).map(([name]) => name));
}

/** Measures one workload: as many rounds as the options say, fewer if they weigh. */
export async function rounds<R extends Timed | Bytes>(
  workload: TimedWorkload | MemoryWorkload,
  options: Options,
  cost: (result: R) => number,
  say: (text: string) => void,
): Promise<Map<string, Series<R>>> {
  const series = begin<R>(workload, options);
  const count = "heap" in workload ? Math.min(MEMORY_ROUNDS, options.rounds) : options.rounds;
  let still: ReadonlySet<string> | undefined;
  for (let round = 1; round <= count; round++) {
    for (const [side, each] of series) {
      if (each.failure || (each.kind === "package" && still?.has(side) === false)) continue;
      say(`${workload.name}, round ${round} of ${count}: ${side}`);
      const { file, args, patience, processors } = processOf(workload, side, each.kind, options);
      const result = await measure<R>(file, args, patience, processors);
      if ("failure" in result) each.failure = result.failure;
      else each.rounds.push(result);
    }
    if (options.peers === "fastest") still ??= fastest(series, cost);
  }
  return series;
}

/** What the program of a table prints, or what went wrong. */
export async function printed(file: string): Promise<string> {
  try {
    const { stdout } = await exec(process.execPath, [...process.execArgv, here(file)], { timeout: PATIENCE });
    return stdout.trim();
  } catch (error) {
    return `**Failed**: ${why(error as Parameters<typeof why>[0], PATIENCE)}`;
  }
}
