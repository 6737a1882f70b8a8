/**
 * The numbers of shapes, in the memory that all threads share: a hash table that only grows, in which a shape's number is
 * its place, counted from 1. A place is filled by one compare-and-swap with a block that is complete and never changes
 * again, so there is no lock, and a thread that dies here leaves nothing half done.
 *
 *     block    hash, bytes, the keys as JSON
 */
import { corrupt } from "../memory/corrupt.ts";
import {
  SHAPE_HASH as HASH,
  SHAPE_LENGTH as LENGTH,
  SHAPES,
  TABLE,
  TABLE_LENGTH,
  SHAPE_DATA as TEXT,
} from "../memory/layout.ts";
import { memory } from "../memory/memory.ts";
import { readUtf8, writeUtf8 } from "./text.ts";

/** The most shapes that a program has; further ones travel with their keys. Half of the places stay free. */
export const MOST: number = TABLE_LENGTH / 2;

/** Where the numbers come from. */
export interface ShapeTable {
  /** The number of the shape with these keys, from 1 up, given now if need be; 0 when the table is full. */
  intern(keys: readonly string[]): number;
  /** The keys of the shape with that number; undefined when there is none. */
  keysOf(id: number): readonly string[] | undefined;
}

class SharedTable implements ShapeTable {
  intern(keys: readonly string[]): number {
    const { i32 } = memory.open();
    const text = JSON.stringify(keys); // well-formed, whatever the keys
    const hash = hashOf(text);
    let block = 0;
    for (let tries = 0; ; tries++) {
      if (tries === TABLE_LENGTH) corrupt("the table of shapes");
      const place = (hash + tries) & (TABLE_LENGTH - 1);
      let there = Atomics.load(i32, TABLE + place);
      if (there === 0) {
        if (block === 0) {
          if (Atomics.add(i32, SHAPES, 1) >= MOST) return 0;
          block = write(text, hash);
        }
        there = Atomics.compareExchange(i32, TABLE + place, 0, block);
        if (there === 0) return place + 1;
      }
      if (i32[there + HASH] === hash && read(there) === text) {
        if (block !== 0) {
          Atomics.sub(i32, SHAPES, 1); // another thread was quicker
          memory.free(block);
        }
        return place + 1;
      }
    }
  }

  keysOf(id: number): readonly string[] | undefined {
    if (id < 1 || id > TABLE_LENGTH) return undefined;
    const block = Atomics.load(memory.open().i32, TABLE + id - 1);
    return block === 0 ? undefined : (JSON.parse(read(block)) as string[]);
  }
}

export const sharedTable: ShapeTable = new SharedTable();

function hashOf(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) ^ (hash >>> 15);
  return hash | 0;
}

function write(text: string, hash: number): number {
  const bytes = new Uint8Array(3 * text.length);
  const length = writeUtf8(bytes, 0, text);
  const block = memory.alloc(8 + length);
  memory.i32[block + HASH] = hash;
  memory.i32[block + LENGTH] = length;
  memory.u8.set(bytes.subarray(0, length), (block + TEXT) * 4);
  return block;
}

function read(block: number): string {
  const at = (block + TEXT) * 4;
  return readUtf8(memory.u8, at, at + (memory.i32[block + LENGTH] as number));
}
