/**
 * An operation that nobody performs: `ch.send(1);` makes an operation and drops it, and `if (mu.lock())` asks whether
 * there is one. Rejected: to ask that every operation is performed where it is made. A select's cases, an array of them
 * and what `go(() => ch.send(1))` gives back are performed by somebody else, so only places are reported where an
 * operation can't be of any use.
 */
import type { TSESTree } from "@typescript-eslint/utils";
import { dropped } from "./dropped.ts";
import { isOperation } from "./operation.ts";
import { missing, perform } from "./perform.ts";
import type { Context, Node, Rule } from "./rule.ts";

/** Looks at a place that needs a result. */
function needsResult(context: Context, node: Node | null): void {
  if (node === null || node.type === "PrivateIdentifier" || !isOperation(context, node)) return;
  const fix = perform(context, node, false);
  context.report({ node, messageId: "unperformed", data: { word: missing(node) }, fix });
}

export const noFloatingOperation: Rule = {
  meta: {
    type: "problem",
    docs: { description: "Operations that are made and never performed" },
    fixable: "code",
    schema: [],
    messages: {
      floating: "This makes an operation and drops it: nothing happens. Perform it with {{word}}.",
      voided:
        "void performs nothing: an operation is not a promise, which runs by itself. Perform it with {{word}}, or start it with go(() => …).",
      unperformed: "This is an operation, not its result. Perform it with {{word}}.",
    },
  },
  defaultOptions: [],
  create(context) {
    const report = (node: Node): void => {
      if (!isOperation(context, node)) return;
      const alone = node.parent?.type === "ExpressionStatement";
      context.report({
        node,
        messageId: "floating",
        data: { word: missing(node) },
        fix: perform(context, node, alone),
      });
    };
    const test = (node: { readonly test: TSESTree.Expression | null }): void => needsResult(context, node.test);
    return {
      ExpressionStatement: ({ expression }) => dropped(expression, report),
      IfStatement: test,
      WhileStatement: test,
      DoWhileStatement: test,
      ForStatement: test,
      ConditionalExpression: test,
      SwitchStatement: ({ discriminant }) => needsResult(context, discriminant),
      LogicalExpression: ({ left, operator }) => operator !== "??" && needsResult(context, left),
      UnaryExpression({ operator, argument }) {
        // For a promise, `void` says that it runs and is not waited for. An operation does not run.
        if (operator === "void" && isOperation(context, argument)) {
          context.report({ node: argument, messageId: "voided", data: { word: missing(argument) } });
        } else if (operator !== "void" && operator !== "delete") needsResult(context, argument);
      },
      BinaryExpression({ left, operator, right }) {
        // Comparing two operations may be meant: an operation is a value.
        if (operator === "in" || operator === "instanceof" || /^[!=]==?$/.test(operator)) return;
        needsResult(context, left);
        needsResult(context, right);
      },
      TemplateLiteral({ expressions }) {
        for (const each of expressions) needsResult(context, each);
      },
    };
  },
};
