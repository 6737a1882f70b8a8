/**
 * The plug-in with the tools that programs are built and tested with, from the packed file: each with what its section of the page
 * "Threads in your project" shows. Next has a file of its own.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { transformSync } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Project, project, run } from "../kit/pack.ts";
import { AWAY } from "../package/shown.ts";
import { configOf } from "./guide.ts";

let user: Project;
beforeAll(() => {
  user = project("test/matrix");
});
afterAll(() => user?.remove());

interface Made {
  readonly folder: string;
  /** Puts a file there. */
  write(file: string, text: string): void;
  /** Runs a script of the project, or of a package in it, with Node. */
  runs(script: string, ...args: string[]): string;
}

/** The program `src/main`, in a folder of its own, with the file that a section of the guide shows. */
function made(
  name: string,
  section: string | null,
  language: "js" | "ts",
  change = (code: string): string => code,
): Made {
  const folder = join(user.folder, name);
  mkdirSync(join(folder, "src"), { recursive: true });
  const write = (file: string, text: string): void => writeFileSync(join(folder, file), text);
  for (const file of ["tasks", "job", "wired", "node"]) {
    let text = readFileSync(join(user.folder, `threads/${file}.ts`), "utf8");
    if (language === "js") {
      const { code } = transformSync(text, { loader: "ts", target: "es2022" });
      text = code.replace(/(\.\/\w+)\.ts"/g, '$1.js"');
    }
    write(`src/${file === "node" ? "main" : file}.${language}`, text);
  }
  if (section !== null) {
    const { file, code } = configOf(section);
    write(file, change(code));
  }
  return {
    folder,
    write,
    runs(script, ...args) {
      const at = script.startsWith("node_modules/") ? join(user.folder, script) : join(folder, script);
      const flags = ["--experimental-vm-modules", "--disable-warning=ExperimentalWarning"];
      return run(folder, process.execPath, [...flags, at, ...args]);
    },
  };
}

/** The program where its sources are gone, as the machine is gone that builds. */
function moved({ folder, runs }: Made, file: string): string {
  rmSync(join(folder, "src"), { recursive: true });
  for (const name of readdirSync(join(folder, "dist"))) {
    if (!/\.[cm]?js$/.test(name)) continue;
    expect(readFileSync(join(folder, "dist", name), "utf8"), name).not.toContain("file:///");
  }
  return runs(file);
}

describe("bundles", () => {
  it("Vite", () => {
    const it = made("vite", "Vite", "ts");
    const said = it.runs(
      "node_modules/vite/bin/vite.js",
      "build",
      it.folder,
      "--ssr",
      "src/main.ts",
      "--logLevel",
      "warn",
    );
    expect(said).toBe("");
    expect(moved(it, "dist/main.js")).toBe(`${AWAY}\n`);
  });

  it.each([
    ["webpack", (code: string) => code, 'import tool from "webpack";'],
    [
      "Rspack",
      (code: string) => code.replace(".webpack()", ".rspack()"),
      'import { rspack as tool } from "@rspack/core";',
    ],
  ])("%s", (name, change, load) => {
    const it = made(name, "webpack and Rspack", "js", change);
    it.write(
      "build.mjs",
      `${load}
       import config from "./webpack.config.mjs";
       tool({ mode: "production", context: import.meta.dirname, ...config, output: { path: import.meta.dirname + "/dist", ...config.output } }, (error, stats) => {
         if (error || stats.hasErrors() || stats.hasWarnings()) throw error ?? new Error(stats.toString());
       });`,
    );
    expect(it.runs("build.mjs")).toBe("");
    expect(moved(it, "dist/main.cjs")).toBe(`${AWAY}\n`);
  });

  it("Rollup", () => {
    const it = made("rollup", "Rollup and Rolldown", "js");
    it.write(
      "build.mjs",
      `process.argv.push("-c", "rollup.config.mjs", "--silent");
       await import("rollup/dist/bin/rollup");`,
    );
    expect(it.runs("build.mjs")).toBe("");
    expect(moved(it, "dist/main.js")).toBe(`${AWAY}\n`);
  });

  it("Rolldown", () => {
    const it = made("rolldown", "Rollup and Rolldown", "js", (code) => code.replace(".rollup()", ".rolldown()"));
    it.write(
      "build.mjs",
      `import { rolldown } from "rolldown";
       import { default as config } from "./rollup.config.mjs";
       await (await rolldown({ ...config, platform: "node" })).write(config.output);`,
    );
    expect(it.runs("build.mjs")).toBe("");
    expect(moved(it, "dist/main.js")).toBe(`${AWAY}\n`);
  });

  it("esbuild", () => {
    const it = made("esbuild", "esbuild", "ts");
    expect(it.runs("build.mjs")).toBe("");
    expect(moved(it, "dist/main.js")).toBe(`${AWAY}\n`);
  });
});

const SAYS = (text: string): string => `expect(await run(job)).toBe(${JSON.stringify(text)});`;

describe("Vitest", () => {
  const imports =
    'import { run } from "millrace"; import { expect, it } from "vitest"; import { job } from "./job.ts";';
  const vitest = (it: Made, ...args: string[]): string =>
    it.runs("node_modules/vitest/vitest.mjs", "run", "--root", it.folder, ...args);

  it.each(["forks", "threads", "vmThreads"])("%s, with an alias of the project", (pool) => {
    const it = made(`vitest-${pool}`, "Vitest", "ts");
    it.write("src/sign.ts", "");
    it.write("src/tasks.ts", `import "@app/sign.ts";\n${readFileSync(join(it.folder, "src/tasks.ts"), "utf8")}`);
    it.write("src/a.test.ts", `${imports} it("is elsewhere", async () => { ${SAYS(AWAY)} });`);
    it.write(
      "alias.config.ts",
      `import { mergeConfig } from "vitest/config"; import config from "./vitest.config.ts";
       export default mergeConfig(config, { resolve: { alias: { "@app": ${JSON.stringify(join(it.folder, "src"))} } } });`,
    );
    expect(vitest(it, "--config", join(it.folder, "alias.config.ts"), "--pool", pool)).not.toContain("exit code");
  });
});

describe("Jest", () => {
  const jest = (it: Made): string =>
    it.runs("node_modules/jest/bin/jest.js", "--rootDir", it.folder, "--testTimeout", "60000");
  const imports = (type: string): string => `import { run } from "millrace"; import { job } from "./job.${type}";`;

  it("JavaScript in ES modules", () => {
    const it = made("jest", null, "js");
    it.write("src/a.test.js", `${imports("js")} test("is elsewhere", async () => { ${SAYS(AWAY)} });`);
    it.write("package.json", '{ "type": "module" }');
    expect(jest(it)).not.toContain("exit code");
  });

  describe.each(["@swc/jest", "ts-jest"])("TypeScript with %s", (tool) => {
    it.each(["ES modules", "CommonJS"])("%s", (format) => {
      const esm = format === "ES modules";
      const it = made(`jest-${tool.replace("/", "-")}-${esm}`, null, "ts");
      if (!esm) {
        const tasks = readFileSync(join(it.folder, "src/tasks.ts"), "utf8");
        const meta = "{ url: pathToFileURL(__filename).href },";
        it.write(
          "src/tasks.ts",
          `import { pathToFileURL } from "node:url";\n${tasks.replaceAll("import.meta,", meta)}`,
        );
      }
      it.write("src/a.test.ts", `${imports("ts")} test("is elsewhere", async () => { ${SAYS(AWAY)} });`);
      it.write("package.json", `{ "type": "${esm ? "module" : "commonjs"}" }`);
      const swc = {
        jsc: { parser: { syntax: "typescript" }, target: "es2022" },
        module: { type: esm ? "es6" : "commonjs" },
      };
      const tsconfig = { target: "es2022", module: esm ? "esnext" : "commonjs", allowImportingTsExtensions: true };
      const options = tool === "ts-jest" ? { useESM: esm, diagnostics: false, tsconfig } : swc;
      const config = { transform: { "\\.ts$": [tool, options] }, extensionsToTreatAsEsm: esm ? [".ts"] : [] };
      it.write("jest.config.json", JSON.stringify(config));
      expect(jest(it)).not.toContain("exit code");
    });
  });
});

describe("node:test", () => {
  const imports = 'import { run } from "millrace"; import assert from "node:assert"; import { test } from "node:test";';
  const says = `test("is elsewhere", async () => { assert.equal(await run(job), ${JSON.stringify(AWAY)}); });`;
  const text = (type: string): string =>
    `${imports} import { job } from "./job.${type}";\n${configOf("node:test").code}\n${says}`;

  it("JavaScript", () => {
    const it = made("node-test-js", null, "js");
    it.write("src/a.test.js", text("js"));
    expect(user.node("--test", join(it.folder, "src/a.test.js"))).toContain("pass 1");
  });

  it("TypeScript with tsx", () => {
    const it = made("node-test-ts", null, "ts");
    it.write("src/a.test.ts", text("ts"));
    expect(user.node("--import", "tsx", "--test", join(it.folder, "src/a.test.ts"))).toContain("pass 1");
  });
});
