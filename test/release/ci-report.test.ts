/** What `.ci/run` makes of the runner's report: what counts as passed and as failed. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { root } from "../kit/child.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "ci-report-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const slow = "test/inspector/page.test.ts";
const quick = "test/property/mixed.test.ts";

/** A report in which each file has so many tests that passed and that failed. The first took longest. */
function written(files: Readonly<Record<string, readonly [passed: number, failed: number]>>): string {
  const tests = (status: string, n: number): object[] => Array.from({ length: n }, () => ({ status }));
  const testResults = Object.entries(files).map(([file, [passed, failed]], i) => ({
    name: join(root, file),
    status: failed > 0 || passed === 0 ? "failed" : "passed",
    startTime: i * 1000,
    endTime: 2500,
    assertionResults: [...tests("passed", passed), ...tests("failed", failed)],
  }));
  const path = join(folder, "report.json");
  writeFileSync(path, JSON.stringify({ testResults }));
  return path;
}

/** What is printed last for a report and the runner's exit code, and before, and the exit code. */
function report(runner: number, path: string): { last: string | undefined; before: string[]; status: number | null } {
  const { stdout, status } = spawnSync(process.execPath, [join(root, ".ci/report.mjs"), `${runner}`, path], {
    cwd: root,
    encoding: "utf8",
  });
  const lines = stdout.trimEnd().split("\n");
  return { last: lines.at(-1), before: lines.slice(0, -1), status };
}

test("every test counts once, and the slowest files are named", () => {
  const before = [`   2.5 s  ${slow}`, `   1.5 s  ${quick}`];
  const passed = report(0, written({ [slow]: [3, 0], [quick]: [5, 0] }));
  expect(passed).toEqual({ last: "8 passed, 0 failed", before, status: 0 });
});

test("what failed once has failed", () => {
  expect(report(1, written({ [slow]: [3, 1], [quick]: [5, 0] }))).toMatchObject({
    last: "8 passed, 1 failed",
    status: 1,
  });
});

test("a file that does not load, an unhandled error and a missing report are failures", () => {
  expect(report(1, written({ [slow]: [0, 0], [quick]: [5, 0] }))).toMatchObject({
    last: "5 passed, 1 failed",
    status: 1,
  });
  expect(report(1, written({ [slow]: [4, 0] }))).toMatchObject({ last: "4 passed, 1 failed", status: 1 });
  expect(report(0, join(folder, "missing"))).toMatchObject({ last: "0 passed, 1 failed", status: 1 });
});
