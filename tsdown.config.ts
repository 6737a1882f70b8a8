import { existsSync, readFileSync } from "node:fs";
import { defineConfig, type UserConfig } from "tsdown";

// The `exports` of package.json are the one list of entry points: "." is src/index.ts, "./time" is src/time/index.ts.
// One that has no source yet is left out.
const manifest = JSON.parse(readFileSync(new URL("./package.json", import.meta.url), "utf8")) as {
  exports: Record<string, unknown>;
};
const entry: Record<string, string> = {};
for (const [key, target] of Object.entries(manifest.exports)) {
  if (target === null || typeof target === "string") continue;
  const name = key === "." ? "index" : `${key.slice(2)}/index`;
  if (existsSync(new URL(`./src/${name}.ts`, import.meta.url))) entry[name] = `src/${name}.ts`;
}
const cli: Record<string, string> = existsSync(new URL("./src/cli/main.ts", import.meta.url))
  ? { "cli/main": "src/cli/main.ts", "cli/resolve": "src/cli/resolve.ts" }
  : {};
// What a thread runs.
const worker: Record<string, string> = existsSync(new URL("./src/threads/worker.ts", import.meta.url))
  ? { "threads/worker": "src/threads/worker.ts", "threads/sysmon": "src/threads/sysmon.ts" }
  : {};
// What the inspector's thread runs.
const inspector: Record<string, string> = existsSync(new URL("./src/inspector/server/worker.ts", import.meta.url))
  ? { "inspector/worker": "src/inspector/server/worker.ts" }
  : {};

// All entry points of a format are built together, so that they share one copy of the runtime's state.
const common: UserConfig = {
  outDir: "dist",
  platform: "neutral",
  target: "es2022",
  fixedExtension: false,
  sourcemap: true,
  // Comments are for readers of the sources and of the types; here each thread would keep them in memory.
  outputOptions: { sourcemapExcludeSources: true, comments: { legal: true, annotation: true, jsdoc: false } },
  treeshake: true,
  dts: { sourcemap: true },
  // `Disposable` is in no ES release yet; programs that do not list its lib can use the types all the same.
  banner: { dts: '/// <reference lib="esnext.disposable" />' },
  deps: { neverBundle: [/^node:/, "tsx", /^tsx\//, "commander"] },
};

const builds: UserConfig[] =
  Object.keys(entry).length === 0
    ? []
    : [
        { ...common, format: "esm", entry: { ...entry, ...cli, ...worker, ...inspector } },
        { ...common, format: "cjs", entry },
      ];

export default defineConfig(builds);
