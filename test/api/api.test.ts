/** The API reports that are checked in are those of the sources. Where one is not, the failure is the difference. */
import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { root } from "../kit/pack.ts";
import { reports } from "./report.ts";

const made = reports();

it("each entry has its report", () => {
  expect(readdirSync(`${root}api`).sort()).toEqual([...made.keys()].sort());
});

it.each([...made])("%s is up to date (else: npm run api)", (file, text) => {
  expect(text).toBe(readFileSync(`${root}api/${file}`, "utf8"));
});
