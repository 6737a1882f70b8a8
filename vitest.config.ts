import { fileURLToPath } from "node:url";
import { playwright } from "@vitest/browser-playwright";
import { defineConfig, type TestProjectConfiguration } from "vitest/config";
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

const node: TestProjectConfiguration = {
  resolve,
  plugins: [docsBlocks()],
  test: {
    name: "node",
    include: ["test/**/*.test.ts"],
    exclude: ["test/browser/**"],
    ...patience,
    pool: "forks",
    execArgv: ["--expose-gc"],
  },
};

/** The conformance suite once more, in a browser. */
const browser = (executablePath: string): TestProjectConfiguration => ({
  resolve,
  test: {
    name: "browser",
    include: ["test/browser/**/*.test.ts", "test/conformance/**/*.test.ts"],
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

const chromium = findChromium();
if (chromium === undefined) console.warn("No Chromium found, so the browser tests are left out; CHROMIUM names one.");

export default defineConfig({
  test: { projects: chromium === undefined ? [node] : [node, browser(chromium)] },
});
