/**
 * Everything goes wrong, again and again, at steady memory. Ends with what was done, and with exit code 1 and the reason where
 * something was not as it should be. Run by `run.ts`.
 */
import { runtime } from "millrace";
import { away, here, type Scenario } from "./scenarios.ts";

const [, , minutes, seed] = process.argv.map(Number);
let state = seed as number;

/** A number from 0 to 1, of the seed. */
function chance(): number {
  state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
  return state / 2 ** 31;
}

const done = new Map<string, number>();
async function perform([name, scenario]: [string, Scenario]): Promise<void> {
  await scenario(chance);
  done.set(name, (done.get(name) ?? 0) + 1);
}

interface Memory {
  readonly heap: number;
  readonly rss: number;
}
function memory(): Memory {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  return { heap: heapUsed / 1e6, rss: rss / 1e6 };
}

const others = Object.entries(away);
/** More than this, in megabytes, is growth. */
const MOST: Memory = { heap: 10, rss: 150 };
const start = performance.now();
const end = start + 60_000 * (minutes as number);
const warm = start + Math.min(30_000, 15_000 * (minutes as number));
let first: Memory | undefined;
let last = memory();
let rounds = 0;
try {
  for (let round = 1; performance.now() < end; round++) {
    for (const each of Object.entries(here)) await perform(each);
    if (round % 25 === 0) await perform(others[rounds++ % others.length] as [string, Scenario]);
    if (round % 20 !== 0) continue;
    await new Promise((resolve) => setImmediate(resolve));
    if (runtime.numGoroutine() !== 0) throw new Error(`${runtime.numGoroutine()} goroutines are left`);
    last = memory();
    // What each scenario loads, and keeps for good, is no growth.
    if (first === undefined && performance.now() > warm && rounds >= 3 * others.length) first = last;
    if (first === undefined) continue;
    if (last.heap > first.heap + MOST.heap) throw new Error(`the heap grew from ${first.heap} to ${last.heap} MB`);
    if (last.rss > first.rss + MOST.rss) throw new Error(`the process grew from ${first.rss} to ${last.rss} MB`);
  }
} catch (error) {
  console.error(error);
  process.exitCode = 1;
}
if (first === undefined) console.log("too short to say whether memory is steady");
for (const [name, times] of done) console.log(`${String(times).padStart(8)} × ${name}`);
console.log(
  `heap ${first?.heap.toFixed(1)} → ${last.heap.toFixed(1)} MB, process ${first?.rss.toFixed(0)} → ${last.rss.toFixed(0)} MB`,
);
console.log(process.exitCode === 1 ? "soak: failed" : "soak: passed");
