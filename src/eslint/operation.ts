/**
 * Whether an expression is an operation, something that `yield*` and `await` perform. With types (typescript-eslint's
 * `projectService`) the compiler says so; where there are none, or the type is `any`, names are followed.
 */
import type { ParserServicesWithTypeInformation } from "@typescript-eslint/utils";
import type { Type } from "typescript";
import { OP } from "./api.ts";
import { kindOf } from "./kinds.ts";
import { bare, type Context, type Node } from "./rule.ts";

/** What `any`, `undefined` and the like are called; their flags differ between versions of the compiler. */
const intrinsic = (type: Type): string | undefined => (type as { readonly intrinsicName?: string }).intrinsicName;
const NO_VALUE: readonly (string | undefined)[] = ["undefined", "null", "void"];

/** Whether to perform it is forgotten if nothing is done with it. */
export function isOperation(context: Context, expression: Node): boolean {
  const node = bare(expression);
  const type = typeOf(context, node);
  if (type === undefined || intrinsic(type) === "any" || intrinsic(type) === "error")
    return kindOf(context, node) === OP;
  return isOperationType(type) && !startsAtOnce(context, node);
}

function typeOf(context: Context, node: Node): Type | undefined {
  const services = context.sourceCode.parserServices as Partial<ParserServicesWithTypeInformation> | undefined;
  if (services?.program == null) return undefined;
  return services.getTypeAtLocation?.(node);
}

/** Every one of a union is an operation, whatever else it may be instead of a value. */
function isOperationType(type: Type): boolean {
  if (type.isUnion()) {
    const values = type.types.filter((each) => !NO_VALUE.includes(intrinsic(each)));
    return values.length > 0 && values.every(isOperationType);
  }
  const has = (name: string): boolean => type.getProperty(name) !== undefined;
  if (!has("then") || !type.getProperties().some(({ name }) => name.startsWith("__@iterator"))) return false;
  // An action has two methods and nothing else that is public, so its name has to do.
  return (has("attempt") && has("enqueue") && has("dequeue")) || nameOf(type) === "Action";
}

const nameOf = (type: Type): string | undefined => type.symbol?.name.replace(/\$\d+$/, "");

/** `group.go(fn)` gives an operation, which without a limit has nothing left to do. */
function startsAtOnce(context: Context, node: Node): boolean {
  if (node.type !== "CallExpression" || node.callee.type !== "MemberExpression") return false;
  const { object, property } = node.callee;
  if (property.type !== "Identifier" || property.name !== "go") return false;
  const type = typeOf(context, object);
  return type !== undefined && nameOf(type) === "ErrGroup";
}
