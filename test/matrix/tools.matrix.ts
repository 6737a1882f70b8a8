/** The plug-in with tools that are none of ours, from the packed file. They are installed for this alone. */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { transformSync } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Project, project, run } from "../kit/pack.ts";
import { AWAY } from "../package/shown.ts";

const TOOLS = ["webpack@5.113.0", "@rspack/core@2.3.4", "rollup@4.68.8", "vitest@4.1.12", "jest@30.5.2"];

let user: Project;
beforeAll(() => {
  user = project();
  user.add("unplugin");
  const args = ["install", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline", ...TOOLS];
  expect(run(user.folder, "npm", args)).not.toContain("exit code");
});
afterAll(() => user?.remove());

/** The program in JavaScript, in a folder of its own. */
function compiled(name: string): string {
  const folder = join(user.folder, name);
  mkdirSync(folder);
  for (const file of readdirSync(join(user.folder, "threads")).filter((each) => each.endsWith(".ts"))) {
    const text = readFileSync(join(user.folder, "threads", file), "utf8");
    const { code } = transformSync(text, { loader: "ts", target: "es2022" });
    writeFileSync(join(folder, file.replace(/ts$/, "js")), code.replace(/(\.\/\w+)\.ts"/g, '$1.js"'));
  }
  return folder;
}

describe("bundles run where the sources are gone", () => {
  it.each([
    ["webpack", 'import tool from "webpack";', "webpack"],
    ["Rspack", 'import { rspack as tool } from "@rspack/core";', "rspack"],
  ])("%s", (name, load, method) => {
    const context = compiled(`${name}-source`);
    const out = join(user.folder, name);
    const script = `${load} import millrace from "millrace/plugin";
      const output = { path: ${JSON.stringify(out)}, filename: "main.cjs" };
      const context = ${JSON.stringify(context)};
      tool({ mode: "production", target: "node20", context, entry: "./node.js", output, plugins: [millrace.${method}()] }, (error, stats) => {
        if (error || stats.hasErrors() || stats.hasWarnings()) throw error ?? new Error(stats.toString());
      });`;
    writeFileSync(join(user.folder, `${name}.mjs`), script);
    expect(user.node(`${name}.mjs`)).toBe("");
    rmSync(context, { recursive: true });
    expect(user.node(join(out, "main.cjs"))).toBe(`${AWAY}\n`);
  });

  it("Rollup", () => {
    const folder = compiled("rollup-source");
    const script = `import { rollup } from "rollup"; import millrace from "millrace/plugin";
      const input = ${JSON.stringify(join(folder, "node.js"))};
      const bundle = await rollup({ input, external: [/^millrace/], plugins: [millrace.rollup()] });
      await bundle.write({ dir: "rollup", format: "es" });`;
    writeFileSync(join(user.folder, "rollup.mjs"), script);
    expect(user.node("rollup.mjs")).toBe("");
    rmSync(folder, { recursive: true });
    expect(user.node("rollup/node.js")).toBe(`${AWAY}\n`);
  });
});

describe("tests run on threads", () => {
  const test = `expect(await run(job)).toBe(${JSON.stringify(AWAY)});`;

  it.each(["forks", "threads", "vmThreads"])("Vitest, %s, with an alias", (pool) => {
    const folder = join(user.folder, `vitest-${pool}`);
    cpSync(join(user.folder, "threads"), folder, { recursive: true });
    writeFileSync(join(folder, "sign.ts"), "");
    const tasks = readFileSync(join(folder, "tasks.ts"), "utf8");
    writeFileSync(join(folder, "tasks.ts"), `import "@app/sign.ts";\n${tasks}`);
    const imports =
      'import { run } from "millrace"; import { expect, it } from "vitest"; import { job } from "./job.ts";';
    writeFileSync(join(folder, "a.test.ts"), `${imports} it("is elsewhere", async () => { ${test} });`);
    const alias = `{ "@app": ${JSON.stringify(folder)} }`;
    const config = `export default { plugins: [millrace.vite()], resolve: { alias: ${alias} }, test: { pool: "${pool}" } };`;
    writeFileSync(join(folder, "vitest.config.mjs"), `import millrace from "millrace/plugin"; ${config}`);
    expect(user.node("node_modules/vitest/vitest.mjs", "run", "--root", folder)).not.toContain("exit code");
  });

  it("Jest, as Node loads them", () => {
    const folder = compiled("jest");
    const imports = 'import { run } from "millrace"; import { job } from "./job.js";';
    writeFileSync(join(folder, "a.test.js"), `${imports} test("is elsewhere", async () => { ${test} });`);
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    const jest = "node_modules/jest/bin/jest.js";
    expect(user.node("--experimental-vm-modules", jest, "--rootDir", folder)).not.toContain("exit code");
  });
});
