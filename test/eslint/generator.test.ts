import { check } from "./kit.ts";

const GO = `import { go, run } from "millrace";\nfunction* save(x) {}\n`;
const drops = (bad: string, good: string) => ({
  code: GO + bad,
  output: GO + good,
  errors: [{ messageId: "floating" }],
});
const outside = (code: string) => ({ code: GO + code, errors: [{ messageId: "floating" }] });
const other = (code: string, messageId: string) => ({ code: GO + code, errors: [{ messageId }] });

check("no-floating-generator", "javascript", {
  valid: [
    `${GO}run(function* () { yield* save(1); });`,
    `${GO}run(function* () { go(save, 1); const saved = save(1); yield* saved; });`,
    `${GO}const list = [save(1)]; list.push(save(2)); use(save(3));`,
    `${GO}function f() { return save(1); }`,
    `${GO}go(() => save(1));`,
    // what is not a generator of this file
    `${GO}const other = function () {}; other(); async function* events() {} events(); unknown();`,
    `${GO}let save2 = function* () {}; save2 = () => {}; save2();`,
    `${GO}function f(save) { save(1); }`,
    `class A { *run() {} start() { this.other(); a.run(); } }`,
    `import { go } from "elsewhere"; function* save() {} go(save());`,
  ],
  invalid: [
    drops("run(function* () { save(1); });", "run(function* () { yield* save(1); });"),
    drops("run(function* () { ok && save(1); });", "run(function* () { ok && (yield* save(1)); });"),
    drops("const f = function* () { save(1); };", "const f = function* () { yield* save(1); };"),
    outside("save(1);"),
    outside("async function f() { save(1); }"),
    outside("run(function* () { void save(1); });"),
    outside("const load = function* () {}; load();"),
    {
      code: "class A { *run() {} #load = function* () {}; start() { this.run(); this.#load(); } }",
      errors: [{ messageId: "floating" }, { messageId: "floating" }],
    },
    other("async function f() { await save(1); }", "awaited"),
    other("go(save(1));", "started"),
    other("import * as millrace from 'millrace'; millrace.go(save(1));", "started"),
  ],
});

const TYPED = `import { type Go, go, run } from "millrace";\ndeclare const store: { save(x: number): Go; all: (() => Go)[] };\n`;
check("no-floating-generator", "typed", {
  valid: [
    `${TYPED}run(function* () { yield* store.save(1); });`,
    `${TYPED}declare function later(): Promise<void>; later();`,
    `${TYPED}declare const thing: any; thing.save(1);`,
  ],
  invalid: [
    {
      code: `${TYPED}run(function* () { store.save(1); });`,
      output: `${TYPED}run(function* () { yield* store.save(1); });`,
      errors: [{ messageId: "floating" }],
    },
    { code: `${TYPED}store.all[0]!();`, errors: [{ messageId: "floating" }] },
    { code: `${TYPED}function* save(): Go {}\nsave();`, errors: [{ messageId: "floating" }] },
    { code: `${TYPED}async function f() { await store.save(1); }`, errors: [{ messageId: "awaited" }] },
  ],
});
