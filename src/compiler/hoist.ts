/**
 * Which function expressions can be made once for all turns of a loop.
 *
 *     for (const x of xs) go(function* () { yield* ch.send(x); }, …)
 *     for (const x of xs) go((f ??= (0, function* (x) { yield* ch.send(x); })), x, …)
 *
 * V8 gives each generator function a prototype and a map of its own, which costs more than to start the goroutine.
 *
 * Invariants:
 * - Only what is given to `go` of the library, which calls it and keeps it nowhere. That it is one function for all turns
 *   could be seen by the function alone, so one that uses `arguments` or its own name is left, and all where there is `eval`.
 * - It is made where it stands, in the first turn, and kept in a variable of the function around the loop. What it refers to
 *   outside of the loop is the same in all turns.
 * - A variable that each turn has anew becomes a parameter, if it has its value already and never gets another one.
 * - Names are compared without regard to where they mean something else, which can only refuse what would be allowed.
 *
 * Rejected: to make it at the top of the module (lines would change, and one made there in the first call keeps what that
 * call had alive), functions given to anything else than `go` (what that does with them is not known).
 */
import { type Function as FunctionNode, type Node, type Program, visitorKeys } from "oxc-parser";

type Call = Extract<Node, { type: "CallExpression" }>;
type Declaration = Extract<Node, { type: "VariableDeclaration" }>;

/** A function expression that is made once for all turns of a loop. */
export interface Hoisted {
  readonly expression: FunctionNode;
  /** The body of the function, or the program, that gets the variable. */
  readonly owner: Node;
  /** Variables that become its first parameters. */
  readonly captured: readonly string[];
}

/** What a name means that each turn of a loop has anew. */
interface Variable {
  /** Where it is known. */
  readonly scope: Node;
  /** It can have its value once its declaration has run: it is none of a function, a class or a `switch`. */
  readonly settles: boolean;
  /** Its declaration has run, where the search stands now. */
  settled: boolean;
}

type Scope = Map<string, Variable>;

/** Where the search stands. */
interface Place {
  /** What would get the variable; null where there is no place for one. */
  readonly owner: Node | null;
  /** What each turn of the loops around has anew, since the owner; none outside of a loop. */
  readonly scopes: readonly Scope[];
}

/**
 * Finds them.
 *
 * @param program a module
 * @param code its text
 */
export function hoisted(program: Program, code: string): Hoisted[] {
  const found: Hoisted[] = [];
  if (!code.includes("millrace") || /\beval\b/.test(code)) return found;
  const goes = goNames(program);
  if (goes.size > 0) search(program, { owner: program, scopes: [] }, goes, found);
  return found;
}

/** What the module calls `go` of the library, where the name means nothing else. */
function goNames(program: Program): Set<string> {
  const names = new Set<string>();
  const bound = new Map<string, number>();
  for (const node of within(program)) for (const name of bindings(node)) bound.set(name, (bound.get(name) ?? 0) + 1);
  for (const node of program.body) {
    if (node.type === "ImportDeclaration" && node.source.value === "millrace") {
      for (const each of node.specifiers) {
        if (each.type === "ImportSpecifier" && keyOf(each.imported) === "go") names.add(each.local.name);
      }
    }
    if (node.type === "VariableDeclaration" && node.kind === "const") {
      for (const { id, init } of node.declarations) {
        if (id.type !== "ObjectPattern" || init === null || !isRequired(init)) continue;
        for (const each of id.properties) {
          if (each.type !== "Property" || each.computed || keyOf(each.key) !== "go") continue;
          if (each.value.type === "Identifier") names.add(each.value.name);
        }
      }
    }
  }
  for (const name of names) if (bound.get(name) !== 1) names.delete(name);
  return names;
}

const keyOf = (node: Node): unknown =>
  node.type === "Identifier" ? node.name : node.type === "Literal" ? node.value : undefined;

/** Whether it is `require("millrace")`. */
function isRequired(node: Node): boolean {
  if (node.type !== "CallExpression" || node.callee.type !== "Identifier" || node.callee.name !== "require")
    return false;
  const [from] = node.arguments;
  return from?.type === "Literal" && from.value === "millrace";
}

function search(node: Node, place: Place, goes: ReadonlySet<string>, found: Hoisted[]): void {
  const visit = (each: Node | null, at: Place = place): void => {
    if (each !== null) search(each, at, goes, found);
  };
  const all = (at: Place): void => {
    for (const child of children(node)) visit(child, at);
  };
  const { owner, scopes } = place;
  const inside = (scope: Scope): Place => ({ owner, scopes: [...scopes, scope] });
  switch (node.type) {
    case "FunctionDeclaration":
    case "FunctionExpression":
    case "ArrowFunctionExpression":
      for (const param of node.params) visit(param, NOWHERE);
      visit(node.body, { owner: node.body?.type === "BlockStatement" ? node.body : null, scopes: [] });
      break;
    case "StaticBlock":
    case "PropertyDefinition":
    case "TSModuleBlock":
      all(NOWHERE);
      break;
    case "WhileStatement":
    case "DoWhileStatement":
      all(inside(new Map()));
      break;
    case "ForStatement": {
      const scope = scopeOf(node, node.init, true);
      for (const head of [node.init, node.test, node.update]) visit(head, inside(scope));
      settle(scope);
      visit(node.body, inside(scope));
      break;
    }
    case "ForOfStatement":
    case "ForInStatement": {
      const scope = scopeOf(node, node.left, true);
      for (const head of [node.left, node.right]) visit(head, inside(scope));
      settle(scope);
      visit(node.body, inside(scope));
      break;
    }
    case "BlockStatement": {
      if (scopes.length === 0) {
        all(place);
        break;
      }
      const scope: Scope = new Map();
      for (const each of node.body) for (const entry of scopeOf(node, each, true)) scope.set(...entry);
      for (const each of node.body) {
        visit(each, inside(scope));
        if (each.type === "VariableDeclaration") settle(scope, names(each));
      }
      break;
    }
    case "SwitchStatement": {
      const scope: Scope = new Map();
      for (const { consequent } of node.cases) {
        for (const each of consequent) for (const entry of scopeOf(node, each, false)) scope.set(...entry);
      }
      all(scopes.length === 0 ? place : inside(scope));
      break;
    }
    case "CatchClause": {
      if (scopes.length === 0) {
        all(place);
        break;
      }
      const scope: Scope = new Map(
        bindings(node).map((name) => [name, { scope: node, settles: false, settled: false }]),
      );
      all(inside(scope));
      break;
    }
    case "CallExpression": {
      const one = owner === null || scopes.length === 0 ? null : candidate(node, owner, scopes, goes);
      if (one !== null) found.push(one);
      all(place);
      break;
    }
    default:
      all(place);
      break;
  }
}

const NOWHERE: Place = { owner: null, scopes: [] };

/** What a statement, or the head of a loop, declares for the block or loop that is `scope`. */
function scopeOf(scope: Node, node: Node | null, variables: boolean): Scope {
  const found: Scope = new Map();
  if (node === null || (node.type === "VariableDeclaration" && node.kind === "var")) return found;
  const settles = variables && node.type === "VariableDeclaration";
  for (const name of node.type === "VariableDeclaration" ? names(node) : bindings(node)) {
    found.set(name, { scope, settles, settled: false });
  }
  return found;
}

const names = ({ declarations }: Declaration): string[] => declarations.flatMap(({ id }) => targets(id));

/** From here on the variables of `scope`, or those with these names, have their values. */
function settle(scope: Scope, which: Iterable<string> = scope.keys()): void {
  for (const name of which) {
    const variable = scope.get(name);
    if (variable !== undefined) variable.settled = variable.settles;
  }
}

/** The function expression that `call` gives to `go`, if it can be made once. */
function candidate(call: Call, owner: Node, scopes: readonly Scope[], goes: ReadonlySet<string>): Hoisted | null {
  const [expression] = call.arguments;
  if (call.optional || call.callee.type !== "Identifier" || !goes.has(call.callee.name)) return null;
  if (expression?.type !== "FunctionExpression" || !expression.generator || expression.async) return null;
  const { id, params, body } = expression;
  const used = new Set([...params, body].flatMap((node) => (node === null ? [] : references(node))));
  if (used.has("arguments") || (id !== null && used.has(id.name))) return null;
  const captured = [...used].flatMap((name) => {
    const scope = scopes.findLast((each) => each.has(name));
    return scope === undefined ? [] : [{ name, variable: scope.get(name) as Variable }];
  });
  if (captured.length > 0) {
    const own = new Set([...within(expression)].flatMap(bindings));
    const [first] = params;
    if (first?.type === "Identifier" && first.name === "this") return null;
    for (const { name, variable } of captured) {
      if (own.has(name) || !variable.settled || changes(variable.scope, name)) return null;
    }
  }
  return { expression, owner, captured: captured.map(({ name }) => name) };
}

/** Whether a variable that is declared in `scope` may get another value while a turn of the loop is under way. */
function changes(scope: Node, name: string): boolean {
  for (const node of within(scope)) {
    // What the head of a `for` does with it, it does for the next turn, which has one of its own.
    if (assigned(node).includes(name) && !(scope.type === "ForStatement" && scope.update === node)) return true;
  }
  return false;
}

/** The names that `node` itself gives a value to, other than where they are declared. */
function assigned(node: Node): string[] {
  switch (node.type) {
    case "AssignmentExpression":
    case "ForOfStatement":
    case "ForInStatement":
      return node.left.type === "VariableDeclaration" ? [] : targets(node.left);
    case "UpdateExpression":
      return targets(node.argument);
    default:
      return [];
  }
}

/** The names that `node` itself declares. */
function bindings(node: Node): string[] {
  switch (node.type) {
    case "VariableDeclarator":
      return targets(node.id);
    case "FunctionDeclaration":
    case "FunctionExpression":
    case "ArrowFunctionExpression":
      return [...(node.id === null ? [] : targets(node.id)), ...node.params.flatMap(targets)];
    case "CatchClause":
      return node.param === null ? [] : targets(node.param);
    case "ClassDeclaration":
    case "ClassExpression":
      return node.id === null ? [] : [node.id.name];
    case "ImportSpecifier":
    case "ImportDefaultSpecifier":
    case "ImportNamespaceSpecifier":
      return [node.local.name];
    case "TSEnumDeclaration":
    case "TSModuleDeclaration":
    case "TSImportEqualsDeclaration":
      return targets(node.id);
    default:
      return [];
  }
}

/** The names that a pattern gives values to, or that is assigned to. */
function targets(pattern: Node): string[] {
  switch (pattern.type) {
    case "MemberExpression":
      return [];
    case "AssignmentPattern":
      return targets(pattern.left);
    case "ArrayPattern":
      return pattern.elements.flatMap((each) => (each === null ? [] : targets(each)));
    case "ObjectPattern":
      return pattern.properties.flatMap((each) => targets(each.type === "Property" ? each.value : each));
    default:
      return references(pattern);
  }
}

/** The names that stand in `node`, other than those of properties. */
function references(node: Node): string[] {
  const found: string[] = [];
  for (const each of within(node))
    if (each.type === "Identifier" || each.type === "JSXIdentifier") found.push(each.name);
  return found;
}

/** `node` and all that is in it, without the names of properties. */
function* within(node: Node): Generator<Node, void> {
  yield node;
  for (const child of children(node)) yield* within(child);
}

function children(node: Node): Node[] {
  const found: Node[] = [];
  for (const key of visitorKeys[node.type] ?? []) {
    if ((key === "property" || key === "key") && (node as { readonly computed?: boolean }).computed === false) continue;
    const child = (node as unknown as Record<string, Node | (Node | null)[] | null | undefined>)[key];
    for (const each of Array.isArray(child) ? child : [child]) if (each != null) found.push(each);
  }
  return found;
}
