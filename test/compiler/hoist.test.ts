/** Which function expressions are made once for all turns of a loop, and that they do the same as before. */
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { compile } from "../../src/compiler/compile.ts";

/** What `code` gives and how many functions its `go` gets: `go` runs each to its end, and gives all that it yields. */
function outcome(code: string): { readonly said: string; readonly functions: number } {
  const functions = new Set<unknown>();
  const said: unknown[] = [];
  const go = (fn: (...args: unknown[]) => Iterable<unknown>, ...args: unknown[]): void => {
    functions.add(fn);
    said.push(fn.name, () => [...fn(...args)]);
  };
  const log = (value: unknown): number => said.push(value);
  runInNewContext(code, { log, require: () => ({ go, O: Symbol("operation") }) });
  // They run after the loop, as goroutines do.
  return { said: said.map((each) => (typeof each === "function" ? each() : each)).join(), functions: functions.size };
}

const head = 'const { go } = require("millrace"); ';

const hoisted: readonly (readonly [what: string, code: string])[] = [
  ["captures nothing", "for (const x of [1, 2]) go(function* () { yield 1; })"],
  ["is in a function", "function f() { for (const x of [1, 2]) go(function* () { yield 1; }) } f()"],
  [
    "is in an arrow, a method, an accessor",
    "const f = () => { while (n++ < 2) go(function* () { yield 1; }) }; let n = 0; f()",
  ],
  [
    "uses what is outside of the loop",
    "let a = 1; for (const x of [1, 2]) { go(function* () { yield a++; }); a += 10 }",
  ],
  ["uses `var`", "for (const x of [1, 2]) { var a = x; go(function* () { yield a; }) }"],
  ["uses the variable of `for of`", "for (const x of [1, 2]) go(function* () { yield x; })"],
  [
    "uses a pattern's variables",
    "for (const [k, { v = k } = {}] of [[1], [2, { v: 3 }]]) go(function* () { yield k; yield v; })",
  ],
  ["uses the variable of `for`", "for (let i = 0; i < 2; i++) go(function* () { yield i; })"],
  ["uses the variable of `for in`", "for (const k in { a: 1, b: 2 }) go(function* () { yield k; })"],
  [
    "uses constants of the turn",
    "for (const x of [1, 2]) { const y = x + 1; let z = y; go(function* () { yield [x, y, z]; }) }",
  ],
  [
    "uses a constant of a block around",
    "for (const x of [1, 2]) { const y = x; { const z = y; if (z) { go(function* () { yield y + z; }) } } }",
  ],
  ["uses variables of two loops", "for (const x of [1, 2]) for (const y of [3, 4]) go(function* () { yield [x, y]; })"],
  [
    "has parameters",
    "for (const x of [1, 2]) go(function* (a, b = x, ...c) { yield [a, b, x, ...c]; }, 5, undefined, ...[6, 7])",
  ],
  ["has a name", "for (const x of [1, 2]) go(function* worker(a) { yield x; }, 5)"],
  ["has a parenthesis in a comment", "for (const x of [1, 2]) go(function* /* ( */ ( /* ) */ ) { yield x; }, )"],
  ["assigns to a member", "const o = {}; for (const x of [1, 2]) go(function* () { o[x] = x; yield Object.keys(o); })"],
  ["is in `do`", "let n = 0; do { const x = n; go(function* () { yield x; }) } while (n++ < 1)"],
  ["is in a label", "on: for (const x of [1, 2]) { go(function* () { yield x; }); continue on }"],
  ["starts others in a loop", "for (const x of [1, 2]) go(function* () { for (const y of [3]) yield [x, y]; })"],
];

const left: readonly (readonly [what: string, code: string])[] = [
  ["is not in a loop", "const f = () => go(function* () { yield 1; }); f(); f()"],
  ["is not given to `go`", "const start = go; for (const x of [1, 2]) start(function* () { yield 1; })"],
  ["is given to another `go`", "for (const x of [1, 2]) { const of = { go }; of.go(function* () { yield 1; }) }"],
  ["is not the first argument", "for (const x of [1, 2]) go(...[function* () { yield 1; }])"],
  ["uses a variable that changes", "for (const x of [1, 2]) { let y = x; go(function* () { yield y; }); y = 5 }"],
  ["changes a variable", "for (const x of [1, 2]) { let y = x; go(function* () { yield y++; }) }"],
  [
    "uses a variable that a closure changes",
    "for (const x of [1, 2]) { let y = x; const f = () => { [y] = [7] }; go(function* () { yield y; }); f() }",
  ],
  [
    "uses a variable of `for` that its body changes",
    "for (let i = 0; i < 3; i++) { go(function* () { yield i; }); i++ }",
  ],
  ["uses a variable of `for` that its condition changes", "for (let i = 0; i++ < 2; ) go(function* () { yield i; })"],
  ["uses a variable that has no value yet", "for (const x of [1, 2]) { go(function* () { yield y; }); const y = x }"],
  [
    "uses a function of the turn",
    "for (const x of [1, 2]) { go(function* () { yield f(); }); function f() { return x } }",
  ],
  ["uses a class of the turn", "for (const x of [1, 2]) { class C { static x = x } go(function* () { yield C.x; }) }"],
  [
    "uses a variable of `switch`",
    "for (const x of [1, 2]) switch (x) { default: const y = x; go(function* () { yield y; }) }",
  ],
  ["uses what was caught", "for (const x of [1, 2]) try { throw x } catch (e) { go(function* () { yield e; }) }"],
  ["hides a variable that it uses", "for (const x of [1, 2]) go(function* () { yield x; { const x = 5; yield x; } })"],
  ["uses `arguments`", "for (const x of [1, 2]) go(function* () { yield arguments.length; })"],
  ["uses its own name", "for (const x of [1, 2]) go(function* self() { yield self.n = (self.n ?? 0) + 1; })"],
  ["stands beside an `eval`", "for (const x of [1, 2]) { let y = x; go(function* () { yield y; }); eval('y = 5') }"],
  [
    "is in the initializer of a field",
    "for (const x of [1, 2]) { class C { y = go(function* () { yield x; }) } new C() }",
  ],
];

describe("a function expression is made once for all turns where it", () => {
  it.each(hoisted)("%s", (_what, code) => {
    const compiled = compile(head + code, "a.cjs")?.code ?? "";
    const plain = outcome(head + code);
    const { said, functions } = outcome(compiled);
    expect(functions, compiled).toBe(1);
    expect(said).toBe(plain.said);
    expect(plain.functions).toBeGreaterThan(1);
    expect(said).not.toBe("");
  });
});

describe("it is left alone where it", () => {
  it.each(left)("%s", (_what, code) => {
    expect(compile(head + code, "a.cjs")?.code ?? "").not.toContain("??=");
    expect(() => outcome(head + code)).not.toThrow();
  });
});

it("knows `go` by its import alone", () => {
  const loop = (name: string): string => `for (const x of [1, 2]) ${name}(function* () { yield x; });`;
  const isHoisted = (code: string): boolean => compile(code, "a.ts")?.code.includes("??=") === true;
  expect(isHoisted(`import { chan, go } from "millrace"; ${loop("go")}`)).toBe(true);
  expect(isHoisted(`import { go as start } from "millrace"; ${loop("start")}`)).toBe(true);
  expect(isHoisted(`import { go } from "millrace"; ${loop("go<void>")}`)).toBe(true);
  expect(isHoisted(`import { go } from "other"; ${loop("go")} // millrace`)).toBe(false);
  expect(isHoisted(`import { chan as go } from "millrace"; ${loop("go")}`)).toBe(false);
  expect(isHoisted(`import { go } from "millrace"; export function f(go) { ${loop("go")} }`)).toBe(false);
  expect(isHoisted(`const { go } = require("millrace"); ${loop("go")}`)).toBe(true);
  expect(isHoisted(`let { go } = require("millrace"); ${loop("go")}`)).toBe(false);
});
