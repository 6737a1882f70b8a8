/** What Turbopack's loader makes of a module, and how a thread comes to a chunk. */
import workers from "node:worker_threads";
import { expect, it } from "vitest";
import { nextConfig } from "../../src/plugin/next.ts";
import load, { type LoaderOptions } from "../../src/plugin/turbopack.ts";
import { urlOf, worker } from "../../src/plugin/turbopack-start.ts";

const CODE = `import { parallel } from "millrace/threads";
export const twice = parallel(import.meta, "twice", function* (n: number) { return 2 * (yield* more(n)); });
`;

function loaded(options: LoaderOptions, code = CODE): Promise<{ code: string | undefined; map: unknown }> {
  return new Promise((done, fail) => {
    const loading = {
      resourcePath: "/project/src/tasks.ts",
      rootContext: "/project",
      getOptions: () => options,
      async: () => (error: unknown, code?: string, map?: unknown) => (error ? fail(error) : done({ code, map })),
    };
    load.call(loading, code);
  });
}

it("wires a module to its own chunk, and moves nothing", async () => {
  const { code, map } = await loaded({ wire: true });
  expect(code?.startsWith(CODE.replace("import.meta,", "__mr_meta(),"))).toBe(true);
  expect(code).toMatch(/from "\.\.\/[./\w-]+\/plugin\/turbopack-start\.js";/);
  expect(code).toContain('__mr_url("/src/tasks.ts", import.meta.url, () => new __mr_Worker(new URL("./tasks.ts", ');
  expect(map).toBeUndefined();
});

it("leaves a module alone where there are no threads, and one without parallel functions", async () => {
  expect((await loaded({ wire: false })).code).toBe(CODE);
  expect((await loaded({ wire: true }, "export const a = 1;\n")).code).toBe("export const a = 1;\n");
});

it("compiles modules with it, if that is wanted", async () => {
  const { code, map } = await loaded({ wire: true, compile: true });
  expect(code).toContain("yield* $mr");
  expect(code).toContain("__mr_url(");
  expect(JSON.parse(String(map))).toMatchObject({ version: 3 });
  expect((await loaded({ wire: false, compile: true })).code).not.toContain("__mr_url");
});

it("tells a thread which chunk a module is", () => {
  const { Worker } = workers;
  const start = (path: unknown) => () => new (workers.Worker as unknown as new (path: unknown) => object)(path);
  expect(urlOf("/src/a.ts", "file:///src/a.ts", start("/out/a.js"))).toBe("/src/a.ts?/out/a.js");
  expect(worker()).toBeTypeOf("function");
  // A Turbopack that makes no chunks for workers has a copy of the source there.
  expect(urlOf("/src/a.ts", "file:///src/a.ts", start(new URL("file:///out/a.ts")))).toBe("file:///src/a.ts");
  expect(worker()).toBeUndefined();
  const fails = (): never => {
    throw new Error("no");
  };
  expect(() => urlOf("/src/a.ts", "file:///src/a.ts", fails)).toThrow("no");
  expect(workers.Worker).toBe(Worker);
});

it("keeps what a configuration of Next says", () => {
  const theirs = { "*.svg": { loaders: ["svg"] }, "*.{ts,tsx,mts,cts,js,jsx,mjs,cjs}": { loaders: ["mine"] } };
  const made = nextConfig({ turbopack: { root: "/project", rules: theirs } }, {}, () => null);
  expect(made.turbopack).toMatchObject({ root: "/project", rules: { "*.svg": theirs["*.svg"] } });
  const [first, second] = (made.turbopack.rules as unknown as Record<string, { loaders: unknown[] }[]>)[
    "*.{ts,tsx,mts,cts,js,jsx,mjs,cjs}"
  ] as { loaders: unknown[] }[];
  expect(first).toEqual({ loaders: ["mine"] });
  expect(second?.loaders).toMatchObject([{ options: { wire: true } }]);
});
