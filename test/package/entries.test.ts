/** Each entry of the package works without any other, whole and tree-shaken. */
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { expect, test, vi } from "vitest";

const src = fileURLToPath(new URL("../../src/", import.meta.url));
const entries = readdirSync(src, { withFileTypes: true })
  .filter(({ name }) => name !== "eslint" && name !== "plugin") // run in tools, not in programs
  .filter(({ name }) => name !== "inspector") // looks at what the program brings along
  .filter((entry) => entry.isDirectory() && readdirSync(src + entry.name).includes("index.ts"))
  .map((entry) => `${entry.name}/index.ts`);

test.each(["index.ts", ...entries])("%s brings the default run along", async (entry) => {
  vi.resetModules();
  await import(/* @vite-ignore */ src + entry);
  const { m } = await import("../../src/runtime/m.ts");
  expect(m.fallback).toBeDefined();
});

const programs: Record<string, string> = {
  "time.now": `import { now, since } from "./time/index.ts"; export const ok = since(now()) >= 0;`,
  "time.sleep": `import { sleep } from "./time/index.ts"; await sleep(1); export const ok = true;`,
  "time.after": `import { after } from "./time/index.ts"; export const ok = (await after(1).recv()) instanceof Date;`,
  "time.afterFunc": `import { afterFunc } from "./time/index.ts"; await new Promise((done) => void afterFunc(1, done)); export const ok = true;`,
  "sync.WaitGroup": `import { WaitGroup } from "./sync/index.ts"; await new WaitGroup().wait(); export const ok = true;`,
  "sync.Mutex": `import { Mutex } from "./sync/index.ts"; export const ok = new Mutex().tryLock();`,
  "context.withCancel": `import { background, withCancel } from "./context/index.ts";
    const [ctx, cancel] = withCancel(background()); cancel(); export const ok = ctx.err() !== undefined;`,
  "context.withTimeout": `import { background, withTimeout } from "./context/index.ts";
    const [ctx] = withTimeout(background(), 1); await ctx.done().recv(); export const ok = ctx.err() !== undefined;`,
};

test.each(Object.entries(programs))("%s alone, bundled", async (_name, contents) => {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: src, loader: "ts" },
    bundle: true,
    write: false,
    format: "esm",
    minify: true,
    platform: "node",
    target: "node20",
  });
  const code = outputFiles[0]?.text ?? "";
  const module = (await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(code)}`)) as {
    ok: boolean;
  };
  expect(module.ok).toBe(true);
});
