/**
 * What an expression is, without types: names are followed to where they come from, which is an import of the library, a
 * `const` with what it was made of, or a declared type. What cannot be followed is nothing, so that the rules are silent
 * where they do not know.
 */
import type { TSESLint, TSESTree } from "@typescript-eslint/utils";
import { FUNCTIONS, type Kind, METHODS, NAMES, PROPERTIES, STATICS } from "./api.ts";
import { bare, type Context, type Node, propertyName } from "./rule.ts";

/** A name of the library, or with the name `*` a whole module. */
export interface Imported {
  readonly module: string;
  readonly name: string;
}

const isOurs = (module: unknown): module is string => typeof module === "string" && Object.hasOwn(FUNCTIONS, module);

const look = (table: Readonly<Record<string, Readonly<Record<string, Kind>>>>, of: string, name: string) =>
  Object.hasOwn(table, of) && Object.hasOwn(table[of] as object, name) ? table[of]?.[name] : undefined;

/** The one definition of a name. A name that is assigned again, or merged, has no one definition. */
export function definition(context: Context, id: TSESTree.Identifier): TSESLint.Scope.Definition | undefined {
  let scope: TSESLint.Scope.Scope | null = context.sourceCode.getScope(id);
  while (scope !== null) {
    const variable = scope.set.get(id.name);
    if (variable !== undefined) {
      const written = variable.references.filter((reference) => reference.isWrite() && reference.init !== true);
      return variable.defs.length === 1 && written.length === 0 ? variable.defs[0] : undefined;
    }
    scope = scope.upper;
  }
  return undefined;
}

/** Where an identifier or `namespace.name` was imported from, if that is the library. */
export function imported(context: Context, node: Node): Imported | undefined {
  if (node.type === "MemberExpression" || node.type === "TSQualifiedName") {
    const [object, name] =
      node.type === "MemberExpression" ? [node.object, propertyName(node)] : [node.left, node.right.name];
    const from = imported(context, object);
    return from?.name === "*" && name !== undefined ? { module: from.module, name } : undefined;
  }
  if (node.type === "CallExpression") {
    const [module] = node.arguments;
    const required = node.callee.type === "Identifier" && node.callee.name === "require" && module?.type === "Literal";
    return required && isOurs(module.value) ? { module: module.value, name: "*" } : undefined;
  }
  if (node.type !== "Identifier") return undefined;
  const def = definition(context, node);
  if (def?.type === "ImportBinding" && def.parent.type === "ImportDeclaration") {
    const { value: module } = def.parent.source;
    if (!isOurs(module)) return undefined;
    if (def.node.type !== "ImportSpecifier") return { module, name: "*" };
    const { imported: name } = def.node;
    return { module, name: name.type === "Identifier" ? name.name : name.value };
  }
  // const { chan } = require("millrace"), const millrace = require("millrace")
  if (def?.type !== "Variable" || def.node.init === null) return undefined;
  const from = imported(context, bare(def.node.init));
  if (from?.name !== "*" || def.node.id.type === "Identifier") return from;
  const property = patternProperty(def.node.id, node.name);
  return property === undefined ? undefined : { module: from.module, name: property };
}

/** The property that a pattern `{ property: name }` binds to `name`. */
function patternProperty(pattern: Node, name: string): string | undefined {
  if (pattern.type !== "ObjectPattern") return undefined;
  for (const property of pattern.properties) {
    if (property.type !== "Property" || property.computed || property.key.type !== "Identifier") continue;
    if (property.value.type === "Identifier" && property.value.name === name) return property.key.name;
  }
  return undefined;
}

/** What an element of an array is: of `Stream[]` a `Stream`, of `[A, B]` the one at its place. */
function element(kind: Kind | undefined, index: number): Kind | undefined {
  if (kind?.endsWith("[]") === true) return kind.slice(0, -2);
  return kind?.startsWith("[") === true ? kind.slice(1, -1).split(", ")[index] : undefined;
}

/** What a value is whose type is written down. */
function annotated(context: Context, annotation: TSESTree.TSTypeAnnotation | undefined): Kind | undefined {
  const type = annotation?.typeAnnotation;
  if (type?.type !== "TSTypeReference") return undefined;
  const from = imported(context, type.typeName);
  return from === undefined ? undefined : look(NAMES, from.module, from.name);
}

/** What `this.name` is, by the class's field of that name. */
function field(context: Context, at: Node, name: string): Kind | undefined {
  let body: Node | undefined = at;
  while (body != null && body.type !== "ClassBody") body = body.parent;
  for (const member of body?.body ?? []) {
    if (member.type !== "PropertyDefinition" || member.computed) continue;
    const key =
      member.key.type === "PrivateIdentifier" ? `#${member.key.name}` : (member.key as { name?: string }).name;
    if (key !== name) continue;
    return (
      annotated(context, member.typeAnnotation) ?? (member.value === null ? undefined : kindOf(context, member.value))
    );
  }
  return undefined;
}

/** What a variable or a parameter is. */
function named(context: Context, id: TSESTree.Identifier): Kind | undefined {
  const def = definition(context, id);
  if (def?.type === "Parameter" && def.name.type === "Identifier") return annotated(context, def.name.typeAnnotation);
  if (def?.type !== "Variable") return undefined;
  const { id: pattern, init } = def.node;
  if (pattern.type === "Identifier") {
    return annotated(context, pattern.typeAnnotation) ?? (init === null ? undefined : kindOf(context, init));
  }
  if (pattern.type !== "ArrayPattern" || init === null) return undefined;
  const place = pattern.elements.findIndex((each) => each?.type === "Identifier" && each.name === id.name);
  return place < 0 ? undefined : element(kindOf(context, init), place);
}

/** What an expression is, or undefined where it cannot be followed. */
export function kindOf(context: Context, expression: Node): Kind | undefined {
  const node = bare(expression);
  switch (node.type) {
    case "Identifier": {
      const from = imported(context, node);
      return from === undefined ? named(context, node) : look(NAMES, from.module, from.name);
    }
    case "NewExpression": {
      const from = imported(context, node.callee);
      return from === undefined ? undefined : look(NAMES, from.module, from.name);
    }
    case "CallExpression": {
      const callee = bare(node.callee);
      const from = imported(context, callee);
      if (from !== undefined) return look(FUNCTIONS, from.module, from.name);
      if (callee.type !== "MemberExpression") return called(kindOf(context, callee));
      const name = propertyName(callee);
      if (name === undefined) return undefined;
      const owner = imported(context, callee.object);
      if (owner !== undefined) {
        const statics = look(STATICS, owner.name, name);
        if (statics !== undefined) return statics;
      }
      const object = kindOf(context, callee.object);
      return object === undefined ? undefined : look(METHODS, object, name);
    }
    case "MemberExpression": {
      const from = imported(context, node);
      if (from !== undefined) return look(NAMES, from.module, from.name);
      const name = propertyName(node);
      if (name === undefined) return undefined;
      if (node.object.type === "ThisExpression") return field(context, node, name);
      const object = kindOf(context, node.object);
      if (object === undefined) return undefined;
      return look(PROPERTIES, object, name) ?? (/^\d+$/.test(name) ? element(object, Number(name)) : undefined);
    }
    default:
      return undefined;
  }
}

/** What calling a function of this kind gives. */
function called(kind: Kind | undefined): Kind | undefined {
  return kind?.startsWith("() => ") === true ? kind.slice(6) : undefined;
}
