/** Every code block of the documentation runs, and prints what its comments say. */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type Block, blocks, id, kept, promises, root } from "../kit/blocks.ts";
import { printedAt } from "./record.ts";

const all = blocks().filter((block) => !block.flags.includes("no-run"));
const documents = [...new Set(all.map((block) => block.file))];

const load = (block: Block): Promise<unknown> => import(/* @vite-ignore */ `docs-block:${id(block)}`);

for (const file of documents) {
  describe(file, () => {
    for (const block of all) {
      if (block.file !== file || /\.test\.ts$/.test(block.path ?? "")) continue;
      it(`line ${block.line}`, () => (block.flags.includes("program") ? runAsProgram(block) : runHere(block)));
    }
  });
}

// A block that is a test file brings tests of its own.
for (const block of all) if (/\.test\.ts$/.test(block.path ?? "")) await load(block);

async function runHere(block: Block): Promise<void> {
  await load(block);
  for (const [line, promise] of promises(block.code)) {
    const check = (): void => {
      const printed = printedAt(id(block), line);
      if (!kept(promise, printed)) expect(printed.join(", then "), `line ${block.line + line}`).toBe(promise);
    };
    // What goroutines print after the block's own code has ended takes a moment.
    await vi.waitFor(check, { timeout: 20_000, interval: 5 });
  }
}

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "docs-"));
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(root, join(folder, "node_modules/millrace"));
  const imported = all.flatMap(({ code }) =>
    [...code.matchAll(/ from "([a-z][\w-]*)"/g)].map((found) => found[1] as string),
  );
  for (const name of new Set(imported)) {
    const installed = join(root, "node_modules", name);
    if (existsSync(installed)) symlinkSync(installed, join(folder, "node_modules", name));
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function runAsProgram(block: Block): Promise<void> {
  const own = join(folder, id(block).replaceAll(/[^\w]/g, "-"));
  const main = join(own, block.path ?? "main.ts");
  const files = all.filter((other) => other.file === block.file && other.path !== undefined && other !== block);
  for (const file of [{ ...block, path: block.path ?? "main.ts" }, ...files]) {
    const path = join(own, file.path as string);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, file.code);
  }
  writeFileSync(join(own, "package.json"), '{ "type": "module" }');
  const child = spawn(process.execPath, ["--import", "tsx", main], { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (output += text));
  await new Promise((resolve) => child.once("close", resolve));
  const lines = output.trimEnd().split("\n");
  if (block.output === undefined) {
    for (const promise of promises(block.code).values()) {
      for (const one of promise.split(/,? then /)) expect(lines, output).toContain(one);
    }
    expect(child.exitCode, output).toBe(0);
    return;
  }
  // Paths and stacks are cut to what a page can show: a line of "..." stands for any number of lines, "…" in one for any
  // letters.
  const expected = block.output.split("\n").map((line) => line.trimEnd());
  const printed = lines.map((line) => line.replaceAll(`${own}/`, ""));
  expect(matches(expected, printed), output).toBe(true);
}

/** Whether `lines` are the `expected` ones, where "..." stands for any lines. */
function matches(expected: readonly string[], lines: readonly string[]): boolean {
  const [first, ...rest] = expected;
  if (first === undefined) return lines.length === 0;
  if (first === "...") return matches(rest, lines) || (lines.length > 0 && matches(expected, lines.slice(1)));
  return fits(first, (lines[0] ?? "").trimEnd()) && matches(rest, lines.slice(1));
}

/** Whether `line` is the `expected` one, where "…" stands for any letters. */
function fits(expected: string, line: string): boolean {
  if (!expected.includes("…")) return expected === line;
  const parts = expected.split("…").map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(line);
}
