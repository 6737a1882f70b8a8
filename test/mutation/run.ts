/**
 * `npm run mutation`: injects each fault of `faults.ts` into a copy of the sources, one at a time, and runs the test that is
 * to catch it there. Prints the table, and fails when a fault survives.
 *
 *     npm run mutation                 all faults
 *     npm run mutation -- select       those whose name or file contains a word
 */
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { markdownTable } from "markdown-table";
import { apply, type Fault } from "./fault.ts";
import { faults } from "./faults.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
/** A test that a fault keeps from ending has caught it: it runs this many times as long as without, and at least LEAST. */
const PATIENCE = 4;
const LEAST = 20_000;
/** How long it may take without a fault. */
const MOST = 120_000;

interface Report {
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly title: string;
    }[];
  }[];
}

/** What became of a run of tests: the one that failed, null when all passed. */
type Verdict = { readonly failed: string | null; readonly ran: number };

/** A copy of the project that faults are injected into. */
class Copy {
  readonly folder: string = mkdtempSync(join(tmpdir(), "mutation-"));

  constructor() {
    for (const name of ["src", "test", "examples", "package.json", "tsconfig.json", "vitest.config.ts"]) {
      cpSync(join(root, name), join(this.folder, name), { recursive: true });
    }
    symlinkSync(join(root, "node_modules"), join(this.folder, "node_modules"));
  }

  async check({ test, title }: Pick<Fault, "test" | "title">, limit: number): Promise<Verdict> {
    const output = join(this.folder, "report.json");
    rmSync(output, { force: true });
    const args = ["run", "--project", "node", "--bail", "1", "--reporter", "json", "--outputFile", output];
    const named = `${title.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`;
    const vitest = join(this.folder, "node_modules/vitest/vitest.mjs");
    const child = spawn(process.execPath, [vitest, ...args, "--testTimeout", "10000", "-t", named, test], {
      cwd: this.folder,
      stdio: "ignore",
      detached: true, // a group of its own, so that workers that hang end with it
    });
    let hung = false;
    const alarm = setTimeout(() => {
      hung = true;
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    }, limit);
    await new Promise((done) => child.once("close", done));
    clearTimeout(alarm);
    if (hung) return { failed: `${title} (never ends)`, ran: 1 };
    return verdict(output, child.exitCode);
  }

  async inject(fault: Fault, limit: number): Promise<Verdict> {
    const file = join(this.folder, fault.file);
    const source = readFileSync(file, "utf8");
    writeFileSync(file, apply(fault, source));
    try {
      return await this.check(fault, limit);
    } finally {
      writeFileSync(file, source);
    }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function verdict(output: string, exitCode: number | null): Verdict {
  let report: Report;
  try {
    report = JSON.parse(readFileSync(output, "utf8")) as Report;
  } catch {
    return { failed: "(the tests did not run)", ran: 0 };
  }
  const all = report.testResults.flatMap((file) => file.assertionResults);
  const ran = all.filter(({ status }) => status === "passed" || status === "failed");
  const failed = ran.find(({ status }) => status === "failed")?.fullName.trim();
  if (failed !== undefined) return { failed, ran: ran.length };
  return { failed: exitCode === 0 ? null : "(an error outside of the tests)", ran: ran.length };
}

const words = process.argv.slice(2);
const chosen = faults.filter(({ name, file }) => words.every((word) => name.includes(word) || file.includes(word)));
const copies = Array.from({ length: Math.min(2, availableParallelism()) }, () => new Copy());
const start = performance.now();
const problems: string[] = [];

/** Calls `task` with each item, on as many copies as there are. */
async function each<T>(items: readonly T[], task: (copy: Copy, item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  await Promise.all(
    copies.map(async (copy) => {
      for (const item of queue) await task(copy, item);
    }),
  );
}

// Without a fault each of the tests passes, or it proves nothing: the faults of one that fails stay out.
const took = new Map<string, number>();
const tests = [...new Map(chosen.map(({ test, title }) => [`${test} ${title}`, { test, title }])).values()];
await each(tests, async (copy, test) => {
  const began = performance.now();
  const { failed, ran } = await copy.check(test, MOST);
  if (ran === 0) problems.push(`${test.test}: no test is called "${test.title}"`);
  else if (failed !== null) problems.push(`${test.test}: fails without a fault: ${failed}`);
  else took.set(`${test.test} ${test.title}`, performance.now() - began);
});

const rows = new Map<Fault, Verdict>();
await each(chosen, async (copy, fault) => {
  const without = took.get(`${fault.test} ${fault.title}`);
  if (without === undefined) return;
  const found = await copy.inject(fault, Math.max(LEAST, PATIENCE * without));
  rows.set(fault, found);
  if (process.stderr.isTTY) process.stderr.write(`\r${rows.size} of ${chosen.length} `);
  if (found.failed === null) problems.push(`survived: ${fault.name} (${fault.file})`);
});
for (const copy of copies) copy.remove();

if (process.stderr.isTTY) process.stderr.write("\r");
const table = chosen
  .filter((fault) => rows.has(fault))
  .map((fault) => [fault.name, fault.file, rows.get(fault)?.failed ?? "SURVIVED"]);
console.log(markdownTable([["fault", "file", "caught by"], ...table]));
for (const problem of problems) console.log(problem);
const caught = table.filter((row) => row[2] !== "SURVIVED").length;
console.log(`\n${caught} of ${chosen.length} caught in ${Math.round((performance.now() - start) / 1000)} s`);
process.exitCode = problems.length === 0 && chosen.length > 0 ? 0 : 1;
