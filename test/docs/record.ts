/** What the code blocks printed, by block and line. */
import { format } from "node:util";

const printed = new Map<string, Map<number, string[]>>();

/** The `console.log` of one line of a block. */
export function at(block: string): (line: number) => { log(...values: unknown[]): void } {
  const lines = new Map<number, string[]>();
  printed.set(block, lines);
  return (line) => ({
    log(...values) {
      const before = lines.get(line);
      if (before === undefined) lines.set(line, [format(...values)]);
      else before.push(format(...values));
    },
  });
}

/** What `line` of `block` printed so far, one entry a call. */
export function printedAt(block: string, line: number): readonly string[] {
  return printed.get(block)?.get(line) ?? [];
}
