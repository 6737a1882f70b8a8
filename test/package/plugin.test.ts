/** The plug-in for bundlers from the packed file, with the bundlers that are there anyway; the others are in test/matrix. */
import { cpSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { build as esbuild } from "esbuild";
import type { Plugin, PluginOptions } from "millrace/plugin";
import { rolldown } from "rolldown";
import { createServer, preview, build as vite } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findChromium } from "../kit/chromium.ts";
import { type Project, project } from "../kit/pack.ts";
import { AWAY, HERE, shown } from "./shown.ts";

let user: Project;
let millrace: Plugin;
beforeAll(() => {
  user = project();
  user.add("unplugin", "vite");
  millrace = (createRequire(join(user.folder, "use.js"))("millrace/plugin") as { readonly default: Plugin }).default;
}, 120_000);
afterAll(() => user?.remove());

const SLOW = { timeout: 120_000 };

/** The program, in a folder that is gone when what was made of it runs, as the machine is gone that builds. */
async function built(made: string, build: (source: string, out: string) => Promise<unknown>): Promise<string> {
  const source = join(user.folder, `${made}-source`);
  const out = join(user.folder, `${made}-out`);
  cpSync(join(user.folder, "threads"), source, { recursive: true });
  renameSync(join(source, "wired.html"), join(source, "index.html"));
  await build(source, out);
  rmSync(source, { recursive: true });
  const moved = join(user.folder, made);
  renameSync(out, moved);
  return moved;
}

describe("compile", SLOW, () => {
  const program = `
    import { chan, go, main } from "millrace";
    main(function* () {
      const numbers = chan<number>(2, { zero: 0 });
      go(async function () {
        for (let n = 1; n <= 4; n++) await numbers.send(n);
        numbers.close();
      });
      let sum = 0;
      for (let n = yield* numbers.recv(); n !== 0; n = yield* numbers.recv()) sum += n;
      console.log("sum", sum);
    });
  `;
  type Tool = (entry: string, out: string, options: PluginOptions) => Promise<unknown>;
  const tools: readonly (readonly [string, Tool])[] = [
    [
      "esbuild",
      (entry, outfile, options) =>
        esbuild({ entryPoints: [entry], outfile, format: "esm", bundle: true, plugins: [millrace.esbuild(options)] }),
    ],
    [
      "Rolldown",
      async (input, file, options) => {
        const bundle = await rolldown({ input, platform: "node", plugins: [millrace.rolldown(options)] });
        await bundle.write({ file });
      },
    ],
    [
      "Vite",
      (ssr, file, options) =>
        vite({
          root: user.folder,
          logLevel: "warn",
          configFile: false,
          ssr: { noExternal: true },
          build: {
            ssr,
            outDir: dirname(file),
            emptyOutDir: false,
            rollupOptions: { output: { entryFileNames: basename(file) } },
          },
          plugins: [millrace.vite(options)],
        }),
    ],
  ];

  beforeAll(() => writeFileSync(join(user.folder, "sum.ts"), program));

  it("says which packages are missing", () => {
    const code = `import millrace from "millrace/plugin";
      const { transform } = millrace.rollup({ compile: true });
      await transform.handler.call({}, "function* f() { yield* g(); }", "/f.js").catch(({ message }) => console.log(message));`;
    const text = "compile needs two packages that are not installed: npm install --save-dev oxc-parser magic-string";
    expect(user.node("--input-type=module", "-e", code)).toBe(`millrace/plugin: ${text}\n`);
    user.add("oxc-parser", "magic-string");
  });

  it.each(tools)("%s compiles the program's modules, and no package's", async (name, make) => {
    const entry = join(user.folder, "sum.ts");
    const said: string[] = [];
    const sites: (readonly number[])[] = [];
    for (const compile of [false, true, { await: "leave" }] as const) {
      const out = join(user.folder, `${name}-${sites.length}.mjs`);
      await make(entry, out, { compile });
      said.push(user.node(out));
      const text = readFileSync(out, "utf8");
      sites.push([/yield\* \$mr/g, /await now\d*\(/g].map((site) => text.match(site)?.length ?? 0));
    }
    expect(said).toEqual(["sum 10\n", "sum 10\n", "sum 10\n"]);
    // Two `yield*` and an `await`, and none of the library's.
    expect(sites).toEqual([
      [0, 0],
      [2, 1],
      [2, 0],
    ]);
  });
});

describe("on Node", SLOW, () => {
  it.each(["esm", "cjs"] as const)("esbuild, %s, each entry in a folder of its own", async (format) => {
    const extension = format === "esm" ? ".mjs" : ".cjs";
    const folder = await built(`esbuild-${format}`, (source, outdir) =>
      esbuild({
        absWorkingDir: source,
        entryPoints: [{ in: "node.ts", out: "deep/down/node" }],
        outdir,
        format,
        bundle: true,
        minify: true,
        platform: "node",
        splitting: format === "esm",
        outExtension: { ".js": extension },
        plugins: [millrace.esbuild()],
      }),
    );
    expect(user.node(join(folder, `deep/down/node${extension}`))).toBe(`${AWAY}\n`);
  });

  it.each(["es", "cjs"] as const)("Rolldown, %s", async (format) => {
    const names = format === "es" ? "[name].mjs" : "[name].cjs";
    const folder = await built(`rolldown-${format}`, async (source, dir) => {
      const bundle = await rolldown({
        input: join(source, "node.ts"),
        platform: "node",
        plugins: [millrace.rolldown()],
      });
      await bundle.write({ dir, format, minify: true, entryFileNames: names, chunkFileNames: names });
    });
    expect(user.node(join(folder, names.replace("[name]", "node")))).toBe(`${AWAY}\n`);
  });

  it("Vite, on a server", async () => {
    const folder = await built("vite-ssr", (root, outDir) =>
      vite({
        root,
        logLevel: "warn",
        configFile: false,
        build: { ssr: "node.ts", outDir },
        plugins: [millrace.vite()],
      }),
    );
    expect(user.node(join(folder, "node.js"))).toBe(`${AWAY}\n`);
  });

  it("Vite, while a server is developed, with an alias of its own", async () => {
    const dev = join(user.folder, "dev");
    cpSync(join(user.folder, "threads"), join(dev, "app"), { recursive: true });
    const source = readFileSync(join(dev, "app/tasks.ts"), "utf8");
    writeFileSync(join(dev, "app/tasks.ts"), `import "@app/sign.ts";\n${source}`);
    writeFileSync(join(dev, "app/sign.ts"), "");
    const server = await createServer({
      root: dev,
      logLevel: "warn",
      configFile: false,
      appType: "custom",
      server: { middlewareMode: true, ws: false },
      resolve: { alias: { "@app": join(dev, "app") } },
      plugins: [millrace.vite()],
    });
    try {
      const { said } = (await server.ssrLoadModule("@app/wired.ts")) as { readonly said: () => Promise<string> };
      expect(await said()).toBe(AWAY);
    } finally {
      await server.close();
    }
  });

  it("a thread that the program brings itself comes first", async () => {
    const folder = await built("own", (source, outdir) =>
      esbuild({
        entryPoints: [join(source, "app.ts"), join(source, "worker.ts")],
        outdir,
        bundle: true,
        format: "esm",
        platform: "node",
        plugins: [millrace.esbuild()],
      }),
    );
    expect(user.node(join(folder, "app.js"))).toBe(`${AWAY}\n`);
  });
});

describe.runIf(findChromium() !== undefined)("in a page", SLOW, () => {
  it("Vite, where the page is isolated and where it is not", async () => {
    const folder = await built("vite-page", (root, outDir) =>
      vite({
        root,
        logLevel: "warn",
        configFile: false,
        build: { target: "es2022", outDir },
        plugins: [millrace.vite()],
      }),
    );
    for (const [isolate, said] of [
      [true, AWAY],
      [false, HERE],
    ] as const) {
      const plugins = [millrace.vite({ isolate })];
      const server = await preview({ configFile: false, preview: { port: 0 }, build: { outDir: folder }, plugins });
      const page = await shown(`${server.resolvedUrls?.local[0]}index.html`);
      await server.close();
      expect(page.text).toBe(said);
      expect(page.warnings).toHaveLength(isolate ? 0 : 1);
    }
  });

  it("Vite, while it is developed", async () => {
    const dev = join(user.folder, "dev-page");
    cpSync(join(user.folder, "threads"), dev, { recursive: true });
    const plugins = [millrace.vite({ isolate: true })];
    const server = await createServer({ root: dev, logLevel: "warn", configFile: false, server: { port: 0 }, plugins });
    await server.listen();
    try {
      const page = await shown(`${server.resolvedUrls?.local[0]}wired.html`);
      expect(page).toEqual({ text: AWAY, warnings: [] });
    } finally {
      await server.close();
    }
  });
});
