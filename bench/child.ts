/**
 * One measurement in a process of its own: `child.ts WORKLOAD SIDE RUNS CLOCK`, where SIDE is a package of `peers` or one
 * of the workload's own variants, and CLOCK is `wall` or `cpu`. Prints one line of JSON, a `Timed` or a `Bytes`.
 */
import type { Meter, Program } from "./program.ts";
import { memory, type Name, type Peer, peers, timed, type Workload } from "./workloads.ts";

/** Milliseconds of each run, and of processor time in all. */
export interface Timed {
  ms: number[];
  cpu: number;
}

/** Bytes for each of the n. */
export interface Bytes {
  rss: number;
  heap: number;
  cpu: number;
}

const noMeter: Meter = { empty() {}, full() {} };
/** A run that takes longer is not worth repeating, for the rounds repeat it. */
const LONG = 2000;
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

async function load(workload: Workload, side: string): Promise<Program> {
  const variant = workload.variants.find(({ name }) => name === side);
  if (!variant) {
    const { default: programs }: { default: Partial<Record<Name, Program>> } = await peers[side as Peer]();
    const program = programs[workload.program];
    if (!program) throw new Error(`${side} has no ${workload.program}`);
    return program;
  }
  const built = import.meta.resolve("millrace");
  if (!built.includes("/dist/")) throw new Error(`measures ${built}, not what is built in dist/`);
  return variant.load();
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

async function time(program: Program, n: number, runs: number): Promise<Timed> {
  const tenth = await once(program, n / 10);
  if (tenth * 10 < LONG) for (let spent = 0; spent < WARM; ) spent += await once(program, n);
  const ms: number[] = [];
  for (let i = 0; i < runs; i++) {
    ms.push(await once(program, n));
    if ((ms[i] as number) > LONG) break;
  }
  return { ms, cpu: cpu() };
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

const [name, side, runs, clock] = process.argv.slice(2);
const now = clock === "cpu" ? cpu : () => performance.now();
const aboutTime = timed.find((w) => w.name === name);
const aboutMemory = memory.find((w) => w.name === name);
if (!side || !(aboutTime || aboutMemory)) throw new Error("usage: child.ts WORKLOAD SIDE RUNS CLOCK");
const result = aboutTime
  ? await time(await load(aboutTime, side), aboutTime.n, Number(runs))
  : aboutMemory && (await weigh(await load(aboutMemory, side), aboutMemory.n));
console.log(JSON.stringify(result));
process.exit(0);
