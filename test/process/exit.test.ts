/** How a program ends when main returns, and what it does not wait for. */
import { spawn } from "node:child_process";
import { describe, expect, test } from "vitest";
import { cli, millrace, program } from "../kit/child.ts";

test("main returns: everything else stops where it stands, and the process ends at once", async () => {
  const ended = await millrace("main-returns.ts");
  expect(ended).toEqual({ code: 0, signal: null, stdout: "main returns\n", stderr: "" });
});

describe("the exit code", () => {
  test.for([
    ["", 3],
    ["exit", 5],
    ["panic", 2],
  ] as const)("%s is %i", async ([how, code]) => {
    expect(await millrace("exit-code.ts", [how])).toMatchObject({ code, signal: null });
  });
});

describe("output to a slow reader is complete", () => {
  /** Reads nothing for a while, so that the pipe is full when main returns. */
  function slowly(args: readonly string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
    const child = spawn(process.execPath, [cli, "run", program("drain.ts"), ...args], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    const read = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const) {
      setTimeout(() => child[name].setEncoding("latin1").on("data", (chunk: string) => (read[name] += chunk)), 1500);
    }
    return new Promise((resolve) => child.on("close", (code) => resolve({ code, ...read })));
  }

  test("when main returns", async () => {
    const { code, stdout, stderr } = await slowly([]);
    expect({ code, length: stdout.length, end: stdout.slice(-5), stderr }).toEqual({
      code: 0,
      length: 8_000_005,
      end: "last\n",
      stderr: "",
    });
  });

  test("when it panics", async () => {
    const { code, stdout, stderr } = await slowly(["panic"]);
    expect({ code, length: stdout.length, end: stdout.slice(-5) }).toEqual({
      code: 2,
      length: 8_000_005,
      end: "last\n",
    });
    expect(stderr.length).toBeGreaterThan(2_000_000);
    expect(stderr).toMatch(/goroutine 1 \[running\]:\nmain\(\)\n\t.*drain\.ts:8:\d+\n$/);
  });

  test("a reader that goes away ends the program, as SIGPIPE would, without a word", async () => {
    const child = spawn(process.execPath, [cli, "run", program("pipe.ts")], { stdio: ["ignore", "pipe", "pipe"] });
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
    child.stdout.once("data", () => child.stdout.destroy());
    const code = await new Promise((resolve) => child.on("close", resolve));
    expect({ code, stderr }).toEqual({ code: 141, stderr: "" });
  });
});
