/**
 * How late sleepers wake, beside setTimeout and Go: part of `npm run bench`, or `npx tsx bench/tables/lateness.ts [SLEEPERS]
 * [ROUNDS]`.
 *
 * Each sleeps 1 to 20 ms, again and again. The figures are milliseconds after the moment asked for; a negative one would be
 * too early, which `sleep` never is.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { markdownTable } from "markdown-table";
import { go, type Op, run } from "millrace";
import { sleep } from "millrace/time";

const [sleepers = 100, rounds = 50] = process.argv.slice(2).map(Number);

/** How long the k-th sleeper sleeps in its i-th round. */
const span = (k: number, i: number): number => 1 + ((k * 7 + i * 13) % 20);

async function millrace(rounds: number): Promise<number[]> {
  const late: number[] = [];
  await run(function* () {
    const all = Array.from({ length: sleepers }, (_, k) =>
      go(function* () {
        for (let i = 0; i < rounds; i++) {
          const start = performance.now();
          yield* sleep(span(k, i));
          late.push(performance.now() - start - span(k, i));
        }
      }),
    );
    for (const each of all) yield* each.join() as Op<unknown>;
  });
  return late;
}

async function host(rounds: number): Promise<number[]> {
  const late: number[] = [];
  const sleeper = async (k: number): Promise<void> => {
    for (let i = 0; i < rounds; i++) {
      const start = performance.now();
      await new Promise((resolve) => setTimeout(resolve, span(k, i)));
      late.push(performance.now() - start - span(k, i));
    }
  };
  await Promise.all(Array.from({ length: sleepers }, (_, k) => sleeper(k)));
  return late;
}

function inGo(): number[] | undefined {
  const folder = mkdtempSync(join(tmpdir(), "lateness-"));
  try {
    const cwd = fileURLToPath(new URL("../go", import.meta.url));
    execFileSync("go", ["build", "-o", join(folder, "lateness"), "./lateness"], { cwd });
    const env = { ...process.env, GOMAXPROCS: "1" };
    const args = [String(sleepers), String(rounds)];
    return JSON.parse(execFileSync(join(folder, "lateness"), args, { env, encoding: "utf8" })) as number[];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function row(name: string, late: number[] | undefined): string[] {
  if (late === undefined) return [name, "–", "–", "–"];
  late.sort((a, b) => a - b);
  const at = (share: number): string =>
    (late[Math.min(late.length - 1, Math.floor(late.length * share))] ?? 0).toFixed(2);
  return [name, at(0), at(0.5), at(0.99)];
}

// What is slow the first time is the engine's.
await millrace(5);
await host(5);
const rows = [row("sleep", await millrace(rounds)), row("setTimeout", await host(rounds)), row("Go", inGo())];
console.log(`${sleepers} sleepers, ${rounds} times each; milliseconds late\n`);
console.log(markdownTable([["", "least", "p50", "p99"], ...rows], { align: ["l", "r", "r", "r"] }));
