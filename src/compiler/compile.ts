/**
 * Rewrites a program so that an operation that is done at once costs neither the protocol of `yield*` nor a promise job.
 *
 *     yield* E    ((t = E)?.[O] === true ? (t = t[Symbol.iterator]()) === S && M.step === D ? D.value : yield* R(t) : yield* t)
 *     await E     await N(E)
 *
 * Invariants:
 * - What is not an operation is performed by the very `yield*` or `await` that was there. A check at run time tells, types never.
 * - Only expressions are replaced, where they stand: evaluation order, `this`, `super`, `arguments`, labels and scopes are the
 *   program's. `t` is a variable of the generator function that the `yield*` is in.
 * - A function expression that a loop starts with `go` is made once for all turns, where that can't be told (`hoist.ts`).
 * - No line is added or removed, so stacks have the program's lines also where no source map is read.
 * - A module that can't be parsed, or that uses `with`, is left alone.
 *
 * Rejected: to rewrite statements only (a few nanoseconds less, and legal in few places), to guess by types which operands
 * are operations, constants of the module in place of its imports (a circle of imports calls functions before those exist).
 */
import MagicString from "magic-string";
import { type Node, type ParserOptions, type Program, parseSync, visitorKeys } from "oxc-parser";
import { type Hoisted, hoisted } from "./hoist.ts";

/** How to compile. */
export interface CompileOptions {
  /**
   * What becomes of `await`: `tick`, the default, keeps that what follows it runs later, in a job of its own; `skip` goes on
   * at once where the operation is done, which changes the order of jobs; `leave` does not touch it.
   */
  readonly await?: "tick" | "skip" | "leave" | undefined;
  /** What kind of module it is; without it, a module that imports or exports is an ES module. */
  readonly format?: "module" | "commonjs" | undefined;
}

/** A compiled module. */
export interface Compiled {
  readonly code: string;
  /** The source map, as JSON. */
  readonly map: string;
}

const RUNTIME = "millrace/compiled";

type Lang = NonNullable<ParserOptions["lang"]>;
const LANGS: Record<string, Lang> = { ts: "ts", mts: "ts", cts: "ts", tsx: "tsx", jsx: "jsx" };

/**
 * Compiles one module. Null where there is nothing to do.
 *
 * @param code the text of the module: JavaScript or TypeScript, with or without JSX
 * @param id its path, whose ending says which of them it is; a query after it is ignored
 * @param options what becomes of `await`
 */
export function compile(code: string, id: string, options: CompileOptions = {}): Compiled | null {
  const { await: awaits = "tick", format } = options;
  if (!/\byield\b|\bfunction\s*\*/.test(code) && (awaits === "leave" || !/\bawait\b/.test(code))) return null;
  const [path = id] = id.split(/[?#]/, 1);
  const ending = /\.(\w+)$/.exec(path)?.[1] ?? "js";
  // What a bundler hands over may have JSX whatever it is called.
  const lang = LANGS[ending] ?? "jsx";
  const sourceType = format ?? (/^c[jt]s$/.test(ending) ? "commonjs" : "unambiguous");
  const { program, errors } = parseSync(path, code, { lang, sourceType });
  if (errors.length > 0) return null;
  return new Module(code, program, awaits).compile(program.sourceType === "module" ? imports : requires, path);
}

/** The names that a compiled module uses, each with the one that the runtime has for it. */
type Names = ReadonlyMap<string, string>;
type Head = (names: Names) => string;

const imports: Head = (names) =>
  `import { ${[...names].map(([name, of]) => `${of} as ${name}`).join(", ")} } from "${RUNTIME}"; `;
const requires: Head = (names) =>
  `var { ${[...names].map(([name, of]) => `${of}: ${name}`).join(", ")} } = require("${RUNTIME}"); `;

interface Span {
  readonly start: number;
  readonly end: number;
}

/** A module that is compiled. */
class Module {
  readonly #program: Program;
  readonly #awaits: "tick" | "skip" | "leave";
  readonly #text: MagicString;
  readonly #names = new Map<string, string>();
  /** The variables that bodies of functions get, or the module. */
  readonly #variables = new Map<Node, Set<string>>();
  /** What each of our names begins with: the program has none like it. */
  readonly #prefix: string;
  /** Where statements of lists begin: a parenthesis there would continue the statement above. */
  readonly #beginnings = new Set<number>();
  /** Behind which operands a keyword was moved: there is place for one. */
  readonly #moved = new Set<number>();
  #refused = false;

  constructor(code: string, program: Program, awaits: "tick" | "skip" | "leave") {
    this.#program = program;
    this.#awaits = awaits;
    this.#text = new MagicString(code);
    let prefix = "$mr";
    while (code.includes(prefix)) prefix += "_";
    this.#prefix = prefix;
  }

  compile(head: Head, path: string): Compiled | null {
    this.#visit(this.#program, null);
    if (this.#refused) return null;
    for (const [at, each] of hoisted(this.#program, this.#text.original).entries()) this.#hoist(each, at);
    if (this.#names.size === 0 && this.#variables.size === 0) return null;
    for (const [owner, names] of this.#variables) {
      if (owner.type === "BlockStatement") this.#begin(owner.body, owner.start + 1, variables(names));
    }
    const own = this.#variables.get(this.#program);
    const imported = this.#names.size === 0 ? "" : head(this.#names);
    this.#begin(this.#program.body, 0, imported + (own === undefined ? "" : variables(own)));
    const map = this.#text.generateMap({ source: path, includeContent: true, hires: "boundary" });
    return { code: this.#text.toString(), map: map.toString() };
  }

  /** Inserts `what` at the beginning of a body, behind its directives. */
  #begin(body: readonly Node[], start: number, what: string): void {
    const { at, open } = behindDirectives(body, start);
    this.#text.appendLeft(at, what === "" ? "" : open + what);
  }

  /** `owner` gets a variable of that name. */
  #declare(owner: Node, name: string): string {
    const names = this.#variables.get(owner) ?? new Set();
    this.#variables.set(owner, names.add(name));
    return name;
  }

  #hoist({ expression, owner, captured }: Hoisted, at: number): void {
    const { params, id, typeParameters } = expression;
    const name = this.#declare(owner, `${this.#prefix}f${at}`);
    // A comma keeps the variable's name from becoming the function's.
    this.#text.prependRight(expression.start, `(${name} ??= (0, `);
    this.#text.appendLeft(expression.end, `))${captured.map((each) => `, ${each}`).join("")}`);
    if (captured.length === 0) return;
    const [first] = params;
    const from = typeParameters?.end ?? id?.end ?? expression.start;
    const opening = /^(?:function|\*|\s|\/\*[\s\S]*?\*\/|\/\/.*)*\(/.exec(this.#text.original.slice(from))?.[0] ?? "";
    this.#text.appendLeft(from + opening.length, captured.join(", ") + (first === undefined ? "" : ", "));
  }

  /** Our name for `of`, a name of the runtime. */
  #name(of: string): string {
    const name = this.#prefix + of;
    this.#names.set(name, of);
    return name;
  }

  #visit(node: Node, around: Node | null): void {
    let body = around;
    switch (node.type) {
      case "WithStatement":
        // What a name means is found out while it runs.
        this.#refused = true;
        return;
      case "Program":
      case "BlockStatement":
      case "StaticBlock":
        for (const each of node.body) this.#beginnings.add(each.start);
        break;
      case "SwitchCase":
        for (const each of node.consequent) this.#beginnings.add(each.start);
        break;
      case "FunctionDeclaration":
      case "FunctionExpression":
        body = node.generator && !node.async ? node.body : null;
        break;
    }
    for (const key of visitorKeys[node.type] ?? []) {
      const child = (node as unknown as Record<string, Node | (Node | null)[] | null | undefined>)[key];
      for (const each of Array.isArray(child) ? child : [child]) if (each != null) this.#visit(each, body);
    }
    // What is inside came first, so that of two that end together the inner one is closed first.
    switch (node.type) {
      case "YieldExpression":
        if (node.delegate && node.argument !== null && body !== null) this.#yield(node, node.argument, body);
        break;
      case "AwaitExpression":
        if (this.#awaits !== "leave" && mayBeOp(node.argument)) this.#await(node, node.argument);
        break;
    }
  }

  #yield(node: Span, argument: Span, body: Node): void {
    const keyword = /^yield(?:\s|\/\*[\s\S]*?\*\/)*\*/.exec(this.#text.original.slice(node.start, argument.start))?.[0];
    if (keyword === undefined) return;
    const t = `${this.#prefix}t`;
    const step = `${this.#name("M")}.step === ${this.#name("D")}`;
    const moved = this.#behind(
      { start: node.start, end: node.start + keyword.length },
      argument,
      `((${t} = `,
      `)?.[${this.#name("O")}] !== true ? `,
      ` ${t} : (${t} = ${t}[${this.#name("I")}]()) === ${this.#name("S")} && ${step} ? ${this.#name("D")}.value : yield* ${this.#name("R")}(${t}))`,
    );
    if (moved) this.#declare(body, t);
  }

  #await(node: Span, argument: Span): void {
    if (this.#awaits === "skip") {
      const D = `${this.#name("D")}.value`;
      const keyword = { start: node.start, end: node.start + "await".length };
      if (this.#behind(keyword, argument, `(${this.#name("K")}(`, `) ? ${D} : `, ` ${D})`)) return;
    }
    this.#text.appendRight(argument.start, `${this.#name("N")}(`);
    this.#text.appendLeft(argument.end, ")");
  }

  /**
   * Moves a keyword behind its operand, so that it takes along which place of the source it belongs to. Says whether it could.
   *
   * @param keyword the keyword
   * @param operand what it is followed by
   * @param before what takes its place
   * @param between what stands between the operand and the keyword
   * @param after what stands behind the keyword
   */
  #behind(keyword: Span, operand: Span, before: string, between: string, after: string): boolean {
    if (this.#moved.has(operand.end)) return false;
    this.#moved.add(operand.end);
    this.#text.prependRight(keyword.end, (this.#beginnings.has(keyword.start) ? ";" : "") + before);
    this.#text.appendLeft(operand.end, between);
    this.#text.appendLeft(keyword.end, after);
    this.#text.move(keyword.start, keyword.end, operand.end);
    return true;
  }
}

const variables = (names: ReadonlySet<string>): string => `var ${[...names].join(", ")}; `;

/** Where what is inserted at the beginning of a body goes, and what it needs before it: directives stay first. */
function behindDirectives(body: readonly Node[], start: number): { readonly at: number; readonly open: string } {
  const rest = body.find((each) => each.type !== "ExpressionStatement" || each.directive == null);
  // A directive may end without a semicolon.
  return rest === body[0] && start > 0
    ? { at: start, open: "" }
    : { at: rest?.start ?? start, open: rest === body[0] ? "" : ";" };
}

/** Whether what is awaited may be an operation, as far as that can be seen without knowing what names mean. */
function mayBeOp(node: Node): boolean {
  switch (node.type) {
    case "ParenthesizedExpression":
      return mayBeOp(node.expression);
    case "NewExpression":
      return node.callee.type !== "Identifier" || node.callee.name !== "Promise";
    case "CallExpression": {
      const { callee } = node;
      return (
        callee.type !== "MemberExpression" || callee.object.type !== "Identifier" || callee.object.name !== "Promise"
      );
    }
    default:
      return !NEVER_OPS.has(node.type);
  }
}

const NEVER_OPS: ReadonlySet<string> = new Set([
  "ArrayExpression",
  "ArrowFunctionExpression",
  "BinaryExpression",
  "FunctionExpression",
  "ImportExpression",
  "Literal",
  "TemplateLiteral",
  "UnaryExpression",
  "UpdateExpression",
]);
