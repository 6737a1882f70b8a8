/** `leaks` as a hook of a test runner: the test that leaks fails, with what it left, and no other. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

function output(...args: string[]): string {
  const env = { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined, NODE_TEST_CONTEXT: undefined };
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8", env });
  return stdout + stderr;
}

test("of node:test", () => {
  const text = output("--test", "--test-reporter=tap", "test/testing/hooks/leaky.mjs");
  expect(text).toMatch(/^\s*ok \d+ - tidy$/m);
  expect(text).toMatch(/^\s*not ok \d+ - leaky$/m);
  expect(text).toMatch(/^\s*ok \d+ - tidy again/m);
  expect(text).toContain("1 goroutine leaked");
  expect(text).toMatch(/forgotten\(\)/);
});

test("of vitest", () => {
  const config = "test/testing/hooks/vitest.config.mjs";
  const text = output("node_modules/vitest/vitest.mjs", "run", "--config", config, "--reporter=verbose");
  expect(text).toMatch(/✓ .*tidy/);
  expect(text).toMatch(/× .*leaky/);
  expect(text).toMatch(/LeakError: 1 goroutine leaked[\s\S]*forgotten\(\)/);
  expect(text).toMatch(/Tests\s+1 failed \| 2 passed/);
});
