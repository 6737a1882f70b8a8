/**
 * Values on their way to other processes and machines: one byte of version, then a block as between threads, with shapes
 * spelled out and without anything that lives in shared memory.
 *
 * Invariant: bytes that no writer of this version wrote give a `CorruptError` and never a value.
 */
import { CorruptError, Reader } from "./reader.ts";
import { Writer } from "./writer.ts";

/** The first byte. A reader refuses another one. */
export const VERSION = 1;

let writer: Writer | null = new Writer(true);

/**
 * The bytes of a value, a copy of their own.
 *
 * @param where what the value is, for the error, as in `args[1]`
 * @param skipped how many steps of the way to what can't travel are the caller's, and not told
 * @throws ArgumentError when something in it can't travel, with the way to it
 */
export function encodePortable(value: unknown, where: string, skipped = 0): Uint8Array {
  // A getter may itself send something: then there is another writer for that.
  const w = writer ?? new Writer(true);
  writer = null;
  try {
    w.write(value, where, skipped);
    const bytes = new Uint8Array(w.at + 1);
    bytes[0] = VERSION;
    bytes.set(w.u8.subarray(0, w.at), 1);
    w.done();
    return bytes;
  } finally {
    writer = w;
  }
}

/**
 * The value that was encoded.
 *
 * @throws CorruptError when the bytes are not a value of this version
 */
export function decodePortable(bytes: Uint8Array): unknown {
  if (bytes[0] !== VERSION) {
    throw new CorruptError(
      bytes.length === 0 ? "it is empty" : `its version is ${bytes[0]}, and this reads ${VERSION}`,
    );
  }
  return new Reader(true).read(bytes, 1, bytes.length);
}
