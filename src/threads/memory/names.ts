/**
 * Texts that many messages mention, such as the names of functions: written into shared memory once by each thread that
 * mentions them, and from then on a pointer. They are never given back, so only what a program has few of may be one.
 */
import { once } from "../../runtime/copies.ts";
import { BYTES_DATA, BYTES_LENGTH } from "./layout.ts";
import { memory } from "./memory.ts";

const written: Map<string, number> = once("names written", () => new Map<string, number>());
const read: Map<number, string> = once("names read", () => new Map<number, string>());

/** Functions are named in source code; a program that makes up names as it goes must not fill the memory with them. */
const MOST = 10_000;

/** The pointer of `text`; 0 for an empty one. */
export function pointerOf(text: string): number {
  if (text === "") return 0;
  const known = written.get(text);
  if (known !== undefined) return known;
  if (written.size >= MOST) return 0;
  const bytes = new TextEncoder().encode(text);
  const block = memory.alloc(4 + bytes.length);
  memory.i32[block + BYTES_LENGTH] = bytes.length;
  memory.u8.set(bytes, (block + BYTES_DATA) * 4);
  written.set(text, block);
  return block;
}

/** The text at a pointer. */
export function textAt(pointer: number): string {
  if (pointer === 0) return "";
  let text = read.get(pointer);
  if (text === undefined) {
    const start = (pointer + BYTES_DATA) * 4;
    // A copy, because browsers decode no shared memory.
    text = new TextDecoder().decode(memory.u8.slice(start, start + (memory.i32[pointer + BYTES_LENGTH] as number)));
    read.set(pointer, text);
  }
  return text;
}
