/** What a statement drops: the expressions whose values nothing uses. */
import type { Node } from "./rule.ts";

/** Calls `take` for each expression of a statement's `expression` whose value is left over. */
export function dropped(expression: Node, take: (node: Node) => void): void {
  if (expression.type === "SequenceExpression") for (const each of expression.expressions) dropped(each, take);
  else if (expression.type === "LogicalExpression") dropped(expression.right, take);
  else if (expression.type === "ConditionalExpression") {
    for (const each of [expression.consequent, expression.alternate]) dropped(each, take);
    // What is assigned is kept.
  } else if (expression.type !== "AssignmentExpression") take(expression);
}
