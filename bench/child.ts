/**
 * One measurement in a process of its own: `child.ts WORKLOAD SIDE CLOCK QUICK`, where SIDE is a name in sides.ts or one of
 * the workload's own variants, CLOCK is `wall` or `cpu`, and QUICK is there when only its working is to be seen. Prints one
 * line of JSON, a `Timed`, a `Bytes` or a `Failed`.
 */
import type { Meter, Program, Programs } from "./program.ts";
import { sides } from "./sides.ts";
import type { MemoryWorkload, TimedWorkload } from "./workload.ts";
import { timed, weighed } from "./workloads.ts";

/** Milliseconds of each run, and of processor time in all. */
export interface Timed {
  ms: number[];
  /** The size of these runs: less than the workload's for who is too slow. */
  n: number;
  cpu: number;
}

/** Bytes for each of the n. */
export interface Bytes {
  rss: number;
  heap: number;
  cpu: number;
}

export interface Failed {
  failure: string;
}

const noMeter: Meter = { empty() {}, full() {} };
const RUNS = 3;
/** A run that takes longer is not worth repeating, for the rounds repeat it. Milliseconds, as all of these. */
const LONG = 2000;
/** A run that would take longer is made smaller, or, where that would measure something else, not made at all. */
const TOO_LONG = 10_000;
/** The same for packages, of which there are many. */
const TOO_LONG_FOR_PACKAGES = 4000;
/** How long a program runs before it is timed: V8 has then optimised what it will. Go has nothing to warm up. */
const WARM = 500;

function collect(kind: "major" | "minor"): void {
  if (!globalThis.gc) throw new Error("needs --expose-gc");
  globalThis.gc({ type: kind });
}

function cpu(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function load(workload: TimedWorkload | MemoryWorkload, name: string): Promise<Program> {
  const variant = workload.variants.find((each) => each.name === name);
  if (variant) {
    const built = import.meta.resolve("millrace");
    if (!built.includes("/dist/")) throw new Error(`measures ${built}, not what is built in dist/`);
    return variant.load();
  }
  const side = sides.find((each) => each.name === name);
  if (!side) throw new Error(`there is no side ${name}`);
  const { default: programs } = (await import(new URL(side.file, import.meta.url).href)) as { default: Programs };
  const program = programs[workload.program ?? (workload.name as keyof Programs)];
  if (!program) throw new Error(`${name} has no ${workload.name}`);
  return program;
}

/**
 * Before a run the young generation is emptied, and only that. A full collection while nothing of the program is alive
 * makes V8 forget the shapes of its objects and with them the optimised code ("deoptimization, reason: weak objects"), so
 * that each run would begin cold: as a real program never does, and as compiled code can't.
 */
async function once(program: Program, n: number): Promise<number> {
  collect("minor");
  const start = now();
  await program(n, noMeter);
  return now() - start;
}

async function time(program: Program, workload: TimedWorkload, side: string): Promise<Timed | Failed> {
  const isPackage = sides.some(({ name, kind }) => name === side && kind === "package");
  const limit = isPackage && !workload.whole ? TOO_LONG_FOR_PACKAGES : TOO_LONG;
  let n = workload.n / 100;
  // The first run starts threads, and everybody's first are slow.
  await once(program, n);
  let last = Math.min(await once(program, n), await once(program, n));
  for (; n < workload.n && last * 10 <= limit; n *= 10) last = await once(program, n * 10);
  if (n < workload.n && workload.whole) {
    return { failure: `would take more than ${((last * workload.n) / n / 1000).toFixed(0)} s` };
  }
  if (last > LONG) return { ms: [last], n, cpu: cpu() };
  for (let spent = last; spent < WARM; ) spent += await once(program, n);
  const ms: number[] = [];
  for (let i = 0; i < RUNS; i++) {
    ms.push(await once(program, n));
    if ((ms[i] as number) > LONG) break;
  }
  return { ms, n, cpu: cpu() };
}

/** Twice, since what was compiled lazily changes between the two. */
async function quickly(program: Program, { n }: TimedWorkload): Promise<Timed> {
  await once(program, n / 100);
  return { ms: [await once(program, n / 100)], n: n / 100, cpu: cpu() };
}

async function weigh(program: Program, n: number): Promise<Bytes> {
  const at: NodeJS.MemoryUsage[] = [];
  const look = () => {
    collect("major");
    collect("major");
    at.push(process.memoryUsage());
  };
  await program(1000, noMeter);
  await program(n, { empty: look, full: look });
  const [empty, full] = at;
  if (!empty || !full) throw new Error("the program did not say when to look");
  return { rss: (full.rss - empty.rss) / n, heap: (full.heapUsed - empty.heapUsed) / n, cpu: cpu() };
}

const [name, side, clock, quick] = process.argv.slice(2);
const now = clock === "cpu" ? cpu : () => performance.now();
const aboutTime = timed.flatMap(({ workloads }) => workloads).find((w) => w.name === name);
const aboutMemory = weighed.workloads.find((w) => w.name === name);
if (!side || !(aboutTime || aboutMemory)) throw new Error("usage: child.ts WORKLOAD SIDE CLOCK [QUICK]");
const result = aboutTime
  ? await (quick ? quickly : time)(await load(aboutTime, side), aboutTime, side)
  : aboutMemory && (await weigh(await load(aboutMemory, side), quick ? aboutMemory.n / 100 : aboutMemory.n));
// Threads that still run, and whoever is parked, end here.
process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));
