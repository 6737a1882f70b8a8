/** What the compiler makes of a module: only what it says, and nothing where it can't be sure. */
import { SourceMap } from "node:module";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { type CompileOptions, compile } from "../../src/compiler/compile.ts";

const codeOf = (code: string, id = "module.js", options: CompileOptions = {}): string | undefined =>
  compile(code, id, options)?.code;

/** What the original says of where a piece of the compiled code comes from. */
function origin(source: string, piece: string, nth = 0): string {
  const compiled = compile(source, "module.js");
  if (compiled === null) throw new Error("not compiled");
  let at = -1;
  for (let i = 0; i <= nth; i++) at = compiled.code.indexOf(piece, at + 1);
  const before = compiled.code.slice(0, at).split("\n");
  const map = new SourceMap(JSON.parse(compiled.map));
  const { originalLine, originalColumn } = map.findEntry(before.length - 1, before.at(-1)?.length ?? 0) as {
    originalLine: number;
    originalColumn: number;
  };
  return source.split("\n")[originalLine]?.slice(originalColumn) ?? "";
}

describe("what is rewritten", () => {
  it("is `yield*` in generator functions, and `await`", () => {
    expect(codeOf("function* f(op) { yield* op; }")).toContain("yield* $mrR($mrt)");
    expect(codeOf("async function f(op) { await op; }")).toBe(
      'import { N as $mrN } from "millrace/compiled"; async function f(op) { await $mrN(op); }'
        .replace("import", "var")
        .replace("N as $mrN", "N: $mrN")
        .replace('from "millrace/compiled"', '= require("millrace/compiled")'),
    );
    expect(codeOf("export const f = async (op) => await op;")).toBe(
      'import { N as $mrN } from "millrace/compiled"; export const f = async (op) => await $mrN(op);',
    );
  });

  it.each([
    ["nothing", "export const a = 1;"],
    ["a plain yield", "export function* f() { yield 1; }"],
    ["an async generator's yield*, which asks for an async iterator", "export async function* f(a) { yield* a; }"],
    [
      "an await of what can't be an operation",
      "export const f = async () => [await 1, await `a`, await import('b'), await new Promise(f), await Promise.all([])];",
    ],
    ["for await", "export const f = async (a) => { for await (const b of a) b(); };"],
    ["a word in a text or a comment", "export const a = 'yield* await'; // yield* await"],
    ["yield as a name", "var yield; function f(a) { return () => yield * a; }"],
    ["what `with` may change", "function* f(o) { with (o) yield* a; }"],
    ["what is not JavaScript", "export function* f( { yield* a; }"],
  ])("is not %s", (_what, code) => {
    expect(codeOf(code)).toBeUndefined();
  });

  it("is an await only where the options say so", () => {
    const code = "export const f = async (op) => await op;";
    expect(codeOf(code, "a.js", { await: "leave" })).toBeUndefined();
    expect(codeOf(code, "a.js", { await: "skip" })).toContain("($mrK( op) ? $mrD.value : await $mrD.value)");
  });
});

describe("a compiled module", () => {
  it("keeps its lines", () => {
    const code =
      '"use strict"\n// a\nexport function* f(a) {\n  yield* a({\n    b,\n  });\n  return /* c */ yield /* d */ * a // e\n}\n';
    const lines = codeOf(code)?.split("\n") ?? [];
    expect(lines).toHaveLength(code.split("\n").length);
    expect(lines[0]).toBe('"use strict"');
    expect(lines[1]).toBe("// a");
    expect(lines[4]).toBe("    b,");
    expect(lines[6]).toMatch(/\/\* c \*\/.*\/\* d \*\/.*\/\/ e$/);
  });

  it("keeps directives first, also those without a semicolon", () => {
    const code = codeOf('#!/usr/bin/env node\n"use client"\nexport function* f(op) { "use asm"\n yield* op }') ?? "";
    expect(code).toMatch(/^#!\/usr\/bin\/env node\n"use client"\n;import /);
    expect(code).toMatch(/\{ "use asm"\n ;var \$mrt; /);
  });

  it("begins no call where a line had no semicolon", () => {
    const code =
      codeOf("export function* f(op) {\n  const a = op\n  yield* a\n  if (a) yield* a\n  else yield* a\n}") ?? "";
    expect(code).toMatch(/\n {2};\(\(\$mrt/);
    expect(code).toMatch(/if \(a\) \(\(\$mrt.*\n {2}else \(\(\$mrt/);
  });

  it("takes names that the program has not", () => {
    const code = codeOf("export function* f($mrt) { yield* $mrt; }") ?? "";
    expect(code).toContain("var $mr_t;");
    expect(code).toContain("($mr_t =  $mrt)");
  });

  it("is TypeScript or JSX if it was", () => {
    expect(codeOf("export function* f(a: A): Go { (yield* a!) as B; }", "a.ts")).toContain("a!");
    expect(codeOf("export const f = async () => <a b={await c} />;", "a.tsx?import")).toContain("await $mrN(c)");
    expect(codeOf("export const f = async <T,>(a: T) => <T>await a;", "a.mts")).toContain("await $mrN(a)");
  });

  it("requires what it needs where it is CommonJS", () => {
    expect(codeOf("exports.f = async (op) => await op;", "a.cjs")).toMatch(
      /^var \{ N: \$mrN \} = require\("millrace\/compiled"\); /,
    );
  });

  it("says of each piece where it comes from", () => {
    const source =
      "export function* f(ch) {\n  const a = yield* ch.send({\n    b,\n  });\n  return await1(yield* ch.recv());\n}";
    expect(origin(source, "ch.send")).toMatch(/^ch\.send/);
    expect(origin(source, "yield* $mrt")).toMatch(/^yield\* ch\.send/);
    expect(origin(source, "$mrt[$mrI]()")).toMatch(/^\* ch\.send/);
    expect(origin(source, "yield* $mrR($mrt)")).toMatch(/^\* ch\.send/);
    expect(origin(source, "yield* $mrR($mrt)", 1)).toMatch(/^\* ch\.recv/);
    expect(origin(source, "await1")).toMatch(/^await1/);
  });

  it("does nothing to another's generators, iterators and values that are not iterable", () => {
    const seen: string[] = [];
    const text = codeOf(`
      function* inner() { try { return yield 1 } finally { seen.push("finally") } }
      const dropping = { [Symbol.iterator]() { seen.push("iterator"); return { next(v) { seen.push("next " + v); return { done: v === "end", value: v } } } } }
      function* f(what) { seen.push("result " + (yield* what)) }
      for (const what of [inner(), dropping, "ab"]) { const g = f(what); g.next("a"); g.next("b"); g.next("end"); g.next() }
      for (const what of [null, undefined, 5, {}, { [Symbol.iterator]: 1 }, { [Symbol.iterator]: () => 1 }]) { try { f(what).next() } catch (e) { seen.push(e.constructor.name) } }
      const g = f(inner()); g.next(); g.return(7)
    `) as string;
    const runtime = { O: Symbol("operation") };
    runInNewContext(text, { seen, require: () => runtime });
    expect(seen).toEqual([
      "finally",
      "result b",
      "iterator",
      "next undefined",
      "next b",
      "next end",
      "result end",
      "result undefined",
      ...Array(6).fill("TypeError"),
      "finally",
    ]);
  });
});
