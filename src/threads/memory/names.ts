/**
 * Texts that many messages mention, such as the names of functions: written into shared memory once by each thread that
 * mentions them, and from then on a pointer. They are never given back, so only what a program has few of may be one: what
 * is named in its source. Of names that it makes up as it goes, for a run of each request, say, the first ones have a pointer.
 */
import { once } from "../../runtime/copies.ts";
import { BYTES_DATA, BYTES_LENGTH } from "./layout.ts";
import { memory } from "./memory.ts";

const written: Map<string, number> = once("names written", () => new Map<string, number>());
const read: Map<number, string> = once("names read", () => new Map<number, string>());

/** So many names that may be made up have a pointer. */
const MOST_NAMES = 1000;
const count = once("names made up", () => ({ names: 0 }));

/** The pointer of a name that may be made up, of a run or a goroutine; 0 when there are too many. */
export function pointerOfName(text: string): number {
  if (text !== "" && !written.has(text) && ++count.names > MOST_NAMES) return 0;
  return pointerOf(text);
}

/** The pointer of `text`, which stands in source code; 0 for an empty one. */
export function pointerOf(text: string): number {
  if (text === "") return 0;
  const known = written.get(text);
  if (known !== undefined) return known;
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
