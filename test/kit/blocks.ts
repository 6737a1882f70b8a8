/**
 * The code blocks of the documentation: every ```ts fence of README.md, HACKING.md and docs/, and of the docstrings in src/.
 *
 * After `ts` the fence may say `no-run` (only its types are checked) or `program` (it calls `main`, so it runs as a
 * process of its own). A block whose first line is a comment with a path, `// src/sync/latch.ts`, is that file for the
 * other blocks of its document and for its own relative imports. The text of a ```text output fence that follows a
 * program is what it prints.
 */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const root: string = fileURLToPath(new URL("../..", import.meta.url));

export interface Block {
  /** The document, relative to the root. */
  readonly file: string;
  /** The line of the document that the fence opens on, from 1. */
  readonly line: number;
  readonly flags: readonly string[];
  readonly code: string;
  /** The path that its first line gives it. */
  readonly path: string | undefined;
  /** What the fence says that follows it, where that is ```text output. */
  readonly output: string | undefined;
}

export const id = (block: Block): string => `${block.file}:${block.line}`;

/** The files that document the project, relative to the root. */
export function documents(): string[] {
  return ["README.md", "HACKING.md", "CHANGELOG.md", "SECURITY.md", ...under("docs", ".md"), ...under("src", ".ts")];
}

/** All blocks, in the order of the documents' names. */
export function blocks(): Block[] {
  return documents().flatMap((file) => blocksOf(file, readFileSync(root + file, "utf8")));
}

function under(folder: string, extension: string): string[] {
  return readdirSync(root + folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(extension) && !/(^|\/)(node_modules|api)\//.test(name))
    .map((name) => `${folder}/${name}`)
    .sort();
}

/** The blocks of one document; in a source file, those of its docstrings. */
export function blocksOf(file: string, text: string): Block[] {
  const found: Block[] = [];
  const margin = file.endsWith(".ts") ? /^\s*\* ?/ : null;
  const lines = text.split("\n").map((line) => {
    if (margin === null) return line;
    return margin.test(line) ? line.replace(margin, "") : "\0";
  });
  for (let i = 0; i < lines.length; i++) {
    const fence = /^(\s*)```(\S+)[ \t]*(.*)$/.exec(lines[i] as string);
    if (fence === null) continue;
    const [, indent, language, info] = fence as unknown as [string, string, string, string];
    const body: string[] = [];
    const line = i + 1;
    while (++i < lines.length && (lines[i] as string).trim() !== "```") {
      if (lines[i] === "\0") throw new Error(`${file}:${line}: the code block does not end`);
      body.push((lines[i] as string).replace(new RegExp(`^ {0,${indent.length}}`), ""));
    }
    const code = body.join("\n");
    const flags = info.split(/\s+/).filter((word) => word !== "");
    const before = found.at(-1);
    if (language === "text" && flags.includes("output") && before !== undefined) {
      found[found.length - 1] = { ...before, output: code };
    }
    if (language !== "ts") continue;
    const path = /^\/\/ ([\w./-]+\.ts)$/.exec(body[0] ?? "")?.[1];
    found.push({ file, line, flags, code, path, output: undefined });
  }
  return found;
}

/** What the comments behind the `console.log` calls of a block promise, by line of the block from 1. */
export function promises(code: string): Map<number, string> {
  const found = new Map<number, string>();
  for (const [i, text] of code.split("\n").entries()) {
    if (!/\bconsole\.log\(/.test(text)) continue;
    const at = text.lastIndexOf(" // ");
    if (at >= 0) found.set(i + 1, text.slice(at + 4).trim());
  }
  return found;
}

/**
 * Whether what a line printed is what its comment promises. `a` is what each call prints; `a, then b` are two calls in that
 * order; `a or b` is either; `false: it had run` is `false`, explained; `e.g. 12` is some value like this one, so all that
 * is checked is that the line printed at all.
 */
export function kept(promise: string, printed: readonly string[]): boolean {
  if (printed.length === 0) return false;
  if (promise.startsWith("e.g. ") || printed.every((one) => one === promise)) return true;
  const explained = /^(true|false|-?\d+(?:\.\d+)?): /.exec(promise);
  const expected = explained === null ? promise.split(/,? then /) : [explained[1] as string];
  const matches = (one: string, expected: string): boolean => expected.split(" or ").includes(one);
  if (expected.length === 1) return printed.every((one) => matches(one, expected[0] as string));
  return printed.length === expected.length && printed.every((one, i) => matches(one, expected[i] as string));
}
