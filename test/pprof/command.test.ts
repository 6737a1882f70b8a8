/** `millrace run --profile` and `--profile-out`: the tables, and profiles that Go's own tool reads. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { Profile as Pprof } from "pprof-format";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cli, type Ended, node, program } from "../kit/child.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "millrace-profile-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const FILE = program("convoy.ts");
const run = (...options: string[]): Promise<Ended> => node([cli, "run", ...options, FILE], { cwd: folder });
const hasGo = spawnSync("go", ["version"]).status === 0;

test("--profile says at the end where the time went, with the line", async () => {
  const ended = await run("--profile");
  expect(ended).toMatchObject({ code: 0, stdout: "done\n" });
  const lines = ended.stderr.split("\n");
  const row = (start: string): string => lines.find((line) => line.startsWith(start)) ?? "";
  expect(lines[0]).toMatch(/^profile of .+, busy \d+ %$/);
  // Twenty requests: the first finds the lock free, nineteen wait.
  expect(row("request ")).toMatch(/^request programs\/convoy\.ts:19 +20 +0 /);
  expect(row("sync.Mutex.Lock")).toMatch(/^sync\.Mutex\.Lock Mutex 1 "cache" +request programs\/convoy\.ts:8 +19 /);
  expect(row("Mutex 1")).toMatch(/^Mutex 1 "cache" +19 .* 20 .* request programs\/convoy\.ts:8 /);
  expect(row("answers")).toMatch(/^answers +0 +– +20 /);
});

test("a program that ends by a panic or a signal has its tables all the same", async () => {
  const panicked = await node([cli, "run", "--profile", FILE, "panic"], { cwd: folder });
  expect(panicked.code).toBe(2);
  expect(panicked.stderr).toContain("sync.Mutex.Lock Mutex 1");
  const ended = await node([cli, "run", "--profile", FILE, "signal"], { cwd: folder });
  expect(ended.signal).toBe("SIGTERM");
  expect(ended.stderr).toContain("sync.Mutex.Lock Mutex 1");
});

describe("--profile-out", () => {
  let out: string;
  beforeAll(async () => {
    out = join(folder, "profiles");
    const ended = await node([cli, "run", "--profile-out", "profiles", FILE, "signal"], { cwd: folder });
    expect(ended.stderr).toMatch(/^millrace run: the profiles are in profiles; go tool pprof /);
  });
  const read = (name: string): Pprof => Pprof.decode(gunzipSync(readFileSync(join(out, `${name}.pb.gz`))));

  test("writes Go's profiles", () => {
    expect(readdirSync(out).sort()).toEqual(["block.pb.gz", "cpu.pb.gz", "goroutine.pb.gz", "mutex.pb.gz"]);
    const goroutine = read("goroutine");
    expect(goroutine.sample.reduce((sum, { value }) => sum + Number(value[0]), 0)).toBe(21);
  });

  test("samples of the processor say which goroutine function they are of", () => {
    const { sample, stringTable } = read("cpu");
    const labels = sample.flatMap(({ label }) =>
      label.map(({ key, str }) => [key, str].map((at) => stringTable.strings[Number(at)])),
    );
    expect(labels).toContainEqual(["goroutine", "spin"]);
  });

  test.runIf(hasGo)("that go tool pprof opens", () => {
    const top = (name: string): string => {
      const { stdout, stderr } = spawnSync("go", ["tool", "pprof", "-top", "-lines", join(out, `${name}.pb.gz`)], {
        encoding: "utf8",
        timeout: 50_000,
      });
      expect(stderr).not.toMatch(/parsing|unrecognized/);
      return stdout;
    };
    expect(top("goroutine")).toMatch(/ 19 .*request .*convoy\.ts:8\n/);
    expect(top("mutex")).toMatch(/100% .*request .*convoy\.ts:8\n/);
    expect(top("block")).toContain("request ");
    expect(top("cpu")).toMatch(/spin .*convoy\.ts:\d+\n/);
  });

  test("a folder that can't be made is said before the program starts", async () => {
    const ended = await run("--profile-out", "/dev/null/profiles");
    expect(ended).toMatchObject({ code: 2, stdout: "" });
    expect(ended.stderr).toMatch(/^millrace run: can't make \/dev\/null\/profiles: /);
  });
});
if (!hasGo) console.warn("No Go found: what go tool pprof says of the profiles is left out.");
