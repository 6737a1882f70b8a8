/**
 * Stacks show the program's own frames and no others, wherever the program comes from: TypeScript loaded by tsx, plain
 * JavaScript beside the built package, program and library bundled into one file by esbuild. The golden is the same.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { golden, javaScript, node, program } from "../kit/child.ts";

/** A folder with a space in its name. */
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "millrace frames "));
});

afterAll(() => rmSync(folder, { recursive: true }));

/** Each way puts the program somewhere and gives the arguments for `node`. */
const ways: Record<string, (name: string) => Promise<string[]>> = {
  "node --import tsx": async (name) => ["--import", "tsx", program(`${name}.ts`)],
  "JavaScript beside the package": async (name) => [await javaScript(name, folder, "esm")],
  "CommonJS beside the package": async (name) => [await javaScript(name, folder, "cjs")],
  "one bundle": async (name) => {
    const file = join(folder, name, `${name}.mjs`);
    await build({
      entryPoints: [program(`${name}.ts`)],
      outfile: file,
      bundle: true,
      platform: "node",
      format: "esm",
      target: "es2022",
    });
    return [file];
  },
};

/** Parentheses and type arguments that esbuild adds or removes. */
const asText = (text: string): string =>
  text
    .replaceAll(/<number>|\(0, import_millrace\.(\w+)\)/g, "$1")
    .replaceAll(/^(\t[\w-]+: )(?:return |const \w+ = )?(.*?)[;{} ]*$/gm, "$1$2");

describe.for(Object.keys(ways))("%s", (way) => {
  test.for([
    ["chan-receive"],
    ["debug"],
    ["join"],
    ["panic-main"],
    ["panic-async"],
    ["panic-plain"],
    ["panic-promise"],
    ["panic-closed", "send"],
    ["panic-closed", "waiting"],
    ["no-star"],
  ])("%j", async ([name, ...args]) => {
    const argv = await ways[way]?.(name as string);
    const expected = readFileSync(new URL(`goldens/${[name, ...args].join("-")}.txt`, import.meta.url), "utf8");
    expect(asText(golden(await node([...(argv ?? []), ...args])))).toBe(asText(expected));
  });
});
