// biome-ignore-all lint/suspicious/noTemplateCurlyInString: programs are texts
/**
 * The corners of the syntax, as a table of small programs: each says the same compiled as it does as written, with `yield*`
 * and with `await`, and what it says is written beside it.
 */
import { SourceMap, type SourceMapping } from "node:module";
import { describe, expect, it } from "vitest";
import { type CompileOptions, compile } from "../../src/compiler/compile.ts";
import { outcome } from "./program.ts";

type Style = "yield*" | "await";

/** A program with `yield*`, or the same with `await`. */
function inStyle(code: string, style: Style): string {
  if (style === "yield*") return code;
  return code
    .replaceAll("yield*", "await ")
    .replaceAll("function*", "async function")
    .replace(/(?<=[{,;]\s*(?:static )?)\*(?=[\w[#]+\S*\()/g, "async ");
}

/** Each with what it says; `P` is the function that is run. */
const both: readonly (readonly [title: string, code: string, says: string])[] = [
  // Evaluation order.
  [
    "a sum reads its left side first",
    "function* P($) { let a = 1; const b = a + (a = 5, yield* $.parked(2)) + a; return b }",
    "8",
  ],
  ["`+=` reads its variable first", "function* P($) { let a = 1; a += (a = 5, yield* $.ready(2)); return a }", "3"],
  [
    "`+=` reads a captured variable first",
    "function* P($) { let a = 1; const set = () => { a = 50 }; a += (set(), yield* $.parked(2)); return a }",
    "3",
  ],
  [
    "a member is evaluated before what it is given",
    "function* P($) { const o = {}; o[$.log('key')] = yield* $.parked($.log('value')); return Object.keys(o).join() }",
    "key value key",
  ],
  [
    "arguments are evaluated in order",
    "function* P($) { const f = (...xs) => xs.join(); return f($.log(1), yield* $.parked($.log(2)), $.log(3), yield* $.ready($.log(4))) }",
    "1 2 3 4 1,2,3,4",
  ],
  [
    "a callee is evaluated before its arguments",
    "function* P($) { let f = () => 'old'; return f(f = () => 'new', yield* $.parked(1)) }",
    "old",
  ],
  [
    "a method is looked up before its arguments",
    "function* P($) { const o = { m() { return 'old' } }; return o.m(o.m = () => 'new', yield* $.ready(1)) }",
    "old",
  ],
  [
    "an operand is evaluated once",
    "function* P($) { let n = 0; yield* (n++, $.parked(n)); yield* (n++, $.ready(n)); return n }",
    "2",
  ],
  [
    "an inner one comes before the outer one",
    "function* P($) { return yield* $.parked(yield* $.ready(yield* $.parked(7))) }",
    "7",
  ],
  [
    "a template is put together in order",
    "function* P($) { let a = 1; return `${a}${a = 2, yield* $.parked(3)}${a}` }",
    "132",
  ],
  [
    "a tagged template",
    "function* P($) { const tag = (s, ...xs) => s.raw.join('|') + xs; return tag`a\\n${yield* $.ready(1)}b` }",
    "a\\n|b1",
  ],
  [
    "`&&`, `||` and `??` leave out what they may",
    "function* P($) { return [0 && (yield* $.ready(1)), 2 || (yield* $.ready(1)), 3 ?? (yield* $.ready(1))].join() }",
    "0,2,3",
  ],
  [
    "logical assignment leaves out what it may",
    "function* P($) { const o = { a: 1 }; o.a ??= yield* $.ready($.log('never')); o.b ??= yield* $.ready(2); return o.b }",
    "2",
  ],
  [
    "an optional call leaves out its arguments",
    "function* P($) { const o = null; return String(o?.m(yield* $.ready($.log('never')))) }",
    "undefined",
  ],
  ["a spread", "function* P($) { return [...(yield* $.parked('ab')), yield* $.ready('c')].join() }", "a,b,c"],
  [
    "a computed key of a class",
    "function* P($) { const C = class { static [yield* $.parked('k')] = $.log('body') }; return C.k }",
    "body body",
  ],
  [
    "what a class extends",
    "function* P($) { class A { a() { return 'A' } } class B extends (yield* $.ready(A)) {} return new B().a() }",
    "A",
  ],
  ["the comma", "function* P($) { return (yield* $.ready(1), yield* $.parked(2)) }", "2"],
  ["the operand of a comma inside", "function* P($) { return yield* ($.log(1), $.parked(2)) }", "1 2"],
  // Words with a meaning of their own.
  [
    "directives stay directives",
    "function* P($) { 'use strict'; yield* $.ready(1); return String((function () { return this })()) }",
    "undefined",
  ],
  [
    "a directive without a semicolon",
    "function* P($) { 'use strict'\n yield* $.ready(1); return String((function () { return this })()) }",
    "undefined",
  ],
  [
    "without a directive it is sloppy",
    "function* P($) { yield* $.ready(1); return typeof (function () { return this })() }",
    "object",
  ],
  [
    "`this` of a method",
    "const o = { x: 4, *m($) { return this.x + (yield* $.parked(this.x)) } }; function* P($) { return yield* $.call(o.m($)) }",
    "8",
  ],
  [
    "`this` in an arrow inside",
    "const o = { x: 4, *m($) { return [1].map(() => this.x)[0] + (yield* $.ready(1)) } }; function* P($) { return yield* $.call(o.m($)) }",
    "5",
  ],
  [
    "`super` in a method",
    "class A { n() { return 3 } } class B extends A { *m($) { return super.n() + (yield* $.parked(super.n())) } } function* P($) { return yield* $.call(new B().m($)) }",
    "6",
  ],
  [
    "`super` in a static method",
    "class A { static n = 3 } class B extends A { static *m($) { return yield* $.ready(super.n) } } function* P($) { return yield* $.call(B.m($)) }",
    "3",
  ],
  [
    "a private name",
    "class A { #n = 3; *m($) { this.#n += yield* $.ready(this.#n); return #n in this && this.#n } } function* P($) { return yield* $.call(new A().m($)) }",
    "6",
  ],
  [
    "`arguments`",
    "function* P($) { yield* $.ready(1); return arguments.length + (arguments[0] === $ ? 'same' : 'other') }",
    "1same",
  ],
  [
    "`arguments` follow a parameter",
    "function* P($, a) { const library = $; $ = 5; yield* library.ready(1); return arguments[0] }",
    "5",
  ],
  ["`new.target`", "function* P($) { yield* $.ready(1); return String(new.target) }", "undefined"],
  ["`eval` sees the names around it", "function* P($) { let a = 3; return eval('a') + (yield* $.ready(a)) }", "6"],
  [
    "a generator inside has variables of its own",
    "function* P($) { function* q(a) { return a + (yield* $.parked(a)) } return (yield* $.call(q(1))) + (yield* $.call(q(2))) }",
    "6",
  ],
  [
    "a parameter may shadow the library's names",
    "function* P($) { function* q(Symbol, DONE) { return yield* $.parked(Symbol + DONE) } return yield* $.call(q(1, 2)) }",
    "3",
  ],
  // Statements.
  [
    "a label that is left",
    "function* P($) { out: for (;;) { for (;;) { if (yield* $.parked(true)) break out } } return 'left' }",
    "left",
  ],
  [
    "a label that goes on",
    "function* P($) { let n = 0; on: for (let i = 0; i < 3; i++) { for (;;) { if (yield* $.ready(i === 1)) continue on; n++; continue on } } return n }",
    "2",
  ],
  ["a block with a label", "function* P($) { a: { if (yield* $.ready(true)) break a; $.log('never') } return 1 }", "1"],
  [
    "a variable before its declaration",
    "function* P($) { try { yield* $.ready(x); let x = 1 } catch (e) { return e.name } }",
    "ReferenceError",
  ],
  [
    "a class before its declaration",
    "function* P($) { try { return new C(yield* $.ready(1)); class C {} } catch (e) { return e.name } }",
    "ReferenceError",
  ],
  [
    "a variable of its own initializer",
    "function* P($) { try { let x = yield* $.ready(() => x); return x() === x } catch (e) { return e.name } }",
    "true",
  ],
  [
    "closures of a loop",
    "function* P($) { const fs = []; for (let i = 0; i < 3; i++) { yield* $.parked(i); fs.push(() => i) } return fs.map((f) => f()).join() }",
    "0,1,2",
  ],
  [
    "the head of a loop",
    "function* P($) { let n = 0; for (let i = yield* $.ready(0); i < (yield* $.parked(3)); i += yield* $.ready(1)) n++; return n }",
    "3",
  ],
  [
    "the condition of a loop",
    "function* P($) { let n = 0; while ((yield* $.ready(n)) < 3) n++; do n++; while (yield* $.parked(n < 5)); return n }",
    "5",
  ],
  [
    "the head of `for of` and `for in`",
    "function* P($) { let s = ''; for (const a of yield* $.parked(['x', 'y'])) s += a; for (const a in yield* $.ready({ z: 1 })) s += a; return s }",
    "xyz",
  ],
  ["a target of `for of`", "function* P($) { const o = {}; for (o[yield* $.ready('k')] of [1, 2]) ; return o.k }", "2"],
  [
    "a switch",
    "function* P($) { switch (yield* $.ready(2)) { case yield* $.parked(1): return 'one'; case yield* $.ready(2): return 'two' } }",
    "two",
  ],
  [
    "defaults of a pattern",
    "function* P($) { const { a = yield* $.ready(1), [yield* $.parked('b')]: b = 2 } = {}; return a + b }",
    "3",
  ],
  [
    "`try`, `catch` and `finally`",
    "function* P($) { try { yield* $.closed(1) } catch { yield* $.log2($, 'caught') } finally { yield* $.log2($, 'finally') } return 1 }",
    "caught finally 1",
  ],
  [
    "`finally` that returns",
    "function* P($) { try { return yield* $.closed(1) } finally { return yield* $.parked('finally') } }",
    "finally",
  ],
  [
    "what `finally` does after a return",
    "function* P($) { try { return yield* $.ready('result') } finally { yield* $.log2($, 'finally') } }",
    "finally result",
  ],
  ["a throw", "function* P($) { try { throw yield* $.parked('thrown') } catch (e) { return e } }", "thrown"],
  [
    "`if` without braces",
    "function* P($) { if (yield* $.ready(false)) yield* $.closed(1)\nelse yield* $.log2($, 'else')\nreturn 1 }",
    "else 1",
  ],
  ["a body without braces", "function* P($) { let n = 0; while (n++ < 2) yield* $.log2($, n)\nreturn n }", "1 2 3"],
  // Semicolons that are not there, and comments.
  [
    "a line after one without a semicolon",
    "function* P($) { const f = (x) => $.log(x)\n const a = f\n yield* $.parked(1)\n return typeof a }",
    "function",
  ],
  ["a line after a closing brace", "function* P($) { const a = { b: 1 }\n yield* $.ready(1)\n return a.b }", "1"],
  ["a line after `++`", "function* P($) { let a = 1\n a++\n yield* $.parked(1)\n return a }", "2"],
  [
    "a line before a parenthesis",
    "function* P($) { const a = yield* $.ready((x) => x + 1)\n (4)\n return String(a) }",
    "error TypeError",
  ],
  ["a regular expression after it", "function* P($) { const g = 2; return (yield* $.ready(8)) /g/ 2 }", "2"],
  [
    "comments between the words",
    "function* P($) { return yield/* a */* /* b */ /* ) */ $.parked(/* c */ 1 /* d */) // e\n }".replace(
      "yield/* a */*",
      "yield* /* a */",
    ),
    "1",
  ],
  ["a comment that ends a line", "function* P($) { return yield* $.ready( // yield* nothing)\n 1) }", "1"],
  ["an arrow with an object", "function* P($) { const v = yield* $.parked(1); return (() => ({ v }))().v }", "1"],
  [
    "many in one expression",
    "function* P($) { return [yield* $.ready(1), [yield* $.parked(2), { a: yield* $.ready(3) }.a]].flat().join() }",
    "1,2,3",
  ],
];

const onlyYield: typeof both = [
  [
    "words in texts",
    "function* P($) { return 'yield* x' + /await x/.source + `${yield* $.ready('!')} yield* x` }",
    "yield* xawait x! yield* x",
  ],
  [
    "what is not an operation",
    "function* P($) { try { return yield* $.nothing() } catch (e) { return e.name } }",
    "TypeError",
  ],
  [
    "the operand of nothing but a `yield` beside it",
    "function* P($) { function* q() { return [yield 1, yield* $.ready(2), yield] .join() } const g = q(); g.next(); return $.log(1) }",
    "1 1",
  ],
  ["a star apart from its word", "function* P($) { return yield /* c */ * $.parked(3) }", "3"],
  ["an iterable that is not an operation", "function* P($) { return yield* $.iterable('result') }", "result"],
  ["a text", "function* P($) { return String(yield* '') }", "undefined"],
  [
    "`throw` into a generator",
    "function* P($) { function* inner() { try { yield 1 } catch (e) { return e } } function* q() { return yield* inner() } const g = q(); g.next(); return g.throw('in').value }",
    "in",
  ],
  [
    "`return` of a generator",
    "function* P($) { function* inner() { try { yield 1 } finally { $.log('finally') } } function* q() { yield* inner() } const g = q(); g.next(); return g.return('out').value }",
    "finally out",
  ],
  [
    "a method with a computed name",
    "const o = { *['m' + 1]($) { return yield* $.ready(1) } }; function* P($) { return yield* o.m1($) }",
    "1",
  ],
];

const onlyAwait: typeof both = [
  ["an arrow", "const P = async ($) => await $.ready(1) + await $.parked(2)", "3"],
  [
    "an arrow in an argument",
    "async function P($) { return (await Promise.all([1, 2].map(async (x) => await $.parked(x)))).join() }",
    "1,2",
  ],
  [
    "`await` in a parameter's default of an arrow inside",
    "async function P($) { const f = async (a, b = a) => await $.ready(a + b); return f(2) }",
    "4",
  ],
  [
    "`await` as a unary operand",
    "async function P($) { return typeof await $.ready(1) + -await $.parked(2) + !await $.ready(0) }",
    "number-2true",
  ],
  ["`**` with parentheses", "async function P($) { return (await $.ready(2)) ** await $.parked(3) }", "8"],
  [
    "`for await`",
    "async function P($) { let n = 0; for await (const x of [1, Promise.resolve(2)]) n += x + await $.ready(0); return n }",
    "3",
  ],
  [
    "`arguments` in an arrow",
    "async function P($) { const f = async () => arguments.length + await $.ready(1); return f(1, 2, 3) }",
    "2",
  ],
  [
    "`this` in an arrow",
    "const o = { x: 3, async m($) { const f = async () => this.x + await $.ready(1); return f() } }; async function P($) { return o.m($) }",
    "4",
  ],
  [
    "`super` in an arrow",
    "class A { n() { return 3 } } class B extends A { async m($) { const f = async () => super.n() + await $.parked(1); return f() } } async function P($) { return new B().m($) }",
    "4",
  ],
  [
    "a promise, a thenable, a plain value",
    "async function P($) { return await $.promise(1) + await $.thenable(2) + await 3 + await $.plain(4) }",
    "10",
  ],
  ["a rejection", "async function P($) { try { await $.rejected('no') } catch (e) { return e.message } }", "no"],
  ["`await` as a name in a script", "var await_ = 1; async function P($) { return await_ + await $.ready(1) }", "2"],
  ["a member of what is awaited", "async function P($) { return (await $.parked({ a: { b: 5 } })).a?.b }", "5"],
];

/** What `$` has beside what all programs have, in both styles. */
const prelude = (style: Style): string =>
  style === "yield*"
    ? "$.call = (g) => g; $.log2 = ($, x) => ($.log(x), $.ready(0));"
    : "$.call = (p) => p; $.log2 = ($, x) => ($.log(x), $.ready(0));";

const module = (code: string, style: Style): string =>
  `${inStyle(code, style)}; exports.program = ($) => { ${prelude(style)} return P($) }`;

const styles: ["yield*" | "await", CompileOptions, typeof both][] = [
  ["yield*", {}, [...both, ...onlyYield]],
  ["await", { await: "tick" }, [...both, ...onlyAwait]],
  ["await", { await: "skip" }, [...both, ...onlyAwait]],
];

const read = async (code: string): Promise<string> =>
  (await outcome(code)).replace("result\n", "").replaceAll("\n", " ");

describe.each(styles)("%s, compiled with %o", (style, options, programs) => {
  it.each(programs)("%s", async (_title, code, says) => {
    const written = module(code, style);
    const compiled = compile(written, "corner.cjs", options);
    if (compiled === null) throw new Error(`not compiled: ${written}`);
    expect(await read(written)).toBe(says);
    expect(await read(compiled.code), compiled.code).toBe(says);
    // Each call leads back to where it was written.
    const map = new SourceMap(JSON.parse(compiled.map));
    for (const [line, text] of compiled.code.split("\n").entries()) {
      for (const { 0: call, index } of text.matchAll(/\$\.\w+\(/g)) {
        const { originalLine, originalColumn } = map.findEntry(line, index) as SourceMapping;
        const origin = written.split("\n")[originalLine]?.slice(originalColumn);
        expect(origin?.slice(0, call.length), `${compiled.code}\n${line}:${index}`).toBe(call);
      }
    }
  });
});

it.each(styles)("%s compiled with %o: an error has the lines of the program", async (style, options) => {
  const written = inStyle(
    `exports.program = function* P($) {
  const thrower = () => {
    throw new Error("at " + /:(\\d+):\\d+\\)?$/.exec(new Error().stack.split("\\n")[2])[1]);
  };
  const a = [
    yield* $.ready(1), yield* $.parked(
      2),
  ];
  yield* $.ready(thrower());
};`,
    style,
  );
  const plain = await outcome(written);
  expect(plain).toMatch(/^error\nError: at \d+$/);
  expect(await outcome(compile(written, "corner.cjs", options)?.code as string)).toBe(plain);
});
