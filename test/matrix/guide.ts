/** What the page "Threads in your project" shows: the tests of the tools run that, not a copy of it. */
import { readFileSync } from "node:fs";
import { type Block, blocksOf, root } from "../kit/blocks.ts";

const FILE = "docs/guide/projects.md";
const text = readFileSync(root + FILE, "utf8");
const all = blocksOf(FILE, text);

/** The first code block of that section, and the file that its first line says it is. */
export function configOf(section: string): { readonly file: string; readonly code: string } {
  const at = text.indexOf(`\n## ${section}\n`);
  if (at < 0) throw new Error(`${FILE} has no section ${section}`);
  const line = text.slice(0, at).split("\n").length;
  const { code } = all.find((block: Block) => block.line > line) as Block;
  const file = /^\/\/ ([\w.-]+)/.exec(code)?.[1];
  if (file === undefined) throw new Error(`${FILE}: the first block of ${section} does not say which file it is`);
  return { file, code };
}
