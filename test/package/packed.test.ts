/** The packed file, installed in a project outside the repository and used as people use packages. */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build as esbuild } from "esbuild";
import { chromium } from "playwright";
import { preview, build as vite } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stripsTypes } from "../../src/threads/typescript.ts";
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

  it("is the built files, and nothing of the workshop", () => {
    const expected = ["CHANGELOG.md", "LICENSE", "README.md", "dist", "package.json"];
    expect(readdirSync(installed()).sort()).toEqual(expected);
    const { scripts, dependencies, devDependencies } = JSON.parse(
      readFileSync(installed("package.json"), "utf8"),
    ) as Record<string, unknown>;
    expect([scripts, dependencies, devDependencies]).toEqual([undefined, undefined, undefined]);
  });

  it("installs one package, of at most 4 MB, and runs nothing to do so", () => {
    const packages = readdirSync(join(user.folder, "node_modules")).filter((name) => !name.startsWith("."));
    expect(packages).toEqual(["millrace"]);
    const files = readdirSync(installed(), { recursive: true, encoding: "utf8" }).map((name) =>
      statSync(installed(name)),
    );
    expect(files.reduce((sum, file) => sum + (file.isFile() ? file.size : 0), 0)).toBeLessThanOrEqual(4_000_000);
    const lock = readFileSync(join(user.folder, "package-lock.json"), "utf8");
    expect(lock).toContain("node_modules/millrace");
    expect(lock).not.toContain("hasInstallScript");
  });

  it("has the licences of what is bundled with it", () => {
    const holds = (file: string): string => readFileSync(installed("dist", file), "utf8");
    expect(holds("commander.LICENSE")).toContain("TJ Holowaychuk");
    expect(holds("inspector/page/licenses.md")).toContain("## preact - ");
    expect(holds("tour/licenses.md")).toContain("## sucrase - ");
  });

  it("has a README whose links work on a package page", () => {
    const links = [...readFileSync(installed("README.md"), "utf8").matchAll(/\]\(([^)]+)\)/g)].map(([, link]) => link);
    expect(links.length).toBeGreaterThan(0);
    expect(links.filter((link) => !/^(https:|#)/.test(link as string))).toEqual([]);
  });

  it("passes publint and attw", () => {
    expect(tool("publint/src/cli.js", "--strict", user.tarball)).toContain("All good!");
    // What is imported by `--import` and by compiled code has no types, and is an ES module alone.
    const attw = [user.tarball, "--exclude-entrypoints", "register", "compiled"];
    expect(tool("@arethetypeswrong/cli/dist/index.js", ...attw)).toContain("No problems found");
  });
});

describe("in Node", () => {
  const millrace = (): string => join(user.folder, "node_modules/.bin/millrace");

  it("works from an ES module", () => {
    expect(user.node("run/esm.mjs")).toBe("1 4 9\n");
  });

  it("works from a CommonJS module", () => {
    expect(user.node("run/require.cjs")).toBe("required\n");
  });

  it("has the monitor of threads from a CommonJS module", () => {
    const code = 'require("millrace/threads").threads({ sysmon: true }); console.log("watched");';
    expect(user.node("--input-type=commonjs", "-e", code)).toBe("watched\n");
  });

  it("is one runtime when one process both requires and imports it", () => {
    expect(user.node("run/both.cjs")).toBe("same functions: true true\ngot across true\ntrue true\n");
  });

  it("is one runtime also where both builds are loaded side by side", () => {
    expect(user.node("run/copies.mjs")).toBe("two copies: true\nacross back true\nDEADLOCK\n");
  });

  it("has threads in either of two copies", () => {
    expect(user.node("run/copies-threads.mjs")).toBe("true true\n");
  });

  it("brings the command, which runs JavaScript, and TypeScript where Node reads it", () => {
    expect(run(user.folder, millrace(), ["--version"])).toBe(`${manifest.version}\n`);
    expect(run(user.folder, millrace(), ["run", "run/esm.mjs"])).toBe("1 4 9\n");
    const node = process.versions.node;
    const missing = `millrace run: run/typed.ts: Node ${node} does not read TypeScript; take Node 22.18 or later, or install tsx: npm install --save-dev tsx\nexit code 2\n`;
    // Some versions add that it is experimental.
    expect(run(user.folder, millrace(), ["run", "run/typed.ts"])).toContain(stripsTypes() ? "6\n" : missing);
  });

  it("works from TypeScript under tsx, the command too", () => {
    user.add("tsx");
    expect(run(user.folder, millrace(), ["run", "run/typed.ts"])).toBe("6\n");
    expect(user.node("--import", "tsx", "run/typed.ts")).toBe("6\n");
  });

  it("has the same names in both formats", () => {
    user.add("unplugin");
    const names = `(m) => Object.keys(m).filter((k) => k !== "module.exports" && k !== "__esModule").sort()`;
    const printed = (type: string, modules: string): Record<string, string[]> => {
      const print = `console.log(JSON.stringify(Object.fromEntries(modules.map(([entry, m]) => [entry, (${names})(m)]))))`;
      const said = user.node(`--input-type=${type}`, "-e", `const modules = [${modules}]; ${print}`);
      // The inspector's entry says where the inspector is.
      return JSON.parse(said.split("\n").find((line) => line.startsWith("{")) ?? said) as never;
    };
    const all = (load: (entry: string) => string): string =>
      entries.map((entry) => `[${JSON.stringify(entry)}, ${load(entry)}]`).join();
    const imported = printed(
      "module",
      all((entry) => `await import(${JSON.stringify(entry)})`),
    );
    // Where a file cannot be required as an ES module, the CommonJS one is taken; ask for it by its path here.
    const file = (entry: string): string => (entry === "millrace" ? "index.cjs" : `${entry.slice(9)}/index.cjs`);
    const required = printed(
      "commonjs",
      all((entry) => `require("./node_modules/millrace/dist/${file(entry)}")`),
    );
    for (const entry of entries) expect(imported[entry]?.length, entry).toBeGreaterThan(0);
    expect(required).toEqual(imported);
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

  it("of a browser's worker are those that threads takes", { timeout: 60_000 }, () => {
    const text = `import { threads } from "millrace/threads";
      threads({ worker: () => new Worker(new URL("./worker.ts", import.meta.url), { type: "module" }) });`;
    expect(compile("worker", "module", text, { ...bundler, skipLibCheck: false })).toBe("");
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
