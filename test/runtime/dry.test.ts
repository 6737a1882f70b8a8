/** A deadlock is reported only of a run that is in one: not of a newer run that waits for the end of an older. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

test("a run that waits for a deadlocked one, which began before it, is told and goes on", {
  timeout: 60_000,
}, async () => {
  const path = fileURLToPath(new URL("programs/older-run.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", path]);
  expect(stdout).toBe("wait: DeadlockError\nawait: DeadlockError\nselect: DeadlockError\n");
});
