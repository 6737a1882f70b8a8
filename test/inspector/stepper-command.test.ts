/** `millrace run --step`, as a process: held, stepped on and back, with the file's own variables as they were at first. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import type { Questions } from "../../src/inspector/protocol.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const PROGRAM = `
import { chan, go, main } from "millrace";
let starts: number = 0;
main(function* () {
  console.log("start", ++starts);
  const ch = chan<number>(1, { name: "ch" });
  go(function* sender() {
    yield* ch.send(42);
  });
  console.log("got", yield* ch.recv());
});
`;

let folder = "";
let child: ChildProcess | null = null;
/** What the last process has written there so far. */
let standardOutput = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "step-"));
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(root, join(folder, "node_modules/millrace"));
  for (const type of ["module", "commonjs"]) {
    mkdirSync(join(folder, type));
    writeFileSync(join(folder, type, "package.json"), JSON.stringify({ type }));
    writeFileSync(join(folder, type, "main.ts"), PROGRAM);
  }
  writeFileSync(join(folder, "module/none.ts"), "export {};\n");
});
afterEach(() => child?.kill());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Starts the command; gives its output up to a line that fits, or all of it. */
async function start(file: string, until: RegExp): Promise<string> {
  const process_ = spawn(process.execPath, [join(root, "dist/cli/main.js"), "run", "--step", file], { cwd: folder });
  child = process_;
  let output = "";
  standardOutput = "";
  process_.stdout.on("data", (text: string) => {
    standardOutput += text;
  });
  await new Promise<void>((resolve) => {
    for (const stream of [process_.stdout, process_.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
        if (until.test(output)) resolve();
      });
    }
    process_.once("close", () => resolve());
  });
  return output;
}

it.each(["module", "commonjs"])("steps through a file that is a %s", async (type) => {
  const output = await start(`${type}/main.ts`, /\(Ctrl-C ends it\)/);
  expect(output).toContain(
    `millrace run: ${type}/main.ts is held at its beginning; step through it at http://127.0.0.1:`,
  );
  expect(standardOutput).not.toContain("http:");
  const url = /http:\S+/.exec(output)?.[0] ?? "";
  const ask = async <Q extends keyof Questions>(
    question: Q,
    about: Questions[Q]["ask"],
  ): Promise<Questions[Q]["answer"]> => {
    const body = JSON.stringify({ question, about });
    const response = await fetch(`${url}ask`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    return (await response.json()) as Questions[Q]["answer"];
  };
  expect(await (await fetch(url)).text()).toContain("<title>Millrace inspector</title>");
  const began = await ask("stepper", {});
  expect(began).toMatchObject({ paused: true, step: 0, output: "" });
  expect(began?.choices.map(({ label }) => label)).toEqual(["1 main: starts"]);
  expect(await ask("step", {})).toMatchObject({ step: 1, output: "start 1\n" });
  expect(await ask("channels", { offset: 0, limit: 9 })).toMatchObject({ rows: [{ name: "ch", capacity: 1 }] });
  expect(await ask("back", {})).toMatchObject({ step: 0, output: "" });
  expect(await ask("step", {})).toMatchObject({ step: 1, output: "start 1\n" });
  for (let n = 0; n < 10 && (await ask("step", {}))?.ended === null; n++);
  expect(await ask("stepper", {})).toMatchObject({ ended: "", output: "start 1\ngot 42\n" });
});

it("says that a file without main can't be stepped", async () => {
  const output = await start("module/none.ts", /never/);
  expect(output).toBe(
    "millrace run --step: module/none.ts: it calls no main(), and only what main() runs can be stepped\n",
  );
  expect(child?.exitCode).toBe(2);
});
