/** Random functions do the same compiled as they do as written. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { type CompileOptions, compile } from "../../src/compiler/compile.ts";
import { outcome, program } from "./program.ts";

const RUNS = Number(process.env.COMPILER_RUNS ?? 300);
const cases: ["yield*" | "await", CompileOptions][] = [
  ["yield*", {}],
  ["await", { await: "tick" }],
  ["await", { await: "skip" }],
];

it.each(cases)("%s, compiled with %o", async (style, options) => {
  let sites = 0;
  let same = 0;
  let hoisted = 0;
  const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 });
  await fc.assert(
    fc.asyncProperty(seeds, async (seed) => {
      const code = program(seed, style);
      const text = compile(code, "program.cjs", options)?.code ?? code;
      // A program may have nothing to compile.
      if (text === code && code.includes(style === "await" ? "await " : "yield*"))
        expect.fail(`not compiled:\n${code}`);
      sites += text.split(/\$mr[RNK]\(/).length - 1;
      hoisted += text.split("??= (0, function*").length - 1;
      const plain = await outcome(code);
      expect(await outcome(text), code).toBe(plain);
      same += plain.includes("\nresult\n") ? 1 : 0;
    }),
    { numRuns: RUNS },
  );
  // It is not that all of them fail at once.
  expect(sites).toBeGreaterThan(RUNS * 3);
  if (style === "yield*") expect(hoisted).toBeGreaterThan(RUNS / 10);
  expect(same).toBeGreaterThan(RUNS / 10);
});
