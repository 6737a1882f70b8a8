/**
 * A generator that is called and not run: `save(1);` makes an iterator and drops it, and not even the first line of the
 * function is reached. Any generator counts, because there is no use in making one for nothing; what is kept, returned or
 * handed to a function may be run there, except what is handed to `go`, which wants the function.
 */
import type { TSESTree } from "@typescript-eslint/utils";
import { dropped } from "./dropped.ts";
import { definition, imported } from "./kinds.ts";
import { typeOf } from "./operation.ts";
import { perform, performer } from "./perform.ts";
import { bare, type Context, isFunction, type Node, propertyName, type Rule } from "./rule.ts";

const isGeneratorFunction = (node: Node | null | undefined): boolean =>
  node != null && isFunction(node) && node.generator && !node.async;

/** The generator function that a call without types calls, as far as it can be followed in the file. */
function callsGenerator(context: Context, callee: Node): boolean {
  if (callee.type === "Identifier") {
    const def = definition(context, callee);
    return def?.type === "Variable" ? isGeneratorFunction(def.node.init) : isGeneratorFunction(def?.node as Node);
  }
  if (callee.type !== "MemberExpression" || callee.object.type !== "ThisExpression") return false;
  const name = propertyName(callee);
  return classAround(callee)?.body.some((each) => isGeneratorFunction(methodOf(each, name))) ?? false;
}

function classAround(node: Node): TSESTree.ClassBody | undefined {
  let around: Node | undefined | null = node;
  while (around != null && around.type !== "ClassBody") around = around.parent;
  return around ?? undefined;
}

/** The function of a member of a class, if that is called `name`. */
function methodOf(member: TSESTree.ClassElement, name: string | undefined): Node | null {
  if (member.type !== "MethodDefinition" && member.type !== "PropertyDefinition") return null;
  const { key, value, computed } = member;
  if (computed) return null;
  const own = key.type === "PrivateIdentifier" ? `#${key.name}` : (key as { readonly name?: string }).name;
  return own === name ? (value as Node | null) : null;
}

/** Whether `node` is a call that gives a generator. */
function isGenerator(context: Context, expression: Node): boolean {
  const node = bare(expression);
  if (node.type !== "CallExpression") return false;
  const type = typeOf(context, node);
  return type === undefined ? callsGenerator(context, bare(node.callee)) : type.symbol?.name === "Generator";
}

export const noFloatingGenerator: Rule = {
  meta: {
    type: "problem",
    docs: { description: "Generators that are called and never run" },
    fixable: "code",
    schema: [],
    messages: {
      floating: "This calls a generator and drops it: nothing of it runs. Run it with {{how}}.",
      awaited: "await does not run a generator. Run it with `await go(fn, ...args).join()`.",
      started: "go takes the function, not a generator that was made by calling it: `go(fn, ...args)`.",
    },
  },
  defaultOptions: [],
  create(context) {
    const report = (expression: Node): void => {
      const node =
        expression.type === "UnaryExpression" && expression.operator === "void" ? expression.argument : expression;
      if (!isGenerator(context, node)) return;
      const inGenerator = performer(node) === "yield*";
      context.report({
        node,
        messageId: "floating",
        data: { how: inGenerator ? "yield*, or start it as a goroutine with go(fn, ...args)" : "go(fn, ...args)" },
        fix:
          inGenerator && node === expression
            ? perform(context, node, node.parent?.type === "ExpressionStatement")
            : null,
      });
    };
    return {
      ExpressionStatement: ({ expression }) => dropped(expression, report),
      AwaitExpression({ argument }) {
        if (isGenerator(context, argument)) context.report({ node: argument, messageId: "awaited" });
      },
      CallExpression({ callee, arguments: [first] }) {
        if (first === undefined || !isGenerator(context, first)) return;
        const from = imported(context, callee);
        if (from?.module === "millrace" && from.name === "go") context.report({ node: first, messageId: "started" });
      },
    };
  },
};
