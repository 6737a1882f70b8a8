/**
 * Random functions with `yield*` or `await` in every place that the syntax has for one. Each says what it evaluates, in
 * order, and each operand is of a random kind: operations that are done at once, that wait, that panic, and what is none.
 */
import * as millrace from "millrace";
import { chan, go, run, runtime } from "millrace";
import * as compiled from "millrace/compiled";
import { Mutex, WaitGroup } from "millrace/sync";

/** Numbers from a seed: the same each time. */
export function random(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** What operands are made of, for both styles. */
const OPERANDS: readonly string[] = [
  "ready",
  "parked",
  "lock",
  "ready",
  "parked",
  "nested",
  "ready",
  "parked",
  "closed",
];
const ONLY_YIELD: readonly string[] = ["iterable", "text", "nothing"];
const ONLY_AWAIT: readonly string[] = ["promise", "thenable", "rejected", "plain", "nothing"];

/** What a program calls: `$.ready(v)` gives `v` at once, and so on; `$.log(v)` says that it was evaluated. */
export function library(said: unknown[]) {
  const $ = {
    log: <T>(value: T): T => {
      said.push(
        typeof value === "object" && value !== null
          ? Object.keys(value).join()
          : typeof value === "function"
            ? "function"
            : value,
      );
      return value;
    },
    /** The goroutines that a program starts in loops. */
    group: new WaitGroup(),
    ready: (value: unknown) => {
      const ch = chan<unknown>(1);
      ch.trySend(value);
      return ch.recv();
    },
    parked: (value: unknown) => {
      const ch = chan<unknown>();
      go(function* () {
        yield* runtime.gosched();
        yield* ch.send(value);
      });
      return ch.recv();
    },
    lock: (value: unknown) => {
      $.log(value);
      return new Mutex().lock();
    },
    closed: (value: unknown) => {
      const ch = chan<unknown>(1);
      ch.close();
      return ch.send(value);
    },
    nothing: () => null,
    nested: (value: unknown) => $.ready(value),
    iterable: (value: unknown) => ({ [Symbol.iterator]: () => ({ next: () => ({ done: true, value }) }) }),
    text: () => "",
    promise: (value: unknown) => Promise.resolve(value),
    // biome-ignore lint/suspicious/noThenProperty: that is what it is
    thenable: (value: unknown) => ({ then: (resolve: (value: unknown) => void) => resolve(value) }),
    rejected: (value: unknown) => Promise.reject(new Error(String(value))),
    plain: (value: unknown) => value,
  };
  return $;
}

type Program = (this: unknown, $: object) => Generator<never, unknown> | Promise<unknown>;

/**
 * Everything that a program says, and how it ends.
 *
 * @param code a CommonJS module that exports `program($)`
 */
export async function outcome(code: string): Promise<string> {
  const exports: { program?: Program } = {};
  new Function("exports", "require", code)(exports, (name: string) => (name === "millrace" ? millrace : compiled));
  const said: unknown[] = [];
  const $ = library(said);
  const body = exports.program as Program;
  try {
    const result: unknown = await run(() => body.call({ x: 3 }, $) as never, { seed: 1 }); // in the same order each time
    said.push("result", typeof result === "object" && result !== null ? Object.keys(result).join() : result);
  } catch (error) {
    said.push(
      "error",
      error instanceof Error ? `${error.name}${error.name === "TypeError" ? "" : `: ${error.message}`}` : error,
    );
  }
  return said.map(String).join("\n");
}

/** A random function `program($)`: a generator function, or an async one. */
export function program(seed: number, style: "yield*" | "await"): string {
  const below = random(seed);
  const one = <T>(of: readonly T[]): T => of[below(of.length)] as T;
  const kinds = [...OPERANDS, ...(style === "yield*" ? ONLY_YIELD : ONLY_AWAIT)];
  let names = 0;

  /** A value, which says that it was evaluated. */
  const leaf = (): string =>
    one([`$.log(${below(9)})`, `$.log("s${below(9)}")`, "a", "b.x", "this?.x", "arguments.length"]);
  const perform = (depth: number): string => {
    const operand = below(6) === 0 ? `$.log(${value(depth - 1)}), $.${one(kinds)}(${leaf()})` : null;
    if (operand !== null) return `(${style} (${operand}))`;
    const space = one(["", " ", " /* c */ ", "\n"]);
    return `(${style}${style === "await" ? ` ${space}` : space}$.${one(kinds)}(${value(depth - 1)}))`;
  };
  const value = (depth: number): string => {
    if (depth <= 0) return leaf();
    const v = (): string => (below(3) === 0 ? perform(depth) : value(depth - 1));
    return one<() => string>([
      leaf,
      () => perform(depth),
      () => perform(depth),
      () => `(${v()} + ${v()})`,
      () => `(a = ${v()})`,
      () => `(a += ${v()})`,
      () => `(b[${v()}] = ${v()})`,
      () => `(b.x ??= ${v()})`,
      () => `(b.y ||= ${v()})`,
      () => `(${v()} ? ${v()} : ${v()})`,
      () => `(${v()} && ${v()})`,
      () => `(${v()} ?? ${v()})`,
      () => `(${v()}, ${v()})`,
      () => `[${v()}, ...[${v()}]].length`,
      () => `$.log({ [${v()}]: ${v()}, ...{ z: ${v()} } })`,
      () => `\`\${${v()}}-\${${v()}}\``,
      () => `String.raw\`\${${v()}}\``,
      () => `$.log(${v()}, ...[${v()}])`,
      () => `new b.K(${v()}, ${v()}).k`,
      () => `b?.[${v()}]?.(${v()})`,
      () => `typeof ${perform(depth)}`,
      () => `!${perform(depth)}`,
      () => `(${v()} in b)`,
      () => `(delete b[${v()}])`,
      () => `(class { static [${v()}] = 1; [${v()}]() {} }).name`,
      () => `(class extends (${v()}, Object) {}).name`,
      () => `(() => ${leaf().replace("arguments", "b")})()`,
      () => `b.m(${v()})`,
    ])();
  };
  const block = (depth: number): string =>
    `{ ${Array.from({ length: 1 + below(2) }, () => statement(depth - 1)).join("\n")} }`;
  /** A loop that starts goroutines, which use what each turn has anew. */
  const starts = (depth: number): string => {
    const [i, c, d] = [`i${names++}`, `c${names}`, `d${names}`];
    const use = (): string =>
      one<() => string>([
        () => `$.log([${one([i, c, d, "a", "p", "b.x"])}, ${one([i, c, d, "typeof p"])}].join())`,
        () => `yield* $.${one(kinds)}(${one([i, c, d, "a"])})`,
        () => `b[${i}] = yield* $.${one(kinds)}(${c})`,
        () => `${one([d, "a", "b.x"])}++`,
        () => (below(4) === 0 ? `${i}++` : `$.log(${i})`),
        () => (below(4) === 0 ? `let ${one([c, d])} = 5; $.log(${d})` : `$.log(${c})`),
        () => (below(6) === 0 ? "$.log(arguments.length)" : `$.log({ ${c} })`),
        () => (depth > 1 && below(3) === 0 ? starts(depth - 1) : "yield* $.parked(0)"),
      ])();
    const body = Array.from({ length: 1 + below(3) }, () => `try { ${use()} } catch (e) { $.log(e?.name) }`).join("\n");
    const params = one(["", "p", `p = ${one([i, c, d])}`, "...p", "{ length: p }"]);
    const given = one(["", ", 7", `, ...[${d}, 1]`, ","]);
    const started = `go(function*${one(["", " named", " /* ( */ "])}(${params}) { ${body}; $.group.done() }${given})`;
    const call = `$.group.add(1); try { ${started} } catch (e) { $.log(e?.name); $.group.done() }`;
    const turn = `{ ${below(4) === 0 ? `${call}; ` : ""}const ${c} = ${leaf()}; let ${d} = ${leaf()}; ${call}${one(["", `; ${d} = 4`, `; $.log(() => ${d}++)`])} }`;
    return one([
      `for (let ${i} = 0; ${i} < 2; ${i}++) ${turn}`,
      `for (let ${i} = 0; ${i} < 3; ${i}++) { ${turn}; ${i}++ }`,
      `for (const ${i} of [1, 2]) ${turn}`,
      `for (const { ${i} = 3 } of [{ ${i}: 1 }, {}]) ${turn}`,
      `for (const ${i} in { x: 1, y: 2 }) ${turn}`,
      `{ let ${i} = 0; while (${i}++ < 2) ${turn} }`,
      `{ let ${i} = 0; do { ${turn} } while (${i}++ < 1) }`,
    ]);
  };
  const statement = (depth: number): string => {
    const v = (): string => value(1 + below(2));
    if (depth <= 0) return `$.log(${perform(1)})`;
    const name = `n${names++}`;
    return one<() => string>([
      () => `${style} $.${one(kinds)}(${v()})`,
      () => `;${v()}\n${style} $.${one(kinds)}(${v()})`,
      () => `const ${name} = ${v()}\n$.log(${name})`,
      () => `const { q: ${name} = ${v()}, [${v()}]: ${name}r } = { q: ${one(["1", "undefined"])} }; $.log(${name})`,
      () => `const [${name} = ${v()}] = []; $.log(${name})`,
      () => `if (${v()}) ${style} $.${one(kinds)}(${v()})\nelse ${style} $.${one(kinds)}(${v()})`,
      () => `for (let i = ${perform(1)}, k = 0; k < 2 && (${v()}, true); k++, ${v()}) ${block(depth)}`,
      () => `let ${name} = 0; while (${name}++ < 2 && (${v()}, true)) ${block(depth)}`,
      () => `let ${name} = 0; do ${style} $.${one(kinds)}(${v()}); while (${name}++ < 1 && ${v()})`,
      () => `for (const ${name} of [${v()}, 2]) { $.log(${name}); ${statement(depth - 1)} }`,
      () => `for (const ${name} in { k: ${v()} }) { $.log(${name}); ${statement(depth - 1)} }`,
      () =>
        `switch (${v()}) { case ${v()}: ${statement(depth - 1)}; break; case ${v()}:\n${statement(depth - 1)}; default: ${statement(depth - 1)} }`,
      () =>
        `try ${block(depth)} catch (e) { $.log(e?.constructor?.name); ${statement(depth - 1)} } finally ${block(depth)}`,
      () =>
        `${name}: for (let k = 0; k < 2; k++) { if (${v()}) continue ${name}; ${statement(depth - 1)}; break ${name} }`,
      () => `{ const f = () => ${name}; let ${name} = ${v()}; $.log(f()) }`,
      () => `try { $.log(${name}, ${perform(1)}); let ${name} } catch (e) { $.log(e.name) }`,
      // The order of goroutines and jobs is only that of the program where it is not async.
      () => (style === "yield*" ? starts(2) : block(depth)),
      () => (style === "yield*" ? starts(1) : block(depth)),
      () => (below(4) === 0 ? `return ${v()}` : block(depth)),
      () => (below(4) === 0 ? `throw ${v()}` : block(depth)),
    ])();
  };
  /** Most failures end a statement, not the program. */
  const guarded = (): string =>
    below(8) === 0 ? statement(3) : `try { ${statement(3)} } catch (e) { $.log(e?.name) }`;
  const head = style === "yield*" ? "*program" : "async program";
  return `const { go } = require("millrace"); exports.program = { ${head}($) { ${one(["", '"use strict"\n'])}
let a = 1; const b = { x: 2, K: class { constructor(...k) { this.k = k.length } }, m(v) { return $.log(v) } };
${Array.from({ length: 3 + below(3) }, guarded).join("\n")}
${style} $.group.wait()
return a } }.program\n`;
}
