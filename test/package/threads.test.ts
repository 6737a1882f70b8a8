/** Threads from the packed file: every way in which a thread comes to the program's functions. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build as esbuild, transformSync } from "esbuild";
import { preview, build as vite } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findChromium } from "../kit/chromium.ts";
import { type Project, project, run } from "../kit/pack.ts";
import { AWAY, HERE, shown as shownAt } from "./shown.ts";

let user: Project;
beforeAll(() => {
  user = project();
  user.add("tsx");
}, 120_000);
afterAll(() => user?.remove());

const fixture = (name: string): string => join(user.folder, "threads", name);
const SLOW = { timeout: 120_000 };

/** The fixtures as a compiler would write them, in a folder of their own. */
function compiled(folder: string, change: (text: string) => string = (text) => text): void {
  for (const name of ["tasks", "job", "node", "app", "worker", "page"]) {
    const { code } = transformSync(readFileSync(fixture(`${name}.ts`), "utf8"), { loader: "ts", target: "es2022" });
    writeFileSync(join(folder, `${name}.js`), change(code.replace(/(\.\/\w+)\.ts"/g, '$1.js"')));
  }
}

describe("in Node, threads import the modules of the functions", SLOW, () => {
  it("TypeScript under tsx", () => expect(user.node("--import", "tsx", "threads/node.ts")).toBe(`${AWAY}\n`));

  it("TypeScript with the command", () => {
    const millrace = join(user.folder, "node_modules/.bin/millrace");
    expect(run(user.folder, millrace, ["run", "--threads", "2", "threads/node.ts"])).toBe(`${AWAY}\n`);
    expect(run(user.folder, millrace, ["run", "--threads", "1", "threads/node.ts"])).toBe(`${HERE}\n`);
  });

  // Node 22.18 and later.
  if ((process.features as { typescript?: unknown }).typescript) {
    it("TypeScript that Node reads itself", () => {
      expect(user.node("threads/node.ts")).toContain(AWAY);
    });
  }

  it("compiled JavaScript", () => {
    compiled(user.folder);
    expect(user.node("node.js")).toBe(`${AWAY}\n`);
  });
});

describe("in a bundle, the program brings the worker file", SLOW, () => {
  it.each([
    ["a file each", false],
    ["shared chunks", true],
  ])("esbuild, %s", async (_how, splitting) => {
    const outdir = join(user.folder, `esbuild-${splitting}`);
    const entryPoints = [fixture("app.ts"), fixture("worker.ts")];
    const how = { bundle: true, minify: true, platform: "node" as const, format: "esm" as const };
    await esbuild({ entryPoints, outdir, splitting, ...how });
    expect(user.node(join(outdir, "app.js"))).toBe(`${AWAY}\n`);
  });

  it("webpack, in Node and in a page", { timeout: 300_000 }, async () => {
    // Not one of our own tools: it is installed for this alone.
    run(user.folder, "npm", ["install", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "webpack@5.112.2"]);
    // webpack knows the module by this name only.
    compiled(user.folder, (text) => text.replace("node:worker_threads", "worker_threads"));
    writeFileSync(
      join(user.folder, "webpack.mjs"),
      `import webpack from "webpack";
       const context = import.meta.dirname ?? process.cwd();
       const build = (entry, target, output) => new Promise((resolve, reject) =>
         webpack({ mode: "production", context, entry, target, output: { path: context + "/" + output } }, (error, stats) =>
           error ?? (stats.hasErrors() ? new Error(stats.toString()) : null) ? reject(error ?? stats.toString()) : resolve()));
       await build("./app.js", "node20", "webpack-node");
       await build("./page.js", "web", "webpack-page");`,
    );
    expect(user.node("webpack.mjs")).toBe("");
    writeFileSync(join(user.folder, "webpack-node/package.json"), '{ "type": "commonjs" }');
    expect(user.node("webpack-node/main.js")).toBe(`${AWAY}\n`);
    if (findChromium() === undefined) return;
    const page = '<!doctype html><link rel="icon" href="data:,"><body><script src="main.js" defer></script>';
    writeFileSync(join(user.folder, "webpack-page/index.html"), page);
    expect(await shown("webpack-page", true)).toBe(AWAY);
  });

  describe.runIf(findChromium() !== undefined)("Vite, in a page with a strict Content-Security-Policy", () => {
    beforeAll(async () => {
      const build = { target: "es2022", outDir: join(user.folder, "vite-page"), emptyOutDir: true };
      const root = join(user.folder, "threads");
      await vite({ root, logLevel: "warn", configFile: false, worker: { format: "es" }, build });
    });

    it("uses threads where the page is isolated", async () => {
      expect(await shown("vite-page", true)).toBe(AWAY);
    });

    it("does the same on one thread where it is not", async () => {
      expect(await shown("vite-page", false)).toBe(HERE);
    });
  });
});

/** What a page of the project says. Nothing may come into its console, and nothing be evaluated. */
async function shown(outDir: string, isolated: boolean): Promise<string> {
  const headers = {
    "Content-Security-Policy": "default-src 'self'; script-src 'self'; img-src data:",
    ...(isolated && { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" }),
  };
  const root = user.folder;
  const server = await preview({ root, configFile: false, preview: { port: 0, headers }, build: { outDir } });
  try {
    return (await shownAt(`${server.resolvedUrls?.local[0]}index.html`)).text;
  } finally {
    await server.close();
  }
}
