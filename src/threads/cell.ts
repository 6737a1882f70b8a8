/**
 * A value in shared memory, in four words of a message: its tag, its `aux`, and a double. What does not fit is in a block
 * of its own, which the cell owns: `load` and `drop` give it back.
 */
import { decode, discard, Encoded, encode, isCounted } from "./codec.ts";
import { HEAD, memory } from "./memory.ts";

/** Words of a cell; it begins at an even word. */
export const CELL = 4;

const scratch = new Encoded();

/** Puts `value` into the cell at `at`; `where` is what it is called in errors. */
export function store(at: number, value: unknown, where: string): void {
  encode(value, scratch, where);
  const { i32 } = memory;
  const { tag, bytes } = scratch;
  if (bytes !== null) {
    let block: number;
    try {
      block = memory.alloc(4 + scratch.length);
    } catch (error) {
      discard(tag, 0, bytes, 0, scratch.length);
      throw error;
    }
    i32[block + HEAD] = scratch.length;
    scratch.copyTo(memory.u8, (block + HEAD + 1) * 4);
    scratch.aux = block;
    // Whoever reads it must know that there is a block.
    i32[at] = tag | BLOCK;
    i32[at + 1] = block;
    return;
  }
  i32[at] = tag;
  i32[at + 1] = scratch.aux;
  memory.f64[(at + 2) >> 1] = scratch.f64;
}

const BLOCK = 1 << 16;

/** Takes the value out of the cell at `at`. */
export function load(at: number): unknown {
  const { i32, f64 } = memory;
  const tag = i32[at] as number;
  const aux = i32[at + 1] as number;
  i32[at] = 0;
  if ((tag & BLOCK) === 0) return decode(tag, aux, f64[(at + 2) >> 1] as number, null);
  const start = (aux + HEAD + 1) * 4;
  try {
    return decode(tag & ~BLOCK, 0, 0, memory.u8, start, start + (i32[aux + HEAD] as number));
  } finally {
    memory.free(aux);
  }
}

/** A copy of the value in the cell at `at`, which keeps it. */
export function peek(at: number): unknown {
  const { i32, f64, u8 } = memory;
  const tag = i32[at] as number;
  const aux = i32[at + 1] as number;
  let value: unknown;
  if ((tag & BLOCK) === 0) value = decode(tag, aux, f64[(at + 2) >> 1] as number, null);
  else {
    const start = (aux + HEAD + 1) * 4;
    value = decode(tag & ~BLOCK, 0, 0, u8, start, start + (i32[aux + HEAD] as number));
  }
  // What was read has adopted the references: takes them for the cell once more.
  if (isCounted(tag & ~BLOCK)) encode(value, scratch);
  return value;
}

/** Gives up what is in the cell at `at`. */
export function drop(at: number): void {
  const { i32 } = memory;
  const tag = i32[at] as number;
  const aux = i32[at + 1] as number;
  i32[at] = 0;
  if ((tag & BLOCK) === 0) {
    discard(tag, aux, null);
    return;
  }
  const start = (aux + HEAD + 1) * 4;
  discard(tag & ~BLOCK, 0, memory.u8, start, start + (i32[aux + HEAD] as number));
  memory.free(aux);
}

/** What another thread would get for `value`. */
export function copy(value: unknown, where: string): unknown {
  encode(value, scratch, where);
  const { tag, aux, f64, bytes, length } = scratch;
  return decode(tag, aux, f64, bytes, 0, length);
}
