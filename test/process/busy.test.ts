/** Signals to a program that does not come back to its event loop: it ends all the same, and says where it stood. */
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cli, type Ended, javaScript, node, program, type Settings, withSource } from "../kit/child.ts";
import { Trace } from "../kit/trace.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "millrace-busy-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Sends it again and again: the watchdog of `main` may still be about to start. */
const sends = (signal: NodeJS.Signals): Settings => ({
  whenReady(child) {
    const again = setInterval(() => child.kill(signal), 100);
    child.on("exit", () => clearInterval(again));
  },
});

/** Runs `node ...argv busy.ts where listens`, with places in stacks as lines of the source. */
async function busy(argv: readonly string[], args: readonly string[], settings: Settings): Promise<Ended> {
  const ended = await node([...argv, program("busy.ts"), ...args], { cwd: folder, ...settings });
  return { ...ended, stderr: withSource(ended.stderr) };
}

const RUN = [cli, "run"];
/** Where the loop is, as a stack. */
const LOOP = 'spin()\n\tbusy: for (;;);\nmain()\n\tbusy: if (where === "goroutine") spin();\n';
const unheard = (signal: string): string =>
  `millrace: ${signal} has waited 1 s for goroutine 1 (main), which does not yield:\n${LOOP}`;

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const)("%s under --trace ends the program with %i and closes the trace", async (signal, code) => {
  const name = `${signal}.json`;
  const ended = await busy([...RUN, "--trace", name], ["goroutine"], sends(signal));
  expect(ended).toMatchObject({ code, signal: null, stdout: "ready\n" });
  expect(ended.stderr).toContain(unheard(signal));
  expect(ended.stderr).toContain(`the trace is in ${name}`);
  expect(ended.stderr).not.toContain("debugger"); // which the host says it waits for
  expect(new Trace(readFileSync(join(folder, name), "utf8")).note).toBe("complete");
});

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)("%s under --flight writes what led to it", async (signal, code) => {
  const name = `flight-${signal}.json`;
  const ended = await busy([...RUN, "--flight", "1m", "--trace", name], ["goroutine"], sends(signal));
  expect(ended).toMatchObject({ code, signal: null });
  expect(ended.stderr).toContain(unheard(signal));
  expect(ended.stderr).toContain(`what led to ${signal} is in ${name}`);
  expect(new Trace(readFileSync(join(folder, name), "utf8")).spans("main").at(-1)).toBe("running");
});

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)("%s under --inspect", async (signal, code) => {
  const ended = await busy([...RUN, "--inspect"], ["goroutine"], sends(signal));
  expect(ended).toMatchObject({ code, signal: null });
  expect(ended.stderr).toContain(unheard(signal));
});

test("SIGINT ends main", async () => {
  const ended = await busy(RUN, ["goroutine"], sends("SIGINT"));
  expect(ended).toEqual({ code: 130, signal: null, stdout: "ready\n", stderr: `${unheard("SIGINT")}\n` });
});

test.each(["esm", "cjs"] as const)("SIGINT ends main without the command around it: %s", async (format) => {
  const file = await javaScript("busy", folder, format);
  const ended = await node([file, "goroutine"], sends("SIGINT"));
  expect(ended).toMatchObject({ code: 130, signal: null });
  expect(withSource(ended.stderr)).toMatch(/which does not yield:\nspin\(\)\n\tbusy: for \(; ; \) ;\nmain\(\)/);
});

test("SIGTERM is the host's where only main listens", async () => {
  const ended = await busy(RUN, ["goroutine"], sends("SIGTERM"));
  expect(ended).toEqual({ code: null, signal: "SIGTERM", stdout: "ready\n", stderr: "" });
});

test("SIGQUIT prints every goroutine, the busy one too", async () => {
  const ended = await busy(RUN, ["goroutine"], sends("SIGQUIT"));
  expect(ended).toMatchObject({ code: 2, signal: null });
  expect(ended.stderr).toContain(`${unheard("SIGQUIT")}\nSIGQUIT: quit\n\ngoroutine 1 [running]:\n${LOOP}`);
  expect(ended.stderr).toMatch(/\n\ngoroutine 2 \[sleep\]:\nwaiter\(\)\n\tbusy: yield\* sleep\(3_600_000\);\n/);
});

test.each([
  ["timer", "the main thread", "spin()\n\tbusy: for (;;);\n"],
  ["wait", "goroutine 1 (main)", "main()\n\tbusy: Atomics.wait("],
  // Between two microtasks there is no frame.
  ["microtasks", "the main thread", ""],
])("a busy %s", async (where, who, stack) => {
  const ended = await busy(RUN, [where], sends("SIGINT"));
  expect(ended).toMatchObject({ code: 130, signal: null });
  expect(ended.stderr).toContain(`SIGINT has waited 1 s for ${who}, which does not yield:\n${stack}`);
});

/** Sends `first`, and once it is said where the program stands, `second`. */
const sendsBoth = (first: NodeJS.Signals, second: NodeJS.Signals): Settings => ({
  whenReady(child: ChildProcess) {
    child.kill(first);
    child.stderr?.once("data", () => child.kill(second));
  },
});

test("a context has the first signal to itself, and the second one ends the process", async () => {
  const ended = await busy(
    [...RUN, "--trace", "context.json"],
    ["goroutine", "context"],
    sendsBoth("SIGTERM", "SIGTERM"),
  );
  expect(ended).toMatchObject({ code: 143, signal: null });
  const [first, second] = ended.stderr.split(/(?<=\n\n)/);
  expect(first).toContain(`which does not yield; the next SIGTERM ends the process:\n${LOOP}`);
  expect(second).toBe(`${unheard("SIGTERM")}\n`);
  expect(ended.stderr).toContain("the trace is in context.json");
});

test("a listener of the program's keeps a signal, as in any program, and the place is said", async () => {
  const ended = await busy([...RUN, "--trace", "kept.json"], ["goroutine", "program"], sendsBoth("SIGTERM", "SIGKILL"));
  expect(ended).toMatchObject({ code: null, signal: "SIGKILL", stderr: `${unheard("SIGTERM")}\n` });
});
