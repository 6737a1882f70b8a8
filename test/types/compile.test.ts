/** The `*.types.ts` files of this folder compile: each `@ts-expect-error` in them is a mistake that is refused. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { complaints, folder } from "./compiler.ts";

const files = readdirSync(folder).filter((name) => name.endsWith(".types.ts"));

test(`${files.join(", ")} compile`, { timeout: 120_000 }, () => {
  expect(files.length).toBeGreaterThan(2);
  expect(complaints(files.map((name) => join(folder, name)))).toStrictEqual([]);
});

test("options.types.ts has every type of options that is exported", () => {
  const reports = join(folder, "../../api");
  const declared = readdirSync(reports).flatMap((file) => [
    ...readFileSync(join(reports, file), "utf8").matchAll(/^export interface (\w+(?:Options|Hooks))\b/gm),
  ]);
  const names = new Set(declared.map(([, name]) => name).filter((name) => name !== "TestHooks"));
  const checked = readFileSync(join(folder, "options.types.ts"), "utf8").matchAll(/^expectType<Takes<(\w+)/gm);
  expect(names.size).toBeGreaterThan(40);
  expect([...names].sort()).toStrictEqual([...new Set([...checked].map(([, name]) => name))].sort());
});
