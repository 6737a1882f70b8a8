/**
 * A plugin for ESLint that finds the mistakes the compiler cannot see: operations that nobody performs, and the like.
 *
 * It is named and exported as plugins are: a default export, which is the object that `configs.recommended` refers to.
 *
 * @module millrace/eslint
 */
import type { ESLint, Linter } from "eslint";
import { noDroppedCancel } from "./no-dropped-cancel.ts";
import { noEndlessLoop } from "./no-endless-loop.ts";
import { noFloatingGenerator } from "./no-floating-generator.ts";
import { noFloatingOperation } from "./no-floating-operation.ts";
import { noFunctionInLoop } from "./no-function-in-loop.ts";
import { noPromiseRace } from "./no-promise-race.ts";
import { noYieldOperation } from "./no-yield-operation.ts";
import type { Rule } from "./rule.ts";

/** Rules that find mistakes. */
const recommended: Record<string, Rule> = {
  "no-dropped-cancel": noDroppedCancel,
  "no-endless-loop": noEndlessLoop,
  "no-floating-generator": noFloatingGenerator,
  "no-floating-operation": noFloatingOperation,
  "no-promise-race": noPromiseRace,
  "no-yield-operation": noYieldOperation,
};

/** What ESLint knows the plugin by. */
export const meta: { readonly name: string } = { name: "millrace" };

/** The rules by their names: `no-floating-operation` and so on. */
export const rules: NonNullable<ESLint.Plugin["rules"]> = {
  ...recommended,
  "no-function-in-loop": noFunctionInLoop,
} as unknown as NonNullable<ESLint.Plugin["rules"]>;

/** The plugin: `configs.recommended` for a flat config, and the rules one by one. */
const plugin: ESLint.Plugin & { readonly configs: { readonly recommended: Linter.Config } } = {
  meta,
  rules,
  configs: {
    recommended: {
      name: "millrace/recommended",
      rules: Object.fromEntries(Object.keys(recommended).map((name) => [`millrace/${name}`, "error" as const])),
    },
  },
};
plugin.configs.recommended.plugins = { millrace: plugin };

/** `recommended`: all rules that find mistakes, as errors. */
export const configs: { readonly recommended: Linter.Config } = plugin.configs;

export default plugin;
