/** What the compiler says of common mistakes, and that the types use nothing that the oldest supported compiler lacks. */
import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { root } from "../kit/child.ts";
import { hovers } from "./compiler.ts";

const IMPORTS = `import { chan, type Go, type RecvChan, select } from "millrace";
import { Mutex } from "millrace/sync";
import { parallel } from "millrace/threads";
const ch = chan<number>();
const mu = new Mutex();
`;

it.each([
  ["yield without the star", "yield ch.recv();", "Property '\"write yield*, with the star\"' is missing in type"],
  ["no star at all", "const v: number = ch.recv(); void v;", "Type 'Op<number | undefined>' is not assignable"],
  [
    "a channel in a select",
    "yield* select({ a: ch.recv(), b: ch });",
    "a channel is not an operation: write ch.recv() or ch.send(value)",
  ],
  [
    "a promise in a select",
    "yield* select({ a: ch.recv(), b: Promise.resolve(1) });",
    "a promise is not an operation: write wait(promise)",
  ],
  [
    "an action in a select",
    "yield* select({ a: mu.withLock(() => 1) });",
    "this takes several operations, which a select can't undo: perform it with yield* or await",
  ],
  [
    "an object with methods to another thread",
    'parallel({ url: "" }, "f", (s: { m(): void }) => s.m());',
    "an object of a class that is sendable() has the type Registered",
  ],
  [
    "the wrong direction",
    "yield* (ch as RecvChan<number>).send(1);",
    "Property 'send' does not exist on type 'RecvChan<number, undefined>'",
  ],
])("%s", (_, statement, message) => {
  expect(() => hovers(`${IMPORTS}export function* f(): Go {\n  ${statement}\n}`)).toThrow(message);
});

it("TypeScript 5.2 knows all that the types name", () => {
  const reports = readdirSync(`${root}api`).map((name) => readFileSync(`${root}api/${name}`, "utf8"));
  for (const report of reports) {
    // Since 5.6: a second argument of these, the types of iterators that the host has made; since 5.4: NoInfer.
    expect(report).not.toMatch(/\b(Async)?(IterableIterator|Iterable)<[^<>]*(<[^<>]*>)?[^<>]*,/);
    expect(report).not.toMatch(/\b((Async)?IteratorObject|BuiltinIterator\w*|NoInfer)</);
  }
});
