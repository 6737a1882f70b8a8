/** Text to bytes and back, by the quickest means the host has. */

interface NodeBuffer {
  utf8Write(this: Uint8Array, text: string, at: number): number;
  utf8Slice(this: Uint8Array, from: number, to: number): string;
  latin1Slice(this: Uint8Array, from: number, to: number): string;
}

const buffer = (globalThis as { Buffer?: { prototype: Partial<NodeBuffer> } }).Buffer?.prototype;
const node: NodeBuffer | null =
  buffer?.utf8Write !== undefined && buffer.utf8Slice !== undefined && buffer.latin1Slice !== undefined
    ? (buffer as NodeBuffer)
    : null;
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

const wellFormed = (String.prototype as { isWellFormed?(): boolean }).isWellFormed;
const LONE = /\p{Surrogate}/u;

/** Whether `text` can be written in UTF-8: it has no half of a surrogate pair alone. */
export function isWellFormed(text: string): boolean {
  return wellFormed === undefined ? !LONE.test(text) : wellFormed.call(text);
}

/** Writes `text` in UTF-8 into memory of this thread alone, where there is room for three bytes a character. Gives the number of bytes. */
export function writeUtf8(into: Uint8Array, at: number, text: string): number {
  if (node !== null) return node.utf8Write.call(into, text, at);
  return encoder.encodeInto(text, into.subarray(at)).written;
}

/** Reads UTF-8. */
export function readUtf8(from: Uint8Array, at: number, end: number): string {
  if (node !== null) return node.utf8Slice.call(from, at, end);
  // Browsers refuse to decode what other threads could change meanwhile.
  return decoder.decode(from.slice(at, end));
}

/** Reads one byte a character. */
export function readLatin1(from: Uint8Array, at: number, end: number): string {
  if (end - at > 12 && node !== null) return node.latin1Slice.call(from, at, end);
  // Four at a time: each string that is made on the way is an allocation.
  let text = "";
  let i = at;
  for (; i + 4 <= end; i += 4) {
    text += String.fromCharCode(from[i] as number, from[i + 1] as number, from[i + 2] as number, from[i + 3] as number);
  }
  if (end - i === 1) return text + String.fromCharCode(from[i] as number);
  if (end - i === 2) return text + String.fromCharCode(from[i] as number, from[i + 1] as number);
  if (end - i === 3) return text + String.fromCharCode(from[i] as number, from[i + 1] as number, from[i + 2] as number);
  return text;
}
