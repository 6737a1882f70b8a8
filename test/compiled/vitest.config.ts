/**
 * `npm run test:compiled`: what tests the semantics, once more with every test file compiled. COMPILED=skip goes on at once
 * after an `await` of an operation that is done.
 */
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { type CompileOptions, compile } from "../../src/compiler/compile.ts";
import config from "../../vitest.config.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const options = { await: process.env.COMPILED ?? "tick" } as CompileOptions;
const [node] = config.test?.projects ?? [];
if (typeof node !== "object" || !("test" in node)) throw new Error("vitest.config.ts has no project for Node");

export default defineConfig({
  ...node,
  plugins: [
    ...(node.plugins ?? []),
    {
      name: "compile",
      enforce: "pre",
      transform: (code, id) => (id.startsWith(`${root}test/`) ? compile(code, id, options) : null),
    },
  ],
  test: {
    ...node.test,
    name: "compiled",
    maxWorkers: availableParallelism(),
    // It pins in which order jobs of ten workers end that each wait for nothing but a tick or two.
    testNamePattern: /^(?!.*never idle: a thousand for drain)/,
    root,
    include: [
      "chan",
      "conformance",
      "context",
      "interop",
      "patterns",
      "property",
      "runtime",
      "select",
      "sync",
      "testing",
      "time",
    ].map((folder) => `test/${folder}/**/*.test.ts`),
  },
});
