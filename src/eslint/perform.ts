/** How an operation that stands somewhere is performed there, and the change of the text that does it. */
import type { TSESLint } from "@typescript-eslint/utils";
import { type Context, functionAround, type Node } from "./rule.ts";

/** The word that performs an operation at `node`; undefined where none can stand. */
export function performer(node: Node): "yield*" | "await" | undefined {
  const around = functionAround(node);
  if (around?.async === true) return "await";
  return around?.generator === true ? "yield*" : undefined;
}

/** What to say of an operation at `node` that lacks the word. */
export const missing = (node: Node): string => performer(node) ?? "yield* or await";

/** What may stand behind `yield*` or `await` without parentheses. */
const SIMPLE: readonly string[] = [
  "CallExpression",
  "MemberExpression",
  "Identifier",
  "NewExpression",
  "ChainExpression",
];

/** Puts the word before `node`, in parentheses unless `node` is a statement of its own; null where it can't stand. */
export function perform(context: Context, node: Node, alone: boolean): TSESLint.ReportFixFunction | null {
  const word = performer(node);
  if (word === undefined) return null;
  const text = context.sourceCode.getText(node);
  const inner = SIMPLE.includes(node.type) ? text : `(${text})`;
  return (fixer) => fixer.replaceText(node, alone ? `${word} ${inner}` : `(${word} ${inner})`);
}
