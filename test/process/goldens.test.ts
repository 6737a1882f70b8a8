/**
 * How programs end: each is run by `millrace run`, and what it prints is compared with goldens/. Places in stacks stand
 * there as the line of source at that place.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { golden, javaScript, millrace, node } from "../kit/child.ts";

const programs: readonly (readonly [program: string, ...args: string[]])[] = [
  // Deadlocks, one for each reason to wait.
  ["chan-receive"],
  ["chan-send"],
  ["nil-channel"],
  ["select"],
  ["join"],
  ["promise"],
  ["async-main"],
  ["async-several"],
  ["debug"],
  ["goexit-main"],
  ["goexit-main-others"],
  ["deadlock-top-level"],
  ["locks"],
  // Fatal errors.
  ["unlock"],
  ["unlock", "rwmutex"],
  ["leaks"],
  // Panics.
  ["panic-main"],
  ["panic-other"],
  ["panic-async"],
  ["panic-plain"],
  ["panic-promise"],
  ["panic-cause"],
  ["panic-aggregate"],
  ["no-star"],
  ["default-panic"],
  ["on-panic", "goes-on"],
  ["on-panic", "throws"],
  ["on-panic", "joined"],
  ["on-panic", "main"],
  ["pool-error"],
  ["pool-error", "handler"],
  ["pool-error", "exits"],
  // No end of their own.
  ["goexit"],
  ["recover"],
  ["unused"],
];

test.for(programs)("%j", async ([name, ...args]) => {
  const ended = await millrace(`${name}.ts`, args);
  await expect(golden(ended)).toMatchFileSnapshot(`goldens/${[name, ...args].join("-")}.txt`);
});

/** The same program again and again: what it panics with makes the difference. */
const panics: readonly (readonly [program: string, arg: string])[] = [
  ...[
    "string",
    "number",
    "undefined",
    "null",
    "bigint",
    "symbol",
    "object",
    "array",
    "function",
    "circular",
    "lines",
    "stackless",
    "frozen",
    "hostile",
    "named",
  ].map((value) => ["panic-value", value] as const),
  ...["send", "close", "nil", "size", "waiting", "go"].map((text) => ["panic-closed", text] as const),
];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "millrace-goldens-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

test.for(panics)("%j", async ([name, arg]) => {
  const ended = await node([await javaScript(name, folder, "esm"), arg]);
  await expect(golden(ended)).toMatchFileSnapshot(`goldens/${name}-${arg}.txt`);
});
