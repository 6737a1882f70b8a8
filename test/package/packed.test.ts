/** The packed file, installed in a project outside the repository and used as people use packages. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build as esbuild } from "esbuild";
import { chromium } from "playwright";
import { preview, build as vite } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findChromium } from "../kit/chromium.ts";
import { entries, manifest, type Project, project, root, run } from "../kit/pack.ts";

let user: Project;
beforeAll(() => {
  user = project();
}, 120_000);
afterAll(() => user?.remove());

const tool = (name: string, ...args: string[]): string =>
  run(user.folder, process.execPath, [join(root, "node_modules", name), ...args]);

describe("what is in it", () => {
  const installed = (...path: string[]): string => join(user.folder, "node_modules/millrace", ...path);

  it("is the built files, their sources, and nothing of the workshop", () => {
    const expected = ["CHANGELOG.md", "LICENSE", "README.md", "dist", "package.json", "src"];
    expect(readdirSync(installed()).sort()).toEqual(expected);
  });

  it("has source maps whose sources are there", () => {
    const maps = readdirSync(installed("dist"), { recursive: true, encoding: "utf8" }).filter((f) =>
      f.endsWith(".map"),
    );
    expect(maps.length).toBeGreaterThan(0);
    for (const map of maps) {
      const folder = join(installed("dist"), map, "..");
      const { sources } = JSON.parse(readFileSync(join(installed("dist"), map), "utf8")) as { sources: string[] };
      for (const source of sources) expect(existsSync(join(folder, source)), `${map}: ${source}`).toBe(true);
    }
  });

  it("passes publint and attw", () => {
    expect(tool("publint/src/cli.js", "--strict", user.tarball)).toContain("All good!");
    expect(tool("@arethetypeswrong/cli/dist/index.js", user.tarball)).toContain("No problems found");
  });
});

describe("in Node", () => {
  it("works from an ES module", () => {
    expect(user.node("run/esm.mjs")).toBe("1 4 9\n");
  });

  it("works from a CommonJS module", () => {
    expect(user.node("run/require.cjs")).toBe("required\n");
  });

  it("is one runtime when one process both requires and imports it", () => {
    expect(user.node("run/both.cjs")).toBe("same functions: true true\ngot across true\ntrue true\n");
  });

  it("is one runtime also where both builds are loaded side by side", () => {
    expect(user.node("run/copies.mjs")).toBe("two copies: true\nacross back true\nDEADLOCK\n");
  });

  it("works from TypeScript under tsx", () => {
    expect(user.node("--import", "tsx", "run/typed.ts")).toBe("6\n");
  });

  it("has the same names in both formats", () => {
    for (const entry of entries) {
      const names = `console.log(Object.keys(m).filter((k) => k !== "module.exports" && k !== "__esModule").sort().join())`;
      const imported = user.node("--input-type=module", "-e", `import * as m from ${JSON.stringify(entry)}; ${names}`);
      // Where a file cannot be required as an ES module, the CommonJS one is taken; ask for it by its path here.
      const file = `./node_modules/millrace/dist/${entry === "millrace" ? "" : `${entry.slice(9)}/`}index.cjs`;
      const required = user.node("--input-type=commonjs", "-e", `const m = require(${JSON.stringify(file)}); ${names}`);
      expect(imported.trim()).not.toBe("");
      expect(required, entry).toBe(imported);
    }
  });

  it.each([
    "millrace/dist/index.js",
    "millrace/src/index.ts",
    "millrace/internal/op",
    "millrace/runtime/op",
    "millrace/dist",
  ])("does not let %s be imported", (path) => {
    expect(user.node("--input-type=module", "-e", `import ${JSON.stringify(path)}`)).toContain(
      "ERR_PACKAGE_PATH_NOT_EXPORTED",
    );
    expect(user.node("-e", `require(${JSON.stringify(path)})`)).toContain("ERR_PACKAGE_PATH_NOT_EXPORTED");
  });

  it("reports a deadlock with the program's own frames only", () => {
    const report = user.node("run/deadlock.mjs").replaceAll(user.folder, "");
    expect(report).toMatch(
      /^fatal error: all goroutines are asleep - deadlock!\n\ngoroutine 1 \[chan receive\]: channel "nobody"\nwaiter\(\)\n\t\/run\/deadlock\.mjs:4:\d+\nexit code 2\n$/,
    );
  });

  it.each(["mjs", "cjs"])("brings the lint plugin, in a configuration that is a .%s file", (format) => {
    const config = `eslint.config.${format}`;
    const [load, give] =
      format === "mjs"
        ? ["import millrace from 'millrace/eslint';", "export default"]
        : ["const millrace = require('millrace/eslint');", "module.exports ="];
    writeFileSync(join(user.folder, config), `${load} ${give} [millrace.configs.recommended];`);
    writeFileSync(join(user.folder, "lint.js"), `import { chan } from "millrace"; chan().send(1);`);
    const report = tool("eslint/bin/eslint.js", "-c", config, "--no-warn-ignored", "lint.js");
    expect(report).toContain("1:34  error  This makes an operation and drops it");
    expect(report).toContain("exit code 1");
  });

  it("brings the command", () => {
    const millrace = join(user.folder, "node_modules/.bin/millrace");
    expect(run(user.folder, millrace, ["--version"])).toBe(`${manifest.version}\n`);
    expect(run(user.folder, millrace, ["run", "run/typed.ts"])).toBe("6\n");
  });
});

describe("types", () => {
  const strict = { strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, noEmit: true };
  const base = { target: "es2022", lib: ["es2022", "dom"], types: [] as string[], ...strict };
  const bundler = { module: "esnext", moduleResolution: "bundler" };
  const compile = (name: string, type: string, text: string, options: object): string => {
    const folder = join(user.folder, "types", name.replaceAll(" ", "-"));
    mkdirSync(folder);
    writeFileSync(join(folder, "package.json"), JSON.stringify({ type }));
    writeFileSync(join(folder, "use.ts"), text);
    const compilerOptions = { ...base, ...options };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["use.ts"] }));
    return tool("typescript/bin/tsc", "-p", folder);
  };
  // Whoever uses the lint plugin has this one.
  const eslint = { paths: { eslint: [join(root, "node_modules/eslint/lib/types/index.d.ts")] } };
  const use = (): string => readFileSync(join(user.folder, "types/use.ts"), "utf8");

  // Our declarations are checked where no others are there, and where Node's are; the rest is about resolution.
  it.each([
    ["an ES module", "module", { module: "nodenext", skipLibCheck: false }],
    ["a CommonJS module", "commonjs", { module: "nodenext", skipLibCheck: true }],
    ["a bundled program", "module", { ...bundler, skipLibCheck: true }],
  ])("compile from %s", { timeout: 60_000 }, (name, type, options) => {
    expect(compile(name, type, use(), options)).toBe("");
  });

  it("of the lint plugin are those of a flat config", { timeout: 60_000 }, () => {
    const text = `import type { Linter } from "eslint"; import millrace, { configs } from "millrace/eslint";
      export const config: Linter.Config[] = [millrace.configs.recommended, configs.recommended, { plugins: { millrace } }];`;
    expect(compile("lint", "module", text, { ...eslint, module: "nodenext", skipLibCheck: true })).toBe("");
  });

  it("of every entry compile in a program for Node", { timeout: 60_000 }, () => {
    const text = entries.map((entry, i) => `export * as entry${i} from ${JSON.stringify(entry)};`).join("\n");
    const types = { types: ["node"], typeRoots: [join(root, "node_modules/@types")], lib: ["es2022"], ...eslint };
    expect(compile("Node", "module", text, { ...types, module: "nodenext", skipLibCheck: false })).toBe("");
  });
});

describe("bundlers", () => {
  it.each(["esm", "cjs"] as const)("esbuild makes one %s file that runs", async (format) => {
    const outfile = join(user.folder, `esbuild.${format === "esm" ? "mjs" : "cjs"}`);
    const entry = format === "esm" ? "bundled.ts" : "run/require.cjs";
    await esbuild({ absWorkingDir: user.folder, entryPoints: [entry], bundle: true, minify: true, format, outfile });
    expect(user.node(outfile)).toBe(format === "esm" ? "bundled\n" : "required\n");
  });

  it("Vite makes a library that runs", async () => {
    const lib = { entry: "bundled.ts", formats: ["es" as const], fileName: "lib" };
    const build = { outDir: "lib", target: "es2022", minify: true, lib };
    await vite({ root: user.folder, logLevel: "warn", configFile: false, build });
    expect(user.node("lib/lib.js")).toBe("bundled\n");
  });
});

// Without a Chromium there is nothing that shows a page; CI has one.
describe.runIf(findChromium() !== undefined)("in a browser", () => {
  it("a page made by Vite runs", async () => {
    await vite({ root: user.folder, logLevel: "warn", configFile: false, build: { target: "es2022" } });
    await shows("dist", "index.html", "bundled");
  });

  it("a page without a bundler runs", () => shows(".", "plain.html", "no bundler"));
});

/** Serves a folder of the project and waits until the page says `text`, with nothing in the console. */
async function shows(outDir: string, file: string, text: string): Promise<void> {
  const server = await preview({ root: user.folder, configFile: false, preview: { port: 0 }, build: { outDir } });
  const browser = await chromium.launch({ executablePath: findChromium() as string, args: ["--no-sandbox"] });
  try {
    const page = await browser.newPage();
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(String(error)));
    page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    await page.goto(`${server.resolvedUrls?.local[0]}${file}`);
    await page.waitForFunction(`document.body.textContent === ${JSON.stringify(text)}`);
    expect(errors).toEqual([]);
  } finally {
    await browser.close();
    await server.close();
  }
}
