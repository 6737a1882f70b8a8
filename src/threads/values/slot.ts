/**
 * A value in four words of shared memory: its tag, `aux`, and a double. What does not fit there is in a block that the
 * slot owns. Slots are moved by copying their words; whoever has the words has the block, and either unpacks it or drops it.
 */

import { BYTES_DATA, BYTES_LENGTH } from "../memory/layout.ts";
import { memory } from "../memory/memory.ts";
import { decode, discard, Encoded, encode, isCounted } from "./codec.ts";
import { SLOT } from "./wire.ts";

/** In the tag: `aux` is a block, which begins with the length. */
const BLOCK = 1 << 16;

const scratch = new Encoded();

/** Puts `value` into the slot at `at`, which held nothing. `where` is what errors call it. */
export function pack(at: number, value: unknown, where: string): void {
  const { i32, f64 } = memory;
  if (typeof value === "number") {
    packNumber(i32, f64, at, value);
    return;
  }
  encode(value, scratch, where);
  const { tag, bytes } = scratch;
  if (bytes === null) {
    i32[at] = tag;
    i32[at + 1] = scratch.aux;
    f64[(at + 2) >> 1] = scratch.f64;
    return;
  }
  let block = 0;
  try {
    block = memory.alloc(4 + scratch.length);
  } catch (error) {
    discard(tag, 0, bytes, 0, scratch.length);
    throw error;
  }
  i32[block + BYTES_LENGTH] = scratch.length;
  scratch.copyTo(memory.u8, (block + BYTES_DATA) * 4);
  i32[at] = tag | BLOCK;
  i32[at + 1] = block;
}

/** Puts a number there: can't fail, and allocates nothing. */
export function packNumber(i32: Int32Array, f64: Float64Array, at: number, value: number): void {
  if ((value | 0) === value && (value !== 0 || 1 / value > 0)) {
    i32[at] = SLOT.i32;
    i32[at + 1] = value;
  } else {
    i32[at] = SLOT.f64;
    f64[(at + 2) >> 1] = value;
  }
}

/** Copies what is in one slot to another. */
export function move(i32: Int32Array, from: number, to: number): void {
  i32[to] = i32[from] as number;
  i32[to + 1] = i32[from + 1] as number;
  i32[to + 2] = i32[from + 2] as number;
  i32[to + 3] = i32[from + 3] as number;
}

/** The value of a slot whose words these are; its block, if it has one, is freed. */
export function unpack(tag: number, aux: number, double: number): unknown {
  if (tag === SLOT.i32) return aux;
  if (tag === SLOT.f64) return double;
  if ((tag & BLOCK) === 0) return decode(tag, aux, double, null);
  const start = (aux + BYTES_DATA) * 4;
  try {
    return decode(tag & ~BLOCK, 0, 0, memory.u8, start, start + (memory.i32[aux + BYTES_LENGTH] as number));
  } finally {
    memory.free(aux);
  }
}

/** The same of the slot at `at`, which is empty then. */
export function take(at: number): unknown {
  const { i32, f64 } = memory;
  const tag = i32[at] as number;
  i32[at] = SLOT.undefined;
  return unpack(tag, i32[at + 1] as number, f64[(at + 2) >> 1] as number);
}

/** A copy of the value in the slot at `at`, which keeps it. */
export function peek(at: number): unknown {
  const { i32, f64, u8 } = memory;
  const tag = i32[at] as number;
  const aux = i32[at + 1] as number;
  let value: unknown;
  if ((tag & BLOCK) === 0) value = decode(tag, aux, f64[(at + 2) >> 1] as number, null);
  else {
    const start = (aux + BYTES_DATA) * 4;
    value = decode(tag & ~BLOCK, 0, 0, u8, start, start + (i32[aux + BYTES_LENGTH] as number));
  }
  // What was read has adopted the references: takes them for the slot once more.
  if (isCounted(tag & ~BLOCK)) encode(value, scratch);
  return value;
}

/** Gives up the value in the slot at `at`, which is empty then. */
export function drop(at: number): void {
  const { i32 } = memory;
  const tag = i32[at] as number;
  const aux = i32[at + 1] as number;
  i32[at] = SLOT.undefined;
  if (tag <= SLOT.f64) return;
  if ((tag & BLOCK) === 0) {
    discard(tag, aux, null);
    return;
  }
  const start = (aux + BYTES_DATA) * 4;
  discard(tag & ~BLOCK, 0, memory.u8, start, start + (i32[aux + BYTES_LENGTH] as number));
  memory.free(aux);
}

/** What another thread would get for `value`; `where` is what errors call it. */
export function copy(value: unknown, where: string): unknown {
  encode(value, scratch, where);
  const { tag, aux, f64, bytes, length } = scratch;
  return decode(tag, aux, f64, bytes, 0, length);
}
