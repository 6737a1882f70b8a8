/**
 * Reads the test runner's JSON reports.
 *
 * `again REPORT` prints the test files that may be run once more; `count STATUS REPORT [SECOND]` prints `N passed, N failed`,
 * where the files in SECOND count as they are there, and fails if any test failed or the runner's exit STATUS says so.
 */
import { existsSync, readFileSync } from "node:fs";
import { relative } from "node:path";

/** If more files fail than this, it is not the machine's speed. */
const MOST = 3;

const [command, ...args] = process.argv.slice(2);

function read(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8")).testResults;
  } catch (error) {
    console.error(`no test report: ${error.message}`);
    return [];
  }
}

const having = (status, { assertionResults }) => assertionResults.filter((test) => test.status === status).length;

// A file that fails to load has no tests, and counts as a failure itself.
const failures = (file) => having("failed", file) || (file.status === "failed" ? 1 : 0);

/** A random property that failed once has found something, which a second run would only hide. */
const isRandom = ({ name }) => readFileSync(name, "utf8").includes("fast-check");

function again(path) {
  const failed = read(path).filter((file) => failures(file) > 0);
  if (failed.length > MOST || failed.some(isRandom)) return;
  for (const { name } of failed) console.log(relative(process.cwd(), name));
}

function count(status, first, second) {
  const repeated = existsSync(second ?? "") ? read(second) : [];
  const names = new Set(repeated.map(({ name }) => name));
  const files = [...read(first).filter(({ name }) => !names.has(name)), ...repeated];
  const passed = files.reduce((sum, file) => sum + having("passed", file), 0);
  let failed = files.reduce((sum, file) => sum + failures(file), 0);
  if (failed === 0 && (status !== "0" || passed === 0)) failed = 1; // an unhandled error fails the run and no test
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

if (command === "again") again(args[0]);
else count(...args);
