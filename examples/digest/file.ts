/**
 * The digest of a file, read piece by piece: a file of any size takes one buffer, and a goroutine uses one at a time, so
 * there are never more buffers than goroutines.
 */
import { createHash, hash } from "node:crypto";
import * as fs from "node:fs";
import { promisify } from "node:util";
import { type Go, runtime } from "millrace";
import { parallel } from "millrace/threads";
import { disk } from "./disk.ts";
import { type Done, isDone } from "./done.ts";
import { bytes, type Path } from "./path.ts";
import { Bytes } from "./tally.ts";

const PIECE = 256 * 1024;
// Non-blocking: what was a file a moment ago may be a pipe now, and to open that would mean to wait for a writer.
const FLAGS = fs.constants.O_RDONLY | (fs.constants.O_NONBLOCK ?? 0);

const open = promisify(fs.open);
const read = promisify(fs.read);
const buffers: Buffer[] = [];

/** Which file it is, whatever its name. */
export type Identity = Pick<fs.Stats, "ino" | "dev">;

/** What became of a file: its digest, undefined where it was left out or given up; or why it can't be read. */
export type Digested = { readonly sha256: string | undefined } | { readonly error: unknown };

/** `digestFile` on whichever thread is free. An error is a value, because a panic would end the program. */
export const digest = parallel(
  import.meta,
  "digest",
  function* (path: Path, done: Done, tally: SharedArrayBuffer, skip?: Identity): Go<Digested> {
    try {
      return { sha256: yield* digestFile(path, done, new Bytes(tally), skip) };
    } catch (error) {
      return { error };
    }
  },
);

/**
 * The SHA-256 of a file in hexadecimal; its bytes are added to `tally` as they are read. Undefined when `done` was closed
 * before its end, or when it is the file `skip`. Throws what the file system says.
 */
export function* digestFile(path: Path, done: Done, tally: Bytes, skip?: Identity): Go<string | undefined> {
  const name = bytes(path);
  const buffer = buffers.pop() ?? Buffer.allocUnsafeSlow(PIECE);
  let fd = -1;
  try {
    fd = yield* disk.ask(
      () => fs.openSync(name, FLAGS),
      () => open(name, FLAGS),
    );
    const stat = fs.fstatSync(fd);
    if (!stat.isFile()) throw new Error(stat.isDirectory() ? "is a directory" : "is not a regular file");
    if (stat.ino === skip?.ino && stat.dev === skip.dev) return undefined;

    let n = yield* readPiece(fd, buffer);
    tally.add(n);
    if (n === stat.size) return hash("sha256", buffer.subarray(0, n), "hex");

    const sum = createHash("sha256");
    while (n > 0 && !isDone(done)) {
      sum.update(buffer.subarray(0, n));
      yield* runtime.gosched(); // reading may not have let anyone else run
      n = yield* readPiece(fd, buffer);
      tally.add(n);
    }
    return n > 0 ? undefined : sum.digest("hex");
  } finally {
    if (fd >= 0) fs.closeSync(fd);
    buffers.push(buffer);
  }
}

/** Fills the buffer with the file's next bytes; gives their number, 0 at its end. */
function readPiece(fd: number, buffer: Buffer): Go<number> {
  return disk.ask(
    () => fs.readSync(fd, buffer, 0, PIECE, null),
    async () => (await read(fd, buffer, 0, PIECE, null)).bytesRead,
  );
}
