/**
 * What one more thread takes, beside Piscina: the time until it runs something, and memory. `npx tsx bench/tables/thread.ts`
 * prints a table, which is part of `npm run bench`. Both sides are plain JavaScript, so that no loader is measured.
 */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { markdownTable } from "markdown-table";

interface Idle {
  readonly ms: number;
  readonly bytes: number;
}

const ROUNDS = 5;
const FILES = { millrace: "../millrace/idle.mjs", Piscina: "../peers/idle.mjs" };

const all: Record<keyof typeof FILES, Idle[]> = { millrace: [], Piscina: [] };
for (let round = 0; round < ROUNDS; round++) {
  for (const side of ["millrace", "Piscina"] as const) {
    const file = fileURLToPath(new URL(FILES[side], import.meta.url));
    all[side].push(JSON.parse(execFileSync(process.execPath, [file], { encoding: "utf8" })) as Idle);
  }
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] as number;

function row(what: string, pick: (idle: Idle) => number, unit: string): string[] {
  const ratios = all.millrace.map((mine, i) => pick(mine) / pick(all.Piscina[i] as Idle));
  const [mine, theirs] = [all.millrace, all.Piscina].map((side) => `${median(side.map(pick)).toFixed(1)} ${unit}`);
  return [what, mine as string, theirs as string, `${median(ratios).toFixed(2)} × Piscina`, "< 1 × Piscina"];
}

console.log(
  markdownTable(
    [
      ["", "millrace", "Piscina", "ratio", "target"],
      row("until it runs something", ({ ms }) => ms, "ms"),
      row("resident memory", ({ bytes }) => bytes / 2 ** 20, "MiB"),
    ],
    { align: ["l", "r", "r", "r", "l"] },
  ),
);
