/** ESLint's rule tester on our rules: with plain JavaScript, with TypeScript that has no types, and with types. */
import parser from "@typescript-eslint/parser";
import { type Linter, RuleTester } from "eslint";
import { describe, it } from "vitest";
import { rules } from "../../src/eslint/index.ts";

RuleTester.describe = describe;
RuleTester.it = it;

export type Cases = Parameters<RuleTester["run"]>[2];

const untyped: Linter.LanguageOptions = { parser };
const typed: Linter.LanguageOptions = {
  parser,
  parserOptions: {
    project: "./tsconfig.json",
    tsconfigRootDir: `${import.meta.dirname}/typed`,
    // Where CI is set, the parser takes the types of the file on disk, once, for the code of all cases.
    disallowAutomaticSingleRunInference: true,
  },
};

/** Runs a rule's cases in one of the three ways. */
export function check(name: string, how: "javascript" | "untyped" | "typed", cases: Cases): void {
  const languageOptions = how === "javascript" ? {} : how === "untyped" ? untyped : typed;
  const tester = new RuleTester({ languageOptions });
  const rule = rules[name];
  if (rule === undefined) throw new Error(`no rule ${name}`);
  const file =
    how === "javascript" ? {} : { filename: how === "typed" ? `${import.meta.dirname}/typed/file.ts` : "file.ts" };
  tester.run(`${name}, ${how}`, rule as Parameters<RuleTester["run"]>[1], {
    valid: cases.valid.map((each) => ({ ...file, ...(typeof each === "string" ? { code: each } : each) })),
    invalid: cases.invalid.map((each) => ({ ...file, ...each })),
  });
}
