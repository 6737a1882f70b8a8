/** Standard output. It takes bytes as fast as whoever reads it, and may end before we do (`| head`). */
import { once } from "node:events";
import { createWriteStream, fstatSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Writable } from "node:stream";
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

/** Writes text of one character a byte to standard output. Blocks until there is room for more. */
export function* write(text: string, to: Writable = process.stdout): Go {
  if (!to.write(text, "latin1")) yield* wait(once(to, "drain"));
}

/** Where a listing goes. */
export interface Output {
  /** The file it is in, where that is not standard output. */
  readonly file?: string;
  /** Writes a piece of it. Blocks until there is room for more. */
  write(text: string): Go;
  /** Blocks until all of it is written. */
  end(): Go;
}

/** Standard output; on a terminal a file of its own instead, because thousands of lines would only scroll by there. */
export function openOutput(): Output {
  if (!process.stdout.isTTY) return { write: (text) => write(text), *end() {} };
  const file = join(mkdtempSync(join(tmpdir(), "digest-")), "listing");
  const to = createWriteStream(file);
  return {
    file,
    write: (text) => write(text, to),
    *end() {
      const finished = wait(once(to, "finish"));
      to.end();
      yield* finished;
    },
  };
}
