/** The `*.types.ts` files of this folder compile: each `@ts-expect-error` in them is a mistake that is refused. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { complaints, folder } from "./compiler.ts";

const files = readdirSync(folder).filter((name) => name.endsWith(".types.ts"));

test(`${files.join(", ")} compile`, { timeout: 120_000 }, () => {
  expect(files.length).toBeGreaterThan(2);
  expect(complaints(files.map((name) => join(folder, name)))).toStrictEqual([]);
});
