/**
 * What the rules share. The types of TypeScript's syntax tree come from @typescript-eslint/utils and are gone after the
 * build: at run time the plugin needs nothing but the ESLint that loads it.
 */
import type { TSESLint, TSESTree } from "@typescript-eslint/utils";

export type Node = TSESTree.Node;
export type Context = Readonly<TSESLint.RuleContext<string, readonly unknown[]>>;
export type Rule = TSESLint.RuleModule<string, readonly unknown[]>;
export type FunctionNode =
  | TSESTree.FunctionDeclaration
  | TSESTree.FunctionExpression
  | TSESTree.ArrowFunctionExpression;

export function isFunction(node: Node | undefined): node is FunctionNode {
  return (
    node?.type === "FunctionDeclaration" ||
    node?.type === "FunctionExpression" ||
    node?.type === "ArrowFunctionExpression"
  );
}

/** The function that runs `node`; undefined for the top level of a module. */
export function functionAround(node: Node): FunctionNode | undefined {
  let around = node.parent;
  // The parent of the whole program is null.
  while (around != null && !isFunction(around)) {
    // What stands in a class's field or static block is run by nobody who could wait.
    if (around.type === "PropertyDefinition" || around.type === "StaticBlock") return undefined;
    around = around.parent;
  }
  return around ?? undefined;
}

/** The expression itself, without what TypeScript lets people put around it. */
export function bare(node: Node): Node {
  switch (node.type) {
    case "TSAsExpression":
    case "TSNonNullExpression":
    case "TSSatisfiesExpression":
    case "TSTypeAssertion":
    case "ChainExpression":
      return bare(node.expression);
    default:
      return node;
  }
}

/** The name of a property that is read by name: `a.b`, `a["b"]`, `a.#b`. */
export function propertyName(node: TSESTree.MemberExpression): string | undefined {
  const { property } = node;
  if (property.type === "PrivateIdentifier") return `#${property.name}`;
  if (!node.computed) return property.type === "Identifier" ? property.name : undefined;
  return property.type === "Literal" ? String(property.value) : undefined;
}
