/** What `.ci/run` makes of the runner's reports: which files may run once more, and what counts. */
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

const clock = "test/inspector/feed.test.ts";
const property = "test/property/mixed.test.ts";

/** A report in which each file has so many tests that passed and that failed. */
function written(name: string, files: Readonly<Record<string, readonly [passed: number, failed: number]>>): string {
  const tests = (status: string, n: number): object[] => Array.from({ length: n }, () => ({ status }));
  const testResults = Object.entries(files).map(([file, [passed, failed]]) => ({
    name: join(root, file),
    status: failed > 0 || passed === 0 ? "failed" : "passed",
    assertionResults: [...tests("passed", passed), ...tests("failed", failed)],
  }));
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify({ testResults }));
  return path;
}

function report(...args: readonly string[]): [text: string, status: number | null] {
  const { stdout, status } = spawnSync(process.execPath, [join(root, ".ci/report.mjs"), ...args], {
    cwd: root,
    encoding: "utf8",
  });
  return [stdout, status];
}

test("what failed may run once more, unless a random property did or it is much", () => {
  const other = "test/unit/entries.test.ts";
  expect(report("again", written("a", { [clock]: [3, 1], [other]: [5, 0] }))).toEqual([`${clock}\n`, 0]);
  expect(report("again", written("b", { [clock]: [3, 1], [property]: [5, 1] }))).toEqual(["", 0]);
  const many = ["a", "b", "c", "d"].map((name) => [`test/${name}.test.ts`, [1, 1]] as const);
  expect(report("again", written("c", Object.fromEntries(many)))).toEqual(["", 0]);
});

test("a second run counts instead of the first", () => {
  const first = written("first", { [clock]: [3, 1], [property]: [5, 0] });
  expect(report("count", "1", first)).toEqual(["8 passed, 1 failed\n", 1]);
  expect(report("count", "0", first, written("second", { [clock]: [4, 0] }))).toEqual(["9 passed, 0 failed\n", 0]);
  expect(report("count", "1", first, written("worse", { [clock]: [2, 2] }))).toEqual(["7 passed, 2 failed\n", 1]);
});

test("a file that does not load, an unhandled error and a missing report are failures", () => {
  expect(report("count", "1", written("empty", { [clock]: [0, 0], [property]: [5, 0] }))).toEqual([
    "5 passed, 1 failed\n",
    1,
  ]);
  expect(report("count", "1", written("unhandled", { [clock]: [4, 0] }))).toEqual(["4 passed, 1 failed\n", 1]);
  expect(report("count", "0", join(folder, "missing"))).toEqual(["0 passed, 1 failed\n", 1]);
});
