/** The page Errors and panics lists every `code` of a Panic, with its text. */
import { readFileSync } from "node:fs";
import { Panic, type PanicCode } from "millrace";
import { expect, it } from "vitest";
import { root } from "../kit/blocks.ts";

const union = /export type PanicCode =([^;]+);/.exec(readFileSync(`${root}src/runtime/panic.ts`, "utf8"))?.[1] ?? "";
const codes = [...union.matchAll(/"(\w+)"/g)].map(([, code]) => code as PanicCode);

it("has all codes and their texts, and no other", () => {
  const page = readFileSync(`${root}docs/guide/errors.md`, "utf8");
  const listed = [...page.matchAll(/^\| `([A-Z_]+)` \| (.+) \|$/gm)].map(([, code, text]) => `${code}: ${text}`);
  expect(codes).not.toEqual([]);
  expect(listed.sort()).toEqual(codes.map((code) => `${code}: ${new Panic(code).message}`).sort());
});
