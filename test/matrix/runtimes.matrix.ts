/** The packed file on other runtimes than the one that runs the tests. */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Project, project, root, run } from "../kit/pack.ts";
import { install, type Runtime, runtimes } from "./runtimes.ts";

let user: Project;
let program: (runtime: Runtime) => string;
beforeAll(() => {
  user = project();
  user.add("tsx");
  program = install();
});
afterAll(() => user?.remove());

describe.each(runtimes.map((runtime) => [runtime.name, runtime] as const))("%s", (name, runtime) => {
  const runs = (...args: string[]): string => run(user.folder, program(runtime), [...runtime.before, ...args]);

  it("runs an ES module, a CommonJS module and TypeScript", () => {
    expect(runs("run/esm.mjs")).toBe("1 4 9\n");
    expect(runs("run/require.cjs")).toBe("required\n");
    expect(runs("run/typed.ts")).toContain("6\n"); // Node adds that it is experimental
  });

  it("has one runtime, whichever way the package is loaded", () => {
    // With two copies of the code the classes differ, and the functions; the goroutines and channels are one.
    const one = "same functions: true true\ngot across true\ntrue true\n";
    const two = "same functions: false false\ngot across true\nfalse true\n";
    expect(runs("run/both.cjs")).toBe(runtime.oneCopy ? one : two);
  });

  it("reports a deadlock, with the place", () => {
    const report = runs("run/deadlock.mjs").replaceAll(user.folder, "");
    expect(report).toMatch(
      /^fatal error: all goroutines are asleep - deadlock!\n\ngoroutine 1 \[chan receive\]: channel "nobody"\nwaiter\(\)\n\t\/run\/deadlock\.mjs:4:\d+\nexit code 2\n$/,
    );
  });

  it("runs functions on other threads", () => {
    expect(runs("threads/node.ts")).toContain("328350 100 enough 100 elsewhere\n");
  });

  // Deno reads TypeScript itself and needs no command for it.
  if (name !== "Deno") {
    it("runs the command", () => {
      expect(runs("node_modules/millrace/dist/cli/main.js", "run", "run/typed.ts")).toBe("6\n");
    });
  }
});

describe("conformance", () => {
  const nodes = runtimes.filter(({ name }) => name.startsWith("Node "));
  const bun = runtimes.find(({ name }) => name === "Bun") as Runtime;

  it.each(nodes)("$name", (runtime) => {
    const vitest = [join(root, "node_modules/vitest/vitest.mjs"), "run", "--project", "node", "--reporter=dot"];
    const args = [...vitest, "--testTimeout=120000", "test/conformance", "test/runtime", "test/chan", "test/select"];
    expect(run(root, program(runtime), args)).not.toMatch(/exit code/);
  });

  // Its test runner takes vitest's functions for its own.
  it("Bun", () => {
    const report = run(root, program(bun), ["test", "test/conformance/local.test.ts"]);
    expect(report).toContain("\n 0 fail\n");
    expect(report).not.toMatch(/exit code/);
  });
});
