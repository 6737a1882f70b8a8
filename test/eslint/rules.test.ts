import { check } from "./kit.ts";

const GO = `import { chan, go, run, select } from "millrace";\nconst ch = chan();\n`;
const SYNC = `import { Mutex } from "millrace/sync";\nconst mu = new Mutex();\n`;
const CONTEXT = `import * as context from "millrace/context";
import { background, withCancel, withCancelCause, withTimeout } from "millrace/context";\n`;

const star = (bad: string, good: string) => ({ code: GO + bad, output: GO + good, errors: [{ messageId: "star" }] });
check("no-yield-operation", "javascript", {
  valid: [
    `${GO}go(function* () { yield* ch.send(1); });`,
    `${GO}function* f() { yield 1; yield; yield [ch.recv()]; }`,
    `${GO}async function* f() { yield ch.recv(); }`,
    `function* f(ch) { yield ch.recv(); }`,
  ],
  invalid: [
    star("go(function* () { yield ch.send(1); });", "go(function* () { yield* ch.send(1); });"),
    star("function* f() { const v = yield(ch.recv()); }", "function* f() { const v = yield*(ch.recv()); }"),
    star("function* f() { return (yield select({})).case; }", "function* f() { return (yield* select({})).case; }"),
  ],
});
check("no-yield-operation", "untyped", {
  valid: [
    `${GO}function* cases(): Generator<Op<number>> { yield ch.recv(); }`,
    `${GO}function* cases(): Iterable<unknown> { yield ch.recv(); }`,
    `${GO}function* cases(): lib.Go { yield ch.recv(); }`,
  ],
  invalid: [
    star(
      "function* f(): Go<number> { return yield ch.recv(); }",
      "function* f(): Go<number> { return yield* ch.recv(); }",
    ),
    star(
      "function* f(): Generator<Parked, void> { yield ch.recv(); }",
      "function* f(): Generator<Parked, void> { yield* ch.recv(); }",
    ),
  ],
});

const endless = (code: string) => ({ code: GO + SYNC + code, errors: [{ messageId: "endless" }] });
const vain = (code: string) => ({ code: GO + SYNC + code, errors: [{ messageId: "vain" }] });
check("no-endless-loop", "javascript", {
  valid: [
    "go(function* () { for (;;) yield* ch.send(1); });",
    "go(async () => { while (true) await ch.recv(); });",
    "async function f() { for (;;) for await (const v of ch) use(v); }",
    "go(function* () { for (;;) { if (ready()) break; } });",
    "go(function* () { for (;;) { switch (ready()) { case 1: return; } } });",
    "go(function* () { for (;;) { if (ready()) throw new Error(); } });",
    "go(function* () { outer: for (;;) { for (;;) { if (ready()) break outer; } } });",
    "go(function* () { again: while (ready()) { for (;;) { if (ready()) continue again; } } });",
    "go(function* () { for (;;) { if (ready()) process.exit(1); } });",
    // it ends by itself
    "go(function* () { for (let i = 0; i < 10; i++) use(i); });",
    "go(function* () { let node = list; while (node !== null) node = node.next; });",
    "go(function* () { while (queue.length > 0) queue.pop(); });",
    "go(function* () { let i = 0; while (a[i] !== 0) ++i; });",
    "go(function* () { while (!mu.tryLock()) yield* runtime.gosched(); });",
    // each takes one, or fills a place
    "go(function* () { while (ch.tryRecv() !== undefined); while (ch.trySend(1)); while (mu.tryLock()) locks++; });",
    "go(function* () { while (Date.now() < end) {} });",
    "go(function* () { while (node.next) { node.next = null; } });",
    "go(function* () { while (box.full) { delete box.full; } });",
    "go(function* () { do { new Step(); } while (going); });",
    // nobody else's turn is at stake
    "function f() { for (;;) step(); }",
    "list.map(() => { for (;;) step(); });",
    "for (;;) step();",
  ].map((code) => GO + SYNC + code),
  invalid: [
    endless("go(function* () { for (;;) step(); });"),
    endless("go(() => { while (true) step(); });"),
    endless("run(() => { do step(); while (1); });"),
    endless("async function f() { while (true) { go(function* () { yield* ch.recv(); }); } }"),
    endless("function* f() { for (;;) { switch (ready()) { default: break; } } }"),
    endless("function* f() { for (;;) { for (const a of b) { if (a) break; } } }"),
    endless("function* f() { for (;;) { if (ready()) continue; } }"),
    endless("wg.go(() => { for (;;) step(); });"),
    vain("go(function* () { while (!done) {} });"),
    vain("go(async () => { while (!state.done); });"),
    vain("go(function* () { while (!mu.tryLock()) {} });"),
    vain("go(function* () { let spins = 0; while (ch.length === 0) spins++; });"),
    vain("go(function* () { do { spins += 1; } while (ch.tryRecv() === undefined); });"),
    vain("go(function* () { for (let spins = 0; !done; spins++) {} });"),
  ],
});

const anew = (code: string) => ({ code: GO + code, errors: [{ messageId: "anew" }] });
check("no-function-in-loop", "javascript", {
  valid: [
    "go(function* () { yield* ch.recv(); });",
    "function* f(x) { yield* ch.send(x); } for (const x of [1, 2]) go(f, x);",
    "for (const x of [1, 2]) go(() => ch.send(x));",
    "for (const x of [1, 2]) other(function* () { yield* ch.send(x); });",
    "for (const x of [1, 2]) { const start = () => go(function* () { yield* ch.send(x); }); start(); }",
    "function f(go) { for (;;) go(function* () { yield* ch.send(1); }); }",
  ].map((code) => GO + code),
  invalid: [
    anew("for (const x of [1, 2]) go(function* () { yield* ch.send(x); });"),
    anew("for (let i = 0; i < 2; i++) { if (i) { go(function* named() { yield* ch.send(i); }, 1); } }"),
    anew("while (true) { go(function* () { yield* ch.recv(); }); yield_(); }"),
    anew("do go(function* () { yield* ch.recv(); }); while (next());"),
    anew("for (const x in {}) go(function* () { yield* ch.send(x); });"),
  ],
});

const race = (code: string, method = "race") => ({ code, errors: [{ messageId: "race", data: { method } }] });
check("no-promise-race", "javascript", {
  valid: [
    `${GO}await Promise.race([fetch("/a"), fetch("/b")]);`,
    `${GO}await Promise.all([ch.recv(), ch.recv()]);`,
    `${GO}await Promise.allSettled([ch.recv()]);`,
    `${GO}await Promise.race(list); await Promise.race([...list, , 1]); Promise.race();`,
    `${GO}await Promise.race(list.map(async () => ch.recv())); await other.race([ch.recv()]);`,
    `${GO}await select([ch.recv(), ch.recv()]); await Promise.resolve(ch.recv());`,
  ],
  invalid: [
    race(`${GO}await Promise.race([ch.recv(), fetch("/")]);`),
    race(`${GO}await Promise["race"]([ch.recv()]);`),
    race(`${GO}await Promise.any([ch.recv()]);`, "any"),
    race(`${GO}const list = [1, ch.recv()]; await Promise.race(list);`),
    race(`${GO}await Promise.race([1, 2].map((v) => ch.send(v)));`),
    race(`${GO}await Promise.race([1, 2].map(function (v) { return ch.send(v); }));`),
    {
      code: `${GO}await Promise.all([ch.recv(), ch.recv()]);`,
      options: [{ all: true }],
      errors: [{ messageId: "all" }],
    },
  ],
});
check("no-promise-race", "typed", {
  valid: [
    `import type { Chan } from "millrace"; export async function f(chans: Chan<number>[]) { await Promise.race([chans[0]!.length]); }`,
  ],
  invalid: [
    race(
      `import type { Chan } from "millrace"; export async function f(chans: Chan<number>[]) { await Promise.race(chans.map((ch) => ch.recv())); }`,
    ),
  ],
});

const dropped = (code: string, name = "withCancel") => ({
  code: CONTEXT + code,
  errors: [{ messageId: "dropped", data: { name } }],
});
const unused = (code: string, cancel = "cancel") => ({
  code: CONTEXT + code,
  errors: [{ messageId: "unused", data: { cancel } }],
});
check("no-dropped-cancel", "javascript", {
  valid: [
    "const [ctx, cancel] = withCancel(background()); cancel();",
    "const [ctx, cancel] = withCancel(background()); try { f(ctx); } finally { cancel(); }",
    "const [ctx, cancel] = withCancel(background()); setTimeout(cancel, 10);",
    "export const [ctx, cancel] = withCancel(background());",
    "const pair = withCancel(background());",
    "const [...pair] = withCancel(background());",
    "const [ctx, ...rest] = withCancel(background());",
    "const [, cancel] = withCancel(background()); cancel();",
    "const [ctx] = mine(); withCancel; background();",
    "function f() { return withCancel(background()); }",
    "const cancel = withCancel(background())[1];",
  ].map((code) => CONTEXT + code),
  invalid: [
    dropped("const [ctx] = withCancel(background());"),
    dropped("const [ctx] = withTimeout(background(), 10);", "withTimeout"),
    dropped("const [ctx] = context.withDeadlineCause(background(), new Date(), 1);", "withDeadlineCause"),
    dropped("const [] = withCancelCause(background());", "withCancelCause"),
    dropped("withCancel(background());"),
    dropped("f(withCancel(background())[0]);"),
    unused("const [ctx, cancel] = withCancel(background()); f(ctx);"),
    unused("const [, stop] = withCancel(background());", "stop"),
    unused("function f() { const [ctx, cancel] = withCancel(background()); return ctx; }"),
  ],
});
