import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const src = fileURLToPath(new URL("./src", import.meta.url));

export default defineConfig({
  resolve: {
    // Tests in this process run on the sources; child processes and the packed package use dist.
    alias: [
      { find: /^millrace$/, replacement: `${src}/index.ts` },
      { find: /^millrace\/([a-z]+)$/, replacement: `${src}/$1/index.ts` },
    ],
  },
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    pool: "forks",
    execArgv: ["--expose-gc"],
  },
});
