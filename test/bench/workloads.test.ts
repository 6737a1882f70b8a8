/**
 * Every program of bench/ that needs no package still works, at a small size; each checks its own result. The command
 * itself, with threads and Go, runs once as a process.
 */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import type { Program, Programs } from "../../bench/program.ts";
import { sides } from "../../bench/sides.ts";
import { tables, timed, weighed } from "../../bench/workloads.ts";

const workloads = [...timed.flatMap((group) => group.workloads), ...weighed.workloads];
const inThisThread = workloads.filter((workload) => !("threads" in workload));

/** What every program divides it by is in it. */
const N = 2000;

/** Runs it, and says how often it looked at the memory. */
async function looks(program: Program, n: number): Promise<string[]> {
  const seen: string[] = [];
  await program(n, { empty: () => seen.push("empty"), full: () => seen.push("full") });
  return seen;
}

const sizeOf = (name: string): number => (name === "sieve" ? 100 : N);

describe.each(inThisThread)("$name", (workload) => {
  const expected = weighed.workloads.some(({ name }) => name === workload.name) ? ["empty", "full"] : [];

  it.each(workload.variants)("Millrace, $name", async ({ load }) => {
    expect(await looks(await load(), sizeOf(workload.name))).toEqual(expected);
  });

  const program = workload.program ?? (workload.name as keyof Programs);
  const byHand = sides.filter(({ kind, programs }) => ["hand", "host"].includes(kind) && programs.includes(program));
  if (byHand.length === 0) return;
  it.each(byHand)("$name", async ({ file }) => {
    const { default: programs } = (await import(/* @vite-ignore */ `../../bench/${file}`)) as { default: Programs };
    expect(await looks(programs[program] as Program, sizeOf(workload.name))).toEqual(expected);
  });
});

it("names each workload and each side once", () => {
  const names = [...workloads, ...tables].map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(new Set(sides.map(({ name }) => name)).size).toBe(sides.length);
});

it("every program of a side belongs to a workload", () => {
  const asked = new Set<string>(workloads.map(({ name, program }) => program ?? name));
  expect(sides.flatMap(({ programs }) => programs).filter((name) => !asked.has(name))).toEqual([]);
});

it("the command measures threads", async () => {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const chosen = ["fib", "tasks", "round-trip"].flatMap((name) => ["--only", name]);
  const args = ["--import", "tsx", "bench/run.ts", "--quick", "--peers", "none", ...chosen];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root });
  for (const row of [
    "| **millrace**, 2 threads ",
    "| **millrace**, not joined ",
    "| **millrace**, sharedChan ",
    "| postMessage ",
  ])
    expect(stdout).toContain(row);
  expect(stdout).not.toContain("fails");
}, 120_000);

it("the table of Nodes has each that is here, as it is and compiled", async () => {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const args = ["--import", "tsx", "bench/tables/nodes.ts", "0", "mutex"];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root });
  const [head, , row, ...more] = stdout
    .trim()
    .split("\n")
    .map((line) => line.split("|").slice(1, -1));
  const version = process.versions.node.split(".")[0];
  expect(head?.map((cell) => cell.trim())).toEqual(expect.arrayContaining([`Node ${version}`, "compiled"]));
  expect(row?.[0]).toContain("mutex, ns");
  expect(more).toEqual([]);
  for (const cell of row?.slice(2) ?? []) expect(cell).toMatch(/^\s*\d[\d.e+]*( \([\d.]+\))?\s*$/);
}, 120_000);
