/** The tour's programs: what somebody types, or a shared address brings, and what it writes. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { init, parse } from "es-module-lexer/js";
import fc from "fast-check";
import { beforeAll, expect } from "vitest";
import { compile, FILE } from "../../src/tour/program/compile.ts";
import { formatted } from "../../src/tour/program/console.ts";
import { damaged, fuzz, unpolluted } from "./kit.ts";

const library = new Map(
  ["millrace", "millrace/time", "millrace/sync"].map((name) => [name, `https://tour/${name}.js`]),
);
const folder = fileURLToPath(new URL("../../src/tour/lessons/", import.meta.url));
/** The programs of the lessons, which have all that people write. */
const programs = readdirSync(folder).flatMap((file) =>
  [...readFileSync(folder + file, "utf8").matchAll(/^```ts program\n([\s\S]*?)^```/gm)].map(([, code = ""]) => code),
);
const piece = fc.constantFrom(
  'import x from "millrace";\n',
  'import { a as b } from "nowhere";',
  "import type { T } from 'millrace';",
  "await import('millrace/time');",
  "await import(name);",
  "import.meta.url;",
  'export * from "millrace";',
  "const a = <T,>(x: T): x is T => true;",
  "enum E { A = 1 }",
  "`${`",
  "/*",
  "}",
  "@",
  "\u2028",
  "\r",
);
const code = fc.oneof(
  damaged(fc.constantFrom(...programs)),
  damaged(fc.array(piece, { maxLength: 6 }).map((all) => all.join(""))),
  fc.string({ unit: "binary" }),
);

beforeAll(async () => {
  expect(programs.length).toBeGreaterThan(15);
  await init;
});

fuzz("any text is a module that imports what there is, or is refused with its place", code, async (text) => {
  let script: string;
  try {
    script = await compile(text, library);
  } catch (error) {
    expect(error).toBeInstanceOf(Error);
    expect((error as Error).message).toMatch(new RegExp(`^${FILE}:`));
    return;
  }
  const addresses = [...library.values()];
  for (const { type, specifier } of parse(script)[0]) {
    if (type !== "import-meta" && typeof specifier === "string") expect(addresses).toContain(specifier);
  }
  unpolluted();
});

const value = fc.oneof(
  fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withNullPrototype: true }),
  fc.constantFrom<unknown>(Symbol("s"), new Error("e"), Object.create(null), Object.assign(new Error(), { stack: 1 })),
  fc.constant(null).map(() => {
    const circle: { self?: unknown } = {};
    circle.self = circle;
    return circle;
  }),
  fc.constant({
    toJSON() {
      throw new Error("toJSON");
    },
  }),
);
const format = fc.array(fc.constantFrom("%s", "%d", "%i", "%f", "%j", "%o", "%O", "%c", "%%", "%", "%x", "a"));

fuzz("a program writes whatever it has", fc.tuple(format, fc.array(value, { maxLength: 5 })), ([parts, values]) => {
  expect(typeof formatted([parts.join(" "), ...values])).toBe("string");
  expect(typeof formatted(values)).toBe("string");
});
