import { check } from "./kit.ts";

const from = (names: string, module = "millrace"): string => `import { ${names} } from "${module}";\n`;
const main = (body: string): string => `go(function* () { ${body} });`;
const GO = from("chan, go, nilChan, range, runtime, select, wait");
const SYNC = from("Action, Cond, ErrGroup, Mutex, Once, onceValue, RWMutex, Semaphore, WaitGroup", "millrace/sync");

/** A statement that is reported, and what becomes of it inside a generator. */
const drops = (before: string, bad: string, good: string) => ({
  code: before + main(bad),
  output: before + main(good),
  errors: [{ messageId: "floating" }],
});

const anywhere = {
  valid: [
    `${GO}const ch = chan(); ${main("yield* ch.send(1);")}`,
    `${GO}const ch = chan(); async function f() { await ch.send(1); return ch.recv(); }`,
    `${GO}const ch = chan(); go(() => ch.send(1));`,
    `${GO}const ch = chan(); ${main("yield* select({ a: ch.recv(), b: ch.send(1) }); ch.trySend(1); ch.close();")}`,
    `${GO}const ch = chan(); const cases = [ch.recv()]; cases.push(ch.send(1));`,
    `${GO}const ch = chan(); let op; op = ch.recv(); const list = []; list[3] = ch.recv();`,
    `${GO}const ch = chan(); const same = ch.recv() === ch.recv();`,
    // names that are not ours, or no longer
    `const ch = { send() {} }; ch.send(1);`,
    `import { sleep } from "elsewhere"; sleep(1);`,
    `${GO}let ch = chan(); ch = { send() {} }; ch.send(1);`,
    `${GO}function f(chan) { chan().send(1); }`,
    // takes its function in any case
    `${SYNC}const group = new ErrGroup(); group.go(() => {});`,
  ],
  invalid: [
    drops(`${GO}const ch = chan(); `, "ch.send(1);", "yield* ch.send(1);"),
    drops(`${GO}const ch = chan(); `, "ch?.recv();", "yield* ch?.recv();"),
    drops(`${GO}const ch = chan(); `, 'ch["recvOk"]();', 'yield* ch["recvOk"]();'),
    drops(`${GO}const ch = nilChan(); `, "ready && ch.recv();", "ready && (yield* ch.recv());"),
    drops(`${GO}const ch = chan(); `, "ready ? ch.recv() : go();", "ready ? (yield* ch.recv()) : go();"),
    drops(`${GO}const ch = chan(); `, "go(), ch.recv();", "go(), (yield* ch.recv());"),
    drops(`${GO}const ch = chan(); const r = range(ch); `, "r.next();", "yield* r.next();"),
    drops(`${GO}const ch = chan(); const op = ch.recv(); `, "op;", "yield* op;"),
    drops(GO, "go(() => {}).join();", "yield* go(() => {}).join();"),
    drops(GO, "select({});", "yield* select({});"),
    drops(GO, "wait(fetch('/'));", "yield* wait(fetch('/'));"),
    drops(GO, "runtime.gosched();", "yield* runtime.gosched();"),
    drops(GO + from("sleep", "millrace/time"), "sleep(10);", "yield* sleep(10);"),
    drops(GO + from("after", "millrace/time"), "after(10).recv();", "yield* after(10).recv();"),
    drops(GO + from("sleep as nap", "millrace/time"), "nap(10);", "yield* nap(10);"),
    drops(`${GO}import * as time from "millrace/time"; `, "time.sleep(10);", "yield* time.sleep(10);"),
    drops(
      `${GO}import * as time from "millrace/time"; `,
      "new time.Timer(1).c.recv();",
      "yield* new time.Timer(1).c.recv();",
    ),
    drops(`${GO + SYNC}const mu = new Mutex(); `, "mu.lock();", "yield* mu.lock();"),
    drops(`${GO + SYNC}const mu = new Mutex(); `, "mu.withLock(() => 1);", "yield* mu.withLock(() => 1);"),
    drops(`${GO + SYNC}const once = new Once(); `, "once.do(() => {});", "yield* once.do(() => {});"),
    drops(`${GO + SYNC}const config = onceValue(() => 1); `, "config();", "yield* config();"),
    drops(`${GO + SYNC}const wg = new WaitGroup(); `, "wg.wait();", "yield* wg.wait();"),
    drops(
      `${GO + from("background", "millrace/context") + SYNC}const [group, ctx] = ErrGroup.withContext(background()); `,
      "group.wait(); ctx.err();",
      "yield* group.wait(); ctx.err();",
    ),
    drops(
      `${GO + from("background, withCancel", "millrace/context")}const [ctx, cancel] = withCancel(background()); cancel(); `,
      "ctx.done().recv();",
      "yield* ctx.done().recv();",
    ),
    drops(
      `${GO + from("distribute, mapConcurrent", "millrace/patterns")}const [first] = distribute([1], 2); `,
      "first.recv(); mapConcurrent;",
      "yield* first.recv(); mapConcurrent;",
    ),
    ...[
      { code: `${GO}const ch = chan(); ${main("void ch.send(1);")}`, word: "yield*" },
      { code: `${GO}const ch = chan(); const f = () => void ch.recv();`, word: "yield* or await" },
      {
        code: `${from("WorkerPool", "millrace/patterns")}const pool = new WorkerPool(save); async function f() { void pool.run(1); }`,
        word: "await",
      },
    ].map(({ code, word }) => ({ code, output: null, errors: [{ messageId: "voided", data: { word } }] })),
    {
      code: `${GO}const ch = chan(); async function f() { ch.send(1); }`,
      output: `${GO}const ch = chan(); async function f() { await ch.send(1); }`,
      errors: [{ messageId: "floating", data: { word: "await" } }],
    },
    {
      // An async generator hands out what it yields, so its operations are awaited.
      code: `${GO}const ch = chan(); async function* f() { ch.send(1); }`,
      output: `${GO}const ch = chan(); async function* f() { await ch.send(1); }`,
      errors: [{ messageId: "floating" }],
    },
    {
      code: `${GO}const ch = chan(); function f() { ch.send(1); }`,
      output: null,
      errors: [{ messageId: "floating", data: { word: "yield* or await" } }],
    },
    {
      code: `${GO}const ch = chan(); function* f() { class A { x = () => { ch.send(1); } } }`,
      output: null,
      errors: [{ messageId: "floating" }],
    },
    ...[
      ["if (mu.lock()) go();", "if ((yield* mu.lock())) go();"],
      ["while (mu.lock()) go();", "while ((yield* mu.lock())) go();"],
      ["return mu.lock() ? 1 : 2;", "return (yield* mu.lock()) ? 1 : 2;"],
      ["return mu.lock() && 1;", "return (yield* mu.lock()) && 1;"],
      ["return !mu.lock();", "return !(yield* mu.lock());"],
      ["return mu.lock() + 1;", "return (yield* mu.lock()) + 1;"],
      ["return `$" + "{mu.lock()}`;", "return `$" + "{(yield* mu.lock())}`;"],
      ["switch (mu.lock()) { default: }", "switch ((yield* mu.lock())) { default: }"],
    ].map(([bad, good]) => ({
      code: `${GO + SYNC}const mu = new Mutex(); ${main(bad as string)}`,
      output: `${GO + SYNC}const mu = new Mutex(); ${main(good as string)}`,
      errors: [{ messageId: "unperformed", data: { word: "yield*" } }],
    })),
  ],
};

check("no-floating-operation", "javascript", {
  valid: [
    ...anywhere.valid,
    {
      code: `const m = require("millrace"); const ch = m.chan(); ch.close();`,
      languageOptions: { sourceType: "commonjs" },
    },
  ],
  invalid: [
    ...anywhere.invalid,
    {
      code: `const { chan: make } = require("millrace"); const ch = make(); async () => { ch.recv(); };`,
      output: `const { chan: make } = require("millrace"); const ch = make(); async () => { await ch.recv(); };`,
      languageOptions: { sourceType: "commonjs" },
      errors: [{ messageId: "floating" }],
    },
    {
      code: `const m = require("millrace/time"); async () => { m.sleep(1); };`,
      output: `const m = require("millrace/time"); async () => { await m.sleep(1); };`,
      languageOptions: { sourceType: "commonjs" },
      errors: [{ messageId: "floating" }],
    },
  ],
});

const annotated = {
  valid: [`import type { Chan } from "elsewhere"; function* f(ch: Chan<number>) { ch.send(1); }`],
  invalid: [
    {
      code: `import type { SendChan } from "millrace"; function* f(out: SendChan<number>) { out.send(1); }`,
      output: `import type { SendChan } from "millrace"; function* f(out: SendChan<number>) { yield* out.send(1); }`,
      errors: [{ messageId: "floating" }],
    },
    {
      code: `import type * as m from "millrace"; async function f(ch: m.Chan<number>) { ch.send(1)!; }`,
      output: `import type * as m from "millrace"; async function f(ch: m.Chan<number>) { await (ch.send(1)!); }`,
      errors: [{ messageId: "floating" }],
    },
    {
      code: `${SYNC}class A { readonly #mu = new Mutex(); rw!: RWMutex; async f() { this.#mu.lock(); this.rw.rLock(); } }`,
      output: `${SYNC}class A { readonly #mu = new Mutex(); rw!: RWMutex; async f() { await this.#mu.lock(); await this.rw.rLock(); } }`,
      errors: [{ messageId: "floating" }, { messageId: "floating" }],
    },
  ],
};
check("no-floating-operation", "untyped", annotated);

// What only the compiler knows.
const typed = (body: string): string =>
  `import { type Chan, type Op, chan } from "millrace"; declare const chans: Chan<number>[];
   function make(): { ch: Chan<number> } { return { ch: chan() }; }
   declare const maybe: Op<void> | undefined; declare const other: Op<void> | number;
   async function f() { ${body} }`;
const types = (bad: string, good: string) => ({
  code: typed(bad),
  output: typed(good),
  errors: [{ messageId: "floating" }],
});
check("no-floating-operation", "typed", {
  valid: [
    ...annotated.valid,
    typed(
      "let op: Op<unknown>; op = chans[0]!.recv(); (await op) === 1; other; chans[0]?.close(); await make().ch.recv();",
    ),
    `${SYNC}async function f(groups: ErrGroup[]) { groups[0]!.go(() => {}); }`,
    `async function f(p: Promise<number>, g: Generator<number>) { p; g; }`,
  ],
  invalid: [
    ...annotated.invalid,
    types("chans[0]!.send(1);", "await chans[0]!.send(1);"),
    types("make().ch.recv();", "await make().ch.recv();"),
    types("for (const ch of chans) ch.recv();", "for (const ch of chans) await ch.recv();"),
    types("maybe;", "await maybe;"),
    {
      code: `${SYNC}async function f(mus: Mutex[]) { mus[0]!.withLock(() => 1); }`,
      output: `${SYNC}async function f(mus: Mutex[]) { await mus[0]!.withLock(() => 1); }`,
      errors: [{ messageId: "floating" }],
    },
  ],
});
