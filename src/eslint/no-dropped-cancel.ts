/**
 * A context whose cancel function nothing can call: whatever waits on it goes on until the deadline, or for ever. The context
 * itself is collected once nothing waits on it. Go's `vet` calls this lostcancel; it also asks for a call on every path, which one `using` or
 * `defer` behind the declaration gives, so here any use will do.
 */
import type { TSESTree } from "@typescript-eslint/utils";
import { imported } from "./kinds.ts";
import { bare, type Context, type Node, propertyName, type Rule } from "./rule.ts";

/** The call of `withCancel` or one of its kind, by the library's name. */
function maker(context: Context, call: Node): string | undefined {
  const node = bare(call);
  if (node.type !== "CallExpression") return undefined;
  const from = imported(context, node.callee);
  return from?.module === "millrace/context" && /^with(Cancel|Timeout|Deadline)(Cause)?$/.test(from.name)
    ? from.name
    : undefined;
}

export const noDroppedCancel: Rule = {
  meta: {
    type: "problem",
    docs: { description: "Contexts whose cancel function is dropped" },
    schema: [],
    messages: {
      dropped:
        "The cancel function of {{name}} is dropped: what waits on the context goes on until its parent ends or its time is up.",
      unused: "{{cancel}} is never used: call it on every path, for example with `using _ = {{cancel}};`.",
    },
  },
  defaultOptions: [],
  create(context) {
    const dropped = (node: Node, name: string): void => context.report({ node, messageId: "dropped", data: { name } });
    return {
      VariableDeclarator({ id, init }) {
        if (init === null || id.type !== "ArrayPattern") return;
        const name = maker(context, init);
        if (name === undefined) return;
        const cancel = id.elements[1];
        if (cancel == null) return id.elements[0]?.type === "RestElement" ? undefined : dropped(id, name);
        if (cancel.type !== "Identifier") return;
        const variables = context.sourceCode.getDeclaredVariables?.(id.parent as TSESTree.Node) ?? [];
        const variable = variables.find((each) => each.name === cancel.name);
        if (variable === undefined || variable.references.some((reference) => reference.isRead())) return;
        if (exported(id)) return;
        context.report({ node: cancel, messageId: "unused", data: { cancel: cancel.name } });
      },
      ExpressionStatement({ expression }) {
        const name = maker(context, expression);
        if (name !== undefined) dropped(expression, name);
      },
      MemberExpression(node) {
        const name = propertyName(node) === "0" ? maker(context, node.object) : undefined;
        if (name !== undefined) dropped(node, name);
      },
    };
  },
};

/** Whether another module can use the names of a declaration. */
function exported(pattern: Node): boolean {
  return pattern.parent?.parent?.parent?.type === "ExportNamedDeclaration";
}
