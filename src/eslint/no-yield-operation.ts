/**
 * `yield op` where `yield* op` is meant: the scheduler gets the operation itself instead of having it performed, and
 * refuses it with a panic. A generator that hands operations out to somebody says so in its type and is left alone.
 */
import { isOperation } from "./operation.ts";
import { type FunctionNode, functionAround, type Rule } from "./rule.ts";

/** A goroutine's body, as far as its declared type says: without one, or `Go<…>`, or a generator of `Parked`. */
function mayBeBody({ returnType }: FunctionNode): boolean {
  const type = returnType?.typeAnnotation;
  if (type === undefined) return true;
  if (type.type !== "TSTypeReference" || type.typeName.type !== "Identifier") return false;
  if (type.typeName.name === "Go") return true;
  const yields = type.typeArguments?.params[0];
  return (
    yields?.type === "TSTypeReference" && yields.typeName.type === "Identifier" && yields.typeName.name === "Parked"
  );
}

export const noYieldOperation: Rule = {
  meta: {
    type: "problem",
    docs: { description: "`yield` of an operation instead of `yield*`" },
    fixable: "code",
    schema: [],
    messages: { star: "yield hands the operation to the scheduler, which refuses it. Perform it with yield*." },
  },
  defaultOptions: [],
  create(context) {
    return {
      YieldExpression(node) {
        if (node.delegate || node.argument == null) return;
        const around = functionAround(node);
        // An async generator is no goroutine's body: what it yields goes to whoever iterates it.
        if (around === undefined || around.async || !mayBeBody(around)) return;
        if (!isOperation(context, node.argument)) return;
        context.report({
          node,
          messageId: "star",
          fix: (fixer) => fixer.insertTextAfterRange([node.range[0], node.range[0] + "yield".length], "*"),
        });
      },
    };
  },
};
