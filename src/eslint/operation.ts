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
  return type === undefined ? kindOf(context, node) === OP : isOperationType(type);
}

/** The type of an expression; undefined where there are no types, or it is `any`. */
export function typeOf(context: Context, node: Node): Type | undefined {
  const services = context.sourceCode.parserServices as Partial<ParserServicesWithTypeInformation> | undefined;
  if (services?.program == null) return undefined;
  const type = services.getTypeAtLocation?.(node);
  return type !== undefined && ["any", "error"].includes(intrinsic(type) ?? "") ? undefined : type;
}

/** Every one of a union is an operation, whatever else it may be instead of a value. */
function isOperationType(type: Type): boolean {
  if (type.isUnion()) {
    const values = type.types.filter((each) => !NO_VALUE.includes(intrinsic(each)));
    return values.length > 0 && values.every(isOperationType);
  }
  // An operation of a type of its own, such as `Started`, does not depend on being performed.
  return ["Op", "Action"].includes(nameOf(type) ?? "") && isPerformable(type);
}

/** It has what `yield*` and `await` need, so that a class of the same name elsewhere is not taken for ours. */
function isPerformable(type: Type): boolean {
  return (
    type.getProperty("then") !== undefined && type.getProperties().some(({ name }) => name.startsWith("__@iterator"))
  );
}

const nameOf = (type: Type): string | undefined => type.symbol?.name.replace(/\$\d+$/, "");
