import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { playwright } from "@vitest/browser-playwright";
import { defineConfig, type TestProjectInlineConfiguration } from "vitest/config";
import { docsBlocks } from "./test/docs/plugin.ts";
import { findChromium } from "./test/kit/chromium.ts";

const src = fileURLToPath(new URL("./src", import.meta.url));

// Tests in this process run on the sources; child processes and the packed package use dist.
const resolve = {
  alias: [
    { find: /^millrace$/, replacement: `${src}/index.ts` },
    { find: /^millrace\/([a-z/]+)$/, replacement: `${src}/$1/index.ts` },
  ],
};

// How long a test may wait for what happens: longer than it takes anywhere, since a machine may have much else to do.
const patience = { testTimeout: 60_000, hookTimeout: 120_000, expect: { poll: { timeout: 30_000 } } };

/** Tests of what real time does: how late something is, what a monitor samples. One file at a time, after all others. */
const timing = [
  "test/bench/scale.test.ts",
  "test/cli/trace.test.ts",
  "test/inspector/feed.test.ts",
  "test/process/busy.test.ts",
  "test/process/fairness.test.ts",
  "test/threads/descriptors.test.ts",
  "test/threads/preempt.test.ts",
];
const alone = { fileParallelism: false, sequence: { groupOrder: 1 } };

const inNode = (test: TestProjectInlineConfiguration["test"]): TestProjectInlineConfiguration => ({
  resolve,
  plugins: [docsBlocks()],
  test: { ...test, ...patience, pool: "forks", execArgv: ["--expose-gc"] },
});

const inBrowser = (
  executablePath: string,
  test: TestProjectInlineConfiguration["test"],
): TestProjectInlineConfiguration => ({
  resolve,
  test: {
    ...test,
    setupFiles: ["test/browser/setup.ts"],
    ...patience,
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: playwright({ launchOptions: { executablePath, args: ["--no-sandbox"] } }),
      instances: [{ browser: "chromium" }],
    },
  },
});

const projects = [
  inNode({ name: "node", include: ["test/**/*.test.ts"], exclude: ["test/browser/**", ...timing] }),
  inNode({ name: "timing", include: timing, ...alone }),
];
const chromium = findChromium();
if (chromium === undefined) {
  console.warn("No Chromium found, so the browser tests are left out; CHROMIUM names one.");
} else {
  projects.push(
    inBrowser(chromium, { name: "browser", include: ["test/conformance/**/*.test.ts"] }),
    inBrowser(chromium, { name: "browser-timing", include: ["test/browser/**/*.test.ts"], ...alone }),
  );
}

// The runner would leave one processor idle.
export default defineConfig({ test: { projects, maxWorkers: availableParallelism() } });
