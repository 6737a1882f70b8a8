/** The command line: whatever stands on it, it is understood or refused, with exit code 2 and a reason. */
import fc from "fast-check";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { type Actions, command } from "../../src/cli/command.ts";
import { damaged, fuzz, unpolluted } from "./kit.ts";

const written: string[] = [];
beforeAll(() => {
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, "write").mockImplementation((text) => written.push(String(text)) > 0);
  }
});
afterAll(() => vi.restoreAllMocks());

const word = fc.oneof(
  fc.constantFrom(
    "run",
    "explore",
    "inspect",
    "tour",
    "--port",
    "--step",
    "help",
    "--",
    "-",
    "main.ts",
    "--help",
    "-h",
    "-v",
    "--version",
    "",
  ),
  fc.constantFrom("--seed", "--threads", "--trace", "--flight", "--inspect", "--inspect-wait", "--inspect-port"),
  fc.constantFrom("--export", "--strategy", "--runs", "--max-steps", "--depth", "--timers", "--no-leaks", "--replay"),
  fc.constantFrom(
    "1",
    "-1",
    "0",
    "1.5",
    "1e3",
    "99999999999999999999",
    "NaN",
    "65536",
    "30s",
    "2m",
    "5",
    "-5s",
    "any",
    "pct",
  ),
  damaged(fc.constantFrom("--inspect=9229", "--seed=7", "--flight=30s", "--strategy=random", "--threads=2")),
  fc.string({ unit: "binary", maxLength: 12 }),
);
const line = fc
  .tuple(fc.constantFrom("run", "explore", "inspect", "tour"), fc.array(word, { maxLength: 8 }))
  .map(([first, rest]) => [first, ...rest]);

/** A command line as people write it: our options before the file and behind it, then what is the program's. */
const option = fc.constantFrom(
  ["--seed", "1"],
  ["--threads=2"],
  ["--inspect"],
  ["--trace", "t.json"],
  ["--flight", "3s"],
);
const options = fc.array(option, { maxLength: 2 }).map((all) => all.flat());
const some = (...words: string[]) => fc.subarray(words);
const sensible = fc
  .tuple(
    options,
    some("--"),
    options,
    some("--"),
    fc.array(
      fc.oneof(
        option.map(([first]) => first as string),
        word,
      ),
    ),
  )
  .map(([before, ends, behind, then, rest]) => ["run", ...before, ...ends, "main.ts", ...behind, ...then, ...rest]);

const whole = (value: unknown): boolean => value === undefined || Number.isSafeInteger(value);
const positive = (value: unknown): boolean => whole(value) && (value === undefined || (value as number) >= 1);

/** Checks that what the actions get is what their types promise. */
function actions(called: string[], args: readonly string[]): Actions {
  return {
    async run(file, rest, { seed, threads, trace, flight, inspect }) {
      called.push("run");
      expect(args).toContain(file);
      expect(args.slice(args.length - rest.length)).toEqual(rest); // a program gets its own arguments, untouched
      expect(whole(seed) && positive(threads)).toBe(true);
      expect(trace === undefined || typeof trace === "string").toBe(true);
      expect(flight === undefined || (flight > 0 && Number.isFinite(flight))).toBe(true);
      expect(inspect === undefined || (whole(inspect) && inspect >= 0 && inspect <= 65_535)).toBe(true);
    },
    async inspect(file, { port }) {
      called.push("inspect");
      expect(args).toContain(file);
      expect(whole(port) && port >= 0 && port <= 65_535).toBe(true);
    },
    async worker(files, { concurrency, threads, lease, drain, health }) {
      called.push("worker");
      for (const file of files) expect(args).toContain(file);
      expect(positive(concurrency) && positive(threads) && drain >= 0).toBe(true);
      expect(lease === undefined || lease > 0).toBe(true);
      expect(health === undefined || (whole(health.port) && health.port <= 65_535)).toBe(true);
    },
    async tour(port) {
      called.push("tour");
      expect(whole(port) && port >= 0 && port <= 65_535).toBe(true);
    },
    async explore(file, { seed, runs, maxSteps, depth, strategy, timers }) {
      called.push("explore");
      expect(args).toContain(file);
      expect(whole(seed) && positive(runs) && positive(maxSteps) && positive(depth)).toBe(true);
      expect(["exhaustive", "random", "pct"]).toContain(strategy);
      expect(["idle", "any"]).toContain(timers);
    },
  };
}

fuzz("any command line", fc.oneof(line, sensible, fc.array(word, { maxLength: 6 })), async (args) => {
  const called: string[] = [];
  written.length = 0;
  const code = await command(args, actions(called, args));
  if (code === undefined) expect(called).toHaveLength(1);
  else {
    expect(called).toEqual([]);
    expect([0, 2]).toContain(code);
    expect(written.join("")).not.toBe("");
  }
  unpolluted();
});

it.each(["-", "-1", "-.5"])("behind a file that is called %s all is the program's", async (file) => {
  const called: string[] = [];
  expect(
    await command(["run", file, "x", "--inspect=9229"], actions(called, ["run", file, "x", "--inspect=9229"])),
  ).toBe(undefined);
  expect(called).toEqual(["run"]);
});
