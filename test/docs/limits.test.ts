/** What the limits page says of sizes is what the README promises, which the budgets of test/package hold. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { root } from "../kit/blocks.ts";

const text = (file: string): string => readFileSync(root + file, "utf8").replaceAll(/\s+/g, " ");

it("the limits page has the README's sizes", () => {
  const promise = /all of `millrace` is at most [\d.]+ kB, a small program at most [\d.]+ kB/.exec(
    text("README.md"),
  )?.[0];
  expect(promise).toBeDefined();
  expect(text("docs/guide/limits.md")).toContain(promise);
});
