import { readFileSync } from "node:fs";
import { defineConfig, type UserConfig } from "tsdown";
import { compact } from "./release/compact.ts";
import { hotConstants } from "./release/constants.ts";

// The `exports` of package.json are the one list of what programs import: "." is src/index.ts, "./time" src/time/index.ts.
const manifest = JSON.parse(readFileSync(new URL("./package.json", import.meta.url), "utf8")) as {
  exports: Record<string, unknown>;
};
const entry: Record<string, string> = {};
for (const [key, target] of Object.entries(manifest.exports)) {
  if (target === null || typeof target === "string") continue;
  const name = key === "." ? "index" : `${key.slice(2)}/index`;
  entry[name] = `src/${name}.ts`;
}

/** What a thread gets of the program's build, whichever that is. */
const both: Record<string, string> = { "threads/serve": "src/threads/serve.ts" };

/** What is run rather than imported: by the shell, by Node's loader, by compiled code, and on threads of their own; and what bundlers read. */
const run: Record<string, string> = {
  "compiler/compile": "src/compiler/compile.ts",
  "compiled/index": "src/compiled/index.ts",
  "cli/main": "src/cli/main.ts",
  "cli/resolve": "src/cli/resolve.ts",
  "cli/register": "src/cli/register.ts",
  "cli/compiling": "src/cli/compiling.ts",
  "threads/worker": "src/threads/worker.ts",
  "threads/sysmon": "src/threads/sysmon/sysmon.ts",
  "threads/watchdog": "src/threads/sysmon/watchdog.ts",
  "plugin/start-node": "src/plugin/start-node.ts",
  "plugin/start-web": "src/plugin/start-web.ts",
  "plugin/thread": "src/plugin/thread.ts",
  "plugin/turbopack": "src/plugin/turbopack.ts",
  "plugin/turbopack-start": "src/plugin/turbopack-start.ts",
  "plugin/turbopack-thread": "src/plugin/turbopack-thread.ts",
  "plugin/vite-thread": "src/plugin/vite-thread.ts",
  "inspector/worker": "src/inspector/server/worker.ts",
};

// All entry points of a format are built together, so that they share one copy of the runtime's state.
const common: UserConfig = {
  outDir: "dist",
  platform: "neutral",
  target: "es2022",
  fixedExtension: false,
  sourcemap: false,
  // Comments are for readers of the sources and of the types; here each thread would keep them in memory.
  outputOptions: {
    comments: { legal: true, annotation: true, jsdoc: false },
    // What a program sees of the runtime has a file of its own among the declarations. With the engine in the same file, an editor
    // reads the engine for every `import { chan }`.
    codeSplitting: {
      includeDependenciesRecursively: false,
      groups: [{ name: "types.d", test: /\/src\/runtime\/(types|panic|options)\.d\.ts$/ }],
    },
  },
  treeshake: true,
  dts: { sourcemap: false },
  // `Disposable` is in no ES release yet; programs that do not list its lib can use the types all the same.
  banner: { dts: '/// <reference lib="esnext.disposable" />' },
  deps: { neverBundle: [/^node:/, "magic-string", "oxc-parser", "unplugin"] },
};

/** The packages that are part of ours: of the command and of the plug-in, which Node alone runs. */
const bundled: UserConfig = {
  platform: "node",
  copy: ["commander", "js-tokens", "pprof-format"].map((name) => ({
    from: `node_modules/${name}/LICENSE`,
    rename: `${name}.LICENSE`,
  })),
};

export default defineConfig([
  { ...common, ...bundled, format: "esm", plugins: [hotConstants(), compact()], entry: { ...entry, ...both, ...run } },
  {
    ...common,
    format: "cjs",
    plugins: [compact()],
    entry: { ...entry, ...both },
    define: { "import.meta.url": "undefined" },
  },
]);
