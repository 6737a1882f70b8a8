/**
 * A generator function that a loop writes anew for each goroutine. V8 gives each a prototype and a map of its own, which
 * takes more time and memory than the goroutine. It is not a mistake, so it is not among the recommended rules.
 */
import type { TSESTree } from "@typescript-eslint/utils";
import { imported } from "./kinds.ts";
import { isFunction, type Node, type Rule } from "./rule.ts";

const LOOPS: ReadonlySet<string> = new Set([
  "DoWhileStatement",
  "ForInStatement",
  "ForOfStatement",
  "ForStatement",
  "WhileStatement",
]);

/** Whether `node` is run once a turn of a loop. */
function inLoop(node: Node): boolean {
  let around = node.parent;
  while (around != null && !isFunction(around)) {
    if (LOOPS.has(around.type)) return true;
    around = around.parent;
  }
  return false;
}

export const noFunctionInLoop: Rule = {
  meta: {
    type: "suggestion",
    docs: { description: "Generator functions that a loop writes anew for each goroutine" },
    schema: [],
    messages: {
      anew: "Each turn of the loop makes this generator function anew, which costs more than the goroutine. Name it outside of the loop and give go its arguments.",
    },
  },
  defaultOptions: [],
  create(context) {
    return {
      "CallExpression[arguments.0.type='FunctionExpression'][arguments.0.generator=true]"(
        node: TSESTree.CallExpression,
      ) {
        const from = imported(context, node.callee);
        if (from?.module !== "millrace" || from.name !== "go" || !inLoop(node)) return;
        context.report({ node: node.arguments[0] as Node, messageId: "anew" });
      },
    };
  },
};
