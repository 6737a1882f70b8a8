/** The command line itself: help, version, and what it refuses. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { cli, node, program, root } from "../kit/child.ts";

const millrace = (...args: string[]) => node([cli, ...args]);

test("--version prints the package's", async () => {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
  expect(await millrace("--version")).toEqual({ code: 0, signal: null, stdout: `${version}\n`, stderr: "" });
});

test("--help names the commands, run --help its options", async () => {
  const help = await millrace("--help");
  expect(help).toMatchObject({ code: 0, stderr: "" });
  expect(help.stdout).toMatch(/^Usage: millrace /);
  expect(help.stdout).toContain("run [options] <file> [args...]");
  const run = await millrace("run", "--help");
  expect(run).toMatchObject({ code: 0, stderr: "" });
  expect(run.stdout).toContain("--seed <n>");
});

test("without a command it prints the help, as a mistake", async () => {
  const { code, stdout, stderr } = await millrace();
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(/^Usage: millrace /);
});

const TOO_LONG = `${"n".repeat(5000)}.ts`;

describe("what it refuses, with 2 and a message", () => {
  test.for([
    [["--nope"], "millrace: unknown option '--nope'\n"],
    [["bogus"], "millrace: unknown command 'bogus'\n"],
    [["run"], "millrace: missing required argument 'file'\n"],
    [["run", "--nope", program("recover.ts")], "millrace: unknown option '--nope'\n"],
    [["run", "--seed", program("recover.ts")], "millrace: option '--seed <n>' argument '"],
    [["run", "--seed", "1.5", program("recover.ts")], "argument '1.5' is invalid. Expected a whole number.\n"],
    [
      ["run", "--threads", "256", program("recover.ts")],
      "argument '256' is invalid. Expected a whole number from 1 to 255.\n",
    ],
    [["run", program("recover.ts"), "--trace"], "millrace: option '--trace <file>' argument missing\n"],
    [["run", program("recover.ts"), "--seed", "1", "--trace"], "millrace: option '--trace <file>' argument missing\n"],
    [
      ["run", "--step", "--trace", "out.json", program("recover.ts")],
      "millrace: option '--step' cannot be used with option '--trace <file>'\n",
    ],
    [
      ["run", program("recover.ts"), "--flight", "3s", "--step"],
      "millrace: option '--step' cannot be used with option '--flight <duration>'\n",
    ],
    [["run", "no/such/file.ts"], "millrace run: no/such/file.ts: no such file\n"],
    [["run", "src"], "millrace run: src: is a directory\n"],
    [["run", "/dev/null"], "millrace run: /dev/null: is not a file\n"],
    [["run", TOO_LONG], `millrace run: ${TOO_LONG}: name too long\n`],
    [["explore", TOO_LONG], `millrace explore: ${TOO_LONG}: name too long\n`],
    [["inspect", TOO_LONG], `millrace inspect: ${TOO_LONG}: name too long\n`],
  ] as const)("%j", async ([args, message]) => {
    const { code, stdout, stderr } = await millrace(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});
