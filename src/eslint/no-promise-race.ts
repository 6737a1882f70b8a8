/**
 * `Promise.race` and `Promise.any` over operations. Each operation is then performed by itself: the one that loses goes on
 * waiting, and takes a value, a lock or a place that nobody gets. A select takes exactly one.
 *
 * `Promise.all` performs them all and is fine until one fails; then the others go on in the same way. The option `all` reports
 * it too.
 */
import type { TSESTree } from "@typescript-eslint/utils";
import { isOperation } from "./operation.ts";
import { bare, type Context, isFunction, type Node, propertyName, type Rule } from "./rule.ts";

interface Options {
  readonly all?: boolean;
}

/** Whether any element of an array is an operation: a list, `list.map(() => op)`, or a variable of either. */
function anyOperation(context: Context, list: Node): boolean {
  const node = bare(list);
  if (node.type === "ArrayExpression") {
    return node.elements.some((each) => each !== null && each.type !== "SpreadElement" && isOperation(context, each));
  }
  if (
    node.type === "CallExpression" &&
    node.callee.type === "MemberExpression" &&
    propertyName(node.callee) === "map"
  ) {
    const [fn] = node.arguments;
    return isFunction(fn) && !fn.async && gives(context, fn.body);
  }
  return false;
}

/** Whether a function's body gives an operation. */
function gives(context: Context, body: Node): boolean {
  if (body.type !== "BlockStatement") return isOperation(context, body);
  const last = body.body.at(-1);
  return last?.type === "ReturnStatement" && last.argument !== null && isOperation(context, last.argument);
}

/** The list behind a name that is assigned once. */
function listed(context: Context, argument: Node): Node {
  if (argument.type !== "Identifier") return argument;
  const variable = context.sourceCode.getScope(argument).references.find(({ identifier }) => identifier === argument);
  const def = variable?.resolved?.defs[0];
  return def?.type === "Variable" && def.node.init !== null && def.node.id.type === "Identifier"
    ? def.node.init
    : argument;
}

export const noPromiseRace: Rule = {
  meta: {
    type: "problem",
    docs: { description: "`Promise.race` and `Promise.any` over operations" },
    schema: [
      {
        type: "object",
        properties: { all: { type: "boolean", description: "Report Promise.all too." } },
        additionalProperties: false,
      },
    ],
    messages: {
      race: "An operation that loses a Promise.{{method}} goes on and takes what nobody gets. Use select.",
      all: "When one of Promise.all fails, the other operations go on and take what nobody gets. Use an ErrGroup.",
    },
  },
  defaultOptions: [{}],
  create(context) {
    const { all = false } = (context.options[0] ?? {}) as Options;
    const methods = all ? ["race", "any", "all"] : ["race", "any"];
    return {
      "CallExpression[callee.object.name='Promise']"(node: TSESTree.CallExpression) {
        const method = propertyName(node.callee as TSESTree.MemberExpression);
        const [list] = node.arguments;
        if (method === undefined || list === undefined || !methods.includes(method)) return;
        if (!anyOperation(context, listed(context, list))) return;
        context.report({ node, messageId: method === "all" ? "all" : "race", data: { method } });
      },
    };
  },
};
