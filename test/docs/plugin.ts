/**
 * Makes each code block of the documentation a module, `docs-block:README.md:12`, so that a test can import it with the
 * aliases and the compiler that the tests have themselves.
 *
 * The block's `console.log(…)` becomes `$at(line).log(…)`, which keeps what each line printed; lines keep their numbers.
 * A relative import means first a block of the same document that carries that path, then a file of the repository.
 */
import { posix } from "node:path";
import type { Plugin } from "vitest/config";
import { type Block, blocks, id, root } from "../kit/blocks.ts";

const PREFIX = "docs-block:";

export function docsBlocks(): Plugin {
  let all: Map<string, Block> | null = null;
  const find = (name: string): Block | undefined => {
    all ??= new Map(blocks().map((block) => [id(block), block]));
    return all.get(name);
  };
  return {
    name: "docs-blocks",
    enforce: "pre",
    resolveId(source, importer) {
      if (source.startsWith(PREFIX)) return source.endsWith(".ts") ? source : `${source}.ts`;
      if (!importer?.startsWith(PREFIX) || !source.startsWith(".")) return undefined;
      const from = find(importer.slice(PREFIX.length, -3));
      if (from === undefined) return undefined;
      const path = posix.join(posix.dirname(from.path ?? from.file), source);
      const sibling = [...(all as Map<string, Block>).values()].find(
        (block) => block.file === from.file && block.path === path,
      );
      return sibling === undefined ? root + path : `${PREFIX}${id(sibling)}.ts`;
    },
    load(module) {
      if (!module.startsWith(PREFIX)) return undefined;
      const name = module.slice(PREFIX.length, -3);
      const block = find(name);
      if (block === undefined) throw new Error(`no code block at ${name}`);
      const lines = block.code.split("\n").map((line, i) => line.replaceAll("console.log(", `$at(${i + 1}).log(`));
      return `import { at as $$at } from ${JSON.stringify(`${root}test/docs/record.ts`)}; const $at = $$at(${JSON.stringify(name)}); ${lines.join("\n")}\nexport {};`;
    },
  };
}
