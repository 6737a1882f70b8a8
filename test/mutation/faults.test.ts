/** The list of faults is up to date; `npm run mutation` checks that each is caught. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it, test } from "vitest";
import { apply } from "./fault.ts";
import { faults } from "./faults.ts";

const read = (path: string): string => readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), "utf8");

it.each(faults.map((fault) => [fault.name, fault] as const))("%s", (_name, fault) => {
  const source = read(fault.file);
  expect(apply(fault, source)).not.toBe(source);
  expect(existsSync(fileURLToPath(new URL(`../../${fault.test}`, import.meta.url)))).toBe(true);
});

test("there are at least 40, each another one", () => {
  expect(faults.length).toBeGreaterThanOrEqual(40);
  expect(new Set(faults.map(({ name }) => name)).size).toBe(faults.length);
  expect(new Set(faults.map(({ file, find, put }) => `${file}\n${find}\n${put}`)).size).toBe(faults.length);
});

test("one that no longer applies is refused, and so is one that applies twice", () => {
  const fault = { name: "a fault", file: "a.ts", find: "b", put: "c", test: "", title: "" };
  expect(apply(fault, "abc")).toBe("acc");
  expect(() => apply(fault, "ac")).toThrow('a.ts: 0 places for the fault "a fault": "b"');
  expect(() => apply(fault, "abb")).toThrow("a.ts: 2 places");
});
