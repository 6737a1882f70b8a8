/** The guide's page on lint: each rule reports its first block, with nothing else, and no rule the second. */
import { readFileSync } from "node:fs";
import parser from "@typescript-eslint/parser";
import { Linter } from "eslint";
import { expect, it } from "vitest";
import plugin, { rules } from "../../src/eslint/index.ts";
import { root } from "../kit/pack.ts";

const guide = readFileSync(`${root}docs/guide/lint.md`, "utf8");

const all = Object.fromEntries(Object.keys(rules).map((name) => [`millrace/${name}`, "error" as const]));

function reported(code: string | undefined): string[] {
  const found = new Linter().verify(code ?? "", [
    { languageOptions: { parser } },
    { plugins: { millrace: plugin }, rules: all },
  ]);
  return found.map(({ ruleId, message }) => ruleId ?? message);
}

it.each(Object.keys(rules))("%s", (name) => {
  const section = guide.split("\n## ").find((each) => each.startsWith(`millrace/${name}\n`)) ?? "";
  const [bad, good] = [...section.matchAll(/^```ts no-run\n([\s\S]*?)^```$/gm)].map(([, code]) => code);
  expect(new Set(reported(bad))).toEqual(new Set([`millrace/${name}`]));
  expect(good).toBeDefined();
  expect(reported(good)).toEqual([]);
});
