/** `millrace run --trace` and `--flight`: what is written, when, and that the program runs as without them. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cli, type Ended, node, program, type Settings } from "../kit/child.ts";
import { Trace } from "../kit/trace.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "millrace-trace-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const millrace = (argv: readonly string[], settings: Settings = {}): Promise<Ended> =>
  node([cli, "run", ...argv], { cwd: folder, ...settings });

const FILE = program("trace.ts");
const read = (name: string): Trace => new Trace(readFileSync(join(folder, name), "utf8"));

test("--trace writes the whole program and says where", async () => {
  const ended = await millrace(["--trace", "whole.json", FILE, "end"]);
  expect(ended).toMatchObject({ code: 0, signal: null, stdout: "ready\n" });
  expect(ended.stderr).toMatch(
    /^millrace run: the trace is in whole\.json \(\d+ kB\); open it in https:\/\/ui\.perfetto\.dev\n$/,
  );
  const trace = read("whole.json");
  expect(trace.note).toBe("complete");
  expect(trace.arrows("chan")).toEqual(["worker → main results"]);
});

test("--trace has goroutines of other threads in the same file", async () => {
  const ended = await millrace(["--threads", "2", "--trace", "threads.json", program("elsewhere.ts")]);
  expect(ended).toMatchObject({ code: 0, stdout: "42\nready\n" });
  const trace = read("threads.json");
  expect(trace.spans("far")).toEqual(expect.arrayContaining(["running", expect.stringMatching(/^chan receive/)]));
  expect(trace.events.filter((each) => each.ph === "X" && (each.dur ?? 0) < 0)).toEqual([]);
});

test("a file that can't be written is said before the program starts", async () => {
  const ended = await millrace(["--trace", "no/such/folder/out.json", FILE, "end"]);
  expect(ended).toMatchObject({ code: 2, stdout: "" });
  expect(ended.stderr).toMatch(/^millrace run: can't write no\/such\/folder\/out\.json: ENOENT/);
});

test.runIf(process.platform === "linux")("a full disk ends the trace, not the program", async () => {
  const ended = await millrace(["--trace", "/dev/full", FILE, "end"]);
  expect(ended).toMatchObject({ code: 0, stdout: "ready\n" });
  expect(ended.stderr).toMatch(/^millrace run: can't write the trace: ENOSPC/);
});

test("--flight writes nothing when all goes well", async () => {
  const ended = await millrace(["--flight", "30s", FILE, "end"]);
  expect(ended).toEqual({ code: 0, signal: null, stdout: "ready\n", stderr: "" });
  expect(readdirSync(folder).filter((name) => name.includes("flight"))).toEqual([]);
});

test.each([
  ["panic", 2, "Error: something broke"],
  ["deadlock", 2, "DeadlockError: all goroutines are asleep - deadlock!"],
  ["leak", 2, "LeakError"],
])("--flight writes what led to a %s", async (how, code, end) => {
  const ended = await millrace(["--flight", "1.5s", "--trace", `${how}.json`, FILE, how]);
  expect(ended.code).toBe(code);
  expect(ended.stderr).toMatch(new RegExp(`what led to exit code ${code} is in ${how}\\.json`));
  const trace = read(`${how}.json`);
  expect(trace.instants("end").join()).toContain(end);
  expect(trace.arrows("chan")).toEqual(["worker → main results"]);
});

test.each([
  ["SIGTERM", { code: null, signal: "SIGTERM" }],
  ["SIGINT", { code: 130, signal: null }],
  ["SIGQUIT", { code: 2, signal: null }],
] as const)("--flight writes what led to %s, which does what it does without it", async (signal, end) => {
  const name = `${signal}.json`;
  const ended = await millrace(["--flight", "2m", "--trace", name, FILE, "wait"], {
    whenReady: (child) => child.kill(signal),
  });
  expect(ended).toMatchObject(end);
  expect(ended.stderr).toContain(`what led to ${signal} is in ${name}`);
  expect(read(name).spans("main").at(-1)).toBe("sleep");
});

test("--flight leaves a program alone that handles the signal", async () => {
  const ended = await millrace(["--flight", "2m", "--trace", "handled.json", FILE, "handle"], {
    whenReady: (child) => child.kill("SIGTERM"),
  });
  expect(ended).toMatchObject({ code: 0, signal: null, stdout: "ready\nhandled\n" });
  expect(read("handled.json").spans("main").at(-1)).toBe("chan receive signals");
});

test("--trace ends with the program that a signal ends", async () => {
  const ended = await millrace(["--trace", "killed.json", FILE, "wait"], {
    whenReady: (child) => child.kill("SIGTERM"),
  });
  expect(ended).toMatchObject({ code: null, signal: "SIGTERM" });
  expect(read("killed.json").note).toBe("complete");
});

test.each(["0s", "10", "ten seconds", "-5s", "5d"])("--flight %s is refused", async (text) => {
  const ended = await millrace(["--flight", text, FILE]);
  expect(ended.code).toBe(2);
  expect(ended.stderr).toContain("Expected a duration such as 500ms, 30s or 2m.");
});

test("--flight alone names the file after the process", async () => {
  writeFileSync(join(folder, "fails.mjs"), "process.exit(3);");
  const ended = await millrace(["--flight", "1s", "fails.mjs"]);
  expect(ended.code).toBe(3);
  const [name = ""] = readdirSync(folder).filter((each) => /^millrace-flight-\d+\.json$/.test(each));
  expect(ended.stderr).toContain(`what led to exit code 3 is in ${name}`);
  expect(read(name).events.length).toBeGreaterThan(0);
});
