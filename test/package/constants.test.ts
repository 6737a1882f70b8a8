/** What hot paths read is a constant that V8 sees: in the built chunks, and in what esbuild makes of them. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { type Node, parseSync } from "oxc-parser";
import { describe, expect, it } from "vitest";
import { HOT } from "../../release/constants.ts";
import { entries, root } from "../kit/pack.ts";

const dist = `${root}dist`;
const chunks = readdirSync(dist, { recursive: true, encoding: "utf8" }).filter((file) =>
  /^(?!tour|inspector).*\.js$/.test(file),
);
const bodyOf = (name: string, code: string): Node[] => parseSync(name, code).program.body;

/** What a chunk reads from cells of the module system, and what it puts into them. */
function cells(code: string): string[] {
  return bodyOf("chunk.js", code).flatMap((node) => {
    if (node.type === "ImportDeclaration") return node.specifiers.map(({ local }) => local.name);
    if (node.type !== "ExportNamedDeclaration") return [];
    return node.specifiers.flatMap(({ local }) => (local.type === "Identifier" ? [local.name] : []));
  });
}

describe("a built chunk", () => {
  it("has none of them in a module's cell", () => {
    expect(chunks.length).toBeGreaterThan(20);
    const found = chunks.flatMap((file) => cells(readFileSync(join(dist, file), "utf8")));
    expect(found.filter((name) => HOT.has(name))).toEqual([]);
    // They are there, each under the name of its copy.
    for (const name of HOT) expect(found, name).toContain(`${name}$imported`);
  });
});

describe("a bundle of esbuild's", () => {
  /** Reads of a hot constant in an operation's class that are not of a constant of a function around it. */
  function mutable(node: unknown, inClass: boolean, constants: ReadonlySet<string>): string[] {
    if (Array.isArray(node)) return node.flatMap((each) => mutable(each, inClass, constants));
    if (typeof node !== "object" || node === null || !("type" in node)) return [];
    const { type, ...rest } = node as { type: string; [key: string]: unknown };
    let known = constants;
    if (type === "BlockStatement" || type === "FunctionBody") {
      const own = (rest.body as Node[]).flatMap((each) =>
        each.type === "VariableDeclaration" && each.kind === "const"
          ? each.declarations.flatMap(({ id }) => (id.type === "Identifier" ? [id.name] : []))
          : [],
      );
      known = new Set([...constants, ...own]);
    }
    if (type === "Identifier")
      return inClass && HOT.has(rest.name as string) && !known.has(rest.name as string) ? [rest.name as string] : [];
    const isClass =
      inClass || (type.startsWith("Class") && (rest.superClass as { name?: string } | null)?.name === "Op");
    const skipped =
      type === "MemberExpression" && rest.computed === false
        ? ["property"]
        : /Property|MethodDefinition/.test(type) && rest.computed === false
          ? ["key"]
          : [];
    return Object.entries(rest).flatMap(([key, each]) => (skipped.includes(key) ? [] : mutable(each, isClass, known)));
  }

  it("has them as constants in every operation's class", async () => {
    const { outputFiles } = await build({
      stdin: {
        contents: entries
          .filter((name) => /^millrace(\/(sync|patterns))?$/.test(name))
          .map((name) => `export * from "${name}";`)
          .join(""),
        resolveDir: root,
      },
      bundle: true,
      format: "esm",
      platform: "node",
      write: false,
      external: ["tsx"],
    });
    const text = outputFiles[0]?.text ?? "";
    expect(text).toMatch(/^var NO = /m);
    const found = mutable(bodyOf("bundle.js", text), false, new Set());
    expect(found).toEqual([]);
  });
});
