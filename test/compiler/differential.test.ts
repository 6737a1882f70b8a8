/** Random functions do the same compiled as they do as written. */
import fc from "fast-check";
import { run } from "millrace";
import * as compiled from "millrace/compiled";
import { expect, it } from "vitest";
import { type CompileOptions, compile } from "../../src/compiler/compile.ts";
import { library, program } from "./program.ts";

type Program = (this: unknown, $: object) => Generator<never, unknown> | Promise<unknown>;

/** Everything a program says, and how it ends. */
async function outcome(code: string): Promise<string> {
  const exports: { program?: Program } = {};
  new Function("exports", "require", code)(exports, () => compiled);
  const said: unknown[] = [];
  const $ = library(said);
  const body = exports.program as Program;
  try {
    const result: unknown = await run(() => body.call({ x: 3 }, $) as never);
    said.push("result", typeof result === "object" && result !== null ? Object.keys(result).join() : result);
  } catch (error) {
    said.push(
      "error",
      error instanceof Error ? `${error.name}${error.name === "TypeError" ? "" : `: ${error.message}`}` : error,
    );
  }
  return said.map(String).join("\n");
}

const RUNS = Number(process.env.COMPILER_RUNS ?? 300);
const cases: ["yield*" | "await", CompileOptions][] = [
  ["yield*", {}],
  ["await", { await: "tick" }],
  ["await", { await: "skip" }],
];

it.each(cases)("%s, compiled with %o", async (style, options) => {
  let sites = 0;
  let same = 0;
  const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 });
  await fc.assert(
    fc.asyncProperty(seeds, async (seed) => {
      const code = program(seed, style);
      const text = compile(code, "program.cjs", options)?.code ?? code;
      // A program may have nothing to compile.
      if (text === code && code.includes(style === "await" ? "await " : "yield*"))
        expect.fail(`not compiled:\n${code}`);
      sites += text.split(/\$mr[RNK]\(/).length - 1;
      const plain = await outcome(code);
      expect(await outcome(text), code).toBe(plain);
      same += plain.includes("\nresult\n") ? 1 : 0;
    }),
    { numRuns: RUNS },
  );
  // It is not that all of them fail at once.
  expect(sites).toBeGreaterThan(RUNS * 3);
  expect(same).toBeGreaterThan(RUNS / 10);
});
