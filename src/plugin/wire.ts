/**
 * The change to a module that has parallel functions: what it calls `import.meta` where it names them is wired to the bundle.
 *
 * `parallel(import.meta, …)` becomes `parallel(__mr_meta(), …)`, and the end of the module declares that function, which says
 * how a thread asks for this module and what starts a thread. The call is as long as what it replaces, and declarations are
 * hoisted, so every line and column of the module stays where it was and there is no source map to make.
 *
 * It is found in tokens, not in a syntax tree: bundlers show us TypeScript, JSX and what compilers of templates have made.
 *
 * Rejected: reading the call's name with a regular expression (programs show code in strings and comments); a statement that is
 * put before the module's own (its lines move, and directives stop being the first).
 */
import jsTokens from "js-tokens";

const META = ["import", ".", "meta"];
const STAND_IN = "__mr_meta()";
const FROM = ["millrace/threads"];

/** What the end of a module says. */
export interface Wiring {
  /** Import declarations. */
  readonly imports?: string;
  /** An expression: what a thread is given to import this module. */
  readonly url: string;
  /** An expression: a function that starts a thread. */
  readonly worker: string;
}

interface Token {
  readonly value: string;
  readonly at: number;
}

/** Whether `code` may name parallel functions, at a glance. */
export function mayBeParallel(code: string): boolean {
  return code.includes(FROM[0] as string) && code.includes("import.meta");
}

/** The module with its wiring; null if it names no parallel functions. */
export function wire(code: string, id: string, wiring: () => Wiring | null): string | null {
  if (!mayBeParallel(code)) return null;
  const places = metas(tokens(code, id));
  const wired = places.length === 0 ? null : wiring();
  if (wired === null) return null;
  let text = "";
  let end = 0;
  for (const at of places) {
    text += code.slice(end, at) + STAND_IN;
    end = at + STAND_IN.length;
  }
  const { imports = "", url, worker } = wired;
  return `${text}${code.slice(end)}\n;${imports}function __mr_meta() { return { url: ${url}, worker: ${worker} }; }\n`;
}

/** What counts: no space, no comment. */
function tokens(code: string, id: string): Token[] {
  // `<T>(x)` is JSX in neither kind of file, and `<T>` in an expression is a tag in all but TypeScript's.
  const jsx = !/\.[cm]?ts(?:$|[?#])|lang[.=]ts\b/.test(id);
  const all: Token[] = [];
  let at = 0;
  for (const { type, value } of jsTokens(code, { jsx: jsx as true })) {
    if (!/Comment|WhiteSpace|LineTerminator/.test(type)) all.push({ value, at });
    at += value.length;
  }
  return all;
}

/** Where `import.meta` is the first argument of `parallel`, under whatever name that was imported. */
function metas(all: readonly Token[]): number[] {
  const names = imported(all);
  const found: number[] = [];
  for (let i = 0; i < all.length; i++) {
    let last = i;
    if (names.spaces.has(value(all, i)) && value(all, i + 1) === "." && value(all, i + 2) === "parallel") last = i + 2;
    else if (!names.functions.has(value(all, i))) continue;
    if (value(all, i - 1) === ".") continue;
    const open = afterTypes(all, last + 1);
    const at = all[open + 1]?.at;
    if (value(all, open) !== "(" || at === undefined) continue;
    // `import.meta.url` is no meta, and neither is one with a comment in it.
    const isMeta = META.every((part, k) => value(all, open + 1 + k) === part) && value(all, open + 4) === ",";
    if (isMeta && all[open + 3]?.at === at + STAND_IN.length - "meta".length) found.push(at);
  }
  return found;
}

function value(all: readonly Token[], i: number): string {
  return all[i]?.value ?? "";
}

/** Behind the type arguments of a call, if it has some. */
function afterTypes(all: readonly Token[], at: number): number {
  if (value(all, at) !== "<") return at;
  let depth = 0;
  for (let i = at; i < all.length; i++) {
    const text = value(all, i);
    if (text === "<") depth++;
    else if (/^>+$/.test(text)) depth -= text.length;
    if (depth <= 0) return i + 1;
  }
  return at;
}

/** What the module calls `parallel`, and the namespaces that it calls it by. */
function imported(all: readonly Token[]): { functions: Set<string>; spaces: Set<string> } {
  const functions = new Set<string>();
  const spaces = new Set<string>();
  for (let i = 0; i < all.length; i++) {
    if (value(all, i) !== "import") continue;
    let from = i + 1;
    while (/^([\w$]+|[{},*])$/.test(value(all, from)) && value(all, from) !== "from") from++;
    if (value(all, from) !== "from" || !FROM.includes(value(all, from + 1).slice(1, -1))) continue;
    for (let k = i + 1; k < from; k++) {
      const alias = value(all, k + 1) === "as" ? value(all, k + 2) : undefined;
      if (value(all, k) === "*" && alias !== undefined) spaces.add(alias);
      if (value(all, k) === "parallel" && value(all, k - 1) !== "as") functions.add(alias ?? "parallel");
    }
  }
  return { functions, spaces };
}
