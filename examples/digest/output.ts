/** Standard output. It takes bytes as fast as whoever reads it, and may end before we do (`| head`). */
import { once } from "node:events";
import { fstatSync } from "node:fs";
import { type Go, wait } from "millrace";
import type { Identity } from "./file.ts";
import { reason, say } from "./report.ts";

/** Ends the process when standard output takes no more: with a message, unless its reader just had enough. */
export function endWithReader(): void {
  process.stderr.on("error", () => {}); // then nobody reads what we would say about it
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit();
    say(`standard output: ${reason(error)}`);
    process.exit(1);
  });
}

/** The file that standard output is, if it is one: in a tree to digest it would change under our hands. */
export function outputFile(): Identity | undefined {
  const stat = fstatSync(1);
  return stat.isFile() ? { ino: stat.ino, dev: stat.dev } : undefined;
}

/** Writes text of one character a byte. Blocks until there is room for more. */
export function* write(text: string): Go {
  if (!process.stdout.write(text, "latin1")) yield* wait(once(process.stdout, "drain"));
}
