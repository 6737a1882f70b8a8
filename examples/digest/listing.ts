/**
 * The format of `sha256sum`: the digest, two spaces, the path. A path with a backslash, newline or carriage return is
 * escaped, and then the line begins with a backslash.
 */
import type { Path } from "./path.ts";

/** What a line says. */
export interface Entry {
  readonly sha256: string;
  readonly path: Path;
}

const ESCAPES: Readonly<Record<string, string>> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r" };

function escaped(path: Path): string {
  return path.replace(/[\\\n\r]/g, (c) => ESCAPES[c] as string);
}

/** The line for an entry. */
export function format({ sha256, path }: Entry): string {
  const name = escaped(path);
  return `${name === path ? "" : "\\"}${sha256}  ${name}\n`;
}

/** The line that tells how a file was verified. Here only a path with a newline is escaped, as `sha256sum -c` does. */
export function verdictLine(path: Path, verdict: string): string {
  return `${path.includes("\n") ? `\\${escaped(path)}` : path}: ${verdict}\n`;
}

const LINE = /^[ \t]*(?<mark>\\?)(?<sha256>[0-9a-f]{64}) [ *](?<path>.+)$/is;
const TAGGED = /^[ \t]*(?<mark>\\?)SHA256 \((?<path>.+)\) = (?<sha256>[0-9a-f]{64})$/is;

/** What a line of a listing says; undefined if it is malformed. Takes what `sha256sum -c` takes, also the form of BSD. */
export function parse(line: string): Entry | undefined {
  const { mark, sha256 = "", path = "" } = (LINE.exec(line) ?? TAGGED.exec(line))?.groups ?? {};
  if (mark === undefined) return undefined;
  if (mark === "") return { sha256: sha256.toLowerCase(), path };
  if (!/^([^\\]|\\[\\nr])*$/.test(path)) return undefined;
  const unescaped = path.replace(/\\(.)/g, (_, c: string) => (c === "n" ? "\n" : c === "r" ? "\r" : c));
  return { sha256: sha256.toLowerCase(), path: unescaped };
}

/** A line that says nothing and is no mistake. */
export function isBlank(line: string): boolean {
  return line === "" || line.startsWith("#");
}
