/**
 * Reads the test runner's JSON report. `report.mjs STATUS REPORT` prints the files that took longest and `N passed, N failed`, and
 * fails if any test failed or the runner's exit STATUS says so.
 */
import { readFileSync } from "node:fs";
import { relative } from "node:path";

/** How many of the slowest files are named. */
const SLOWEST = 10;

const [status, path] = process.argv.slice(2);

function read() {
  try {
    return JSON.parse(readFileSync(path, "utf8")).testResults;
  } catch (error) {
    console.error(`no test report: ${error.message}`);
    return [];
  }
}

const files = read();
const seconds = ({ startTime, endTime }) => (endTime - startTime) / 1000;
for (const file of files.toSorted((a, b) => seconds(b) - seconds(a)).slice(0, SLOWEST)) {
  console.log(`${seconds(file).toFixed(1).padStart(6)} s  ${relative(process.cwd(), file.name)}`);
}

const having = (status) =>
  files.flatMap(({ assertionResults }) => assertionResults).filter((test) => test.status === status).length;
const passed = having("passed");
// A file that fails to load has no tests, and counts as a failure itself.
let failed =
  having("failed") + files.filter((file) => file.status === "failed" && file.assertionResults.length === 0).length;
if (failed === 0 && (status !== "0" || passed === 0)) failed = 1; // an unhandled error fails the run and no test
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
