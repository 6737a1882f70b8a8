/**
 * How values look on their way: the tags.
 *
 * A value that fits into a slot of a channel travels there, in the slot's words `aux` and `f64`. Everything else is a
 * block of bytes: a string alone, or one byte of flags and then a value, which is a byte that says what it is and what
 * that takes. Numbers of things are varints, seven bits a byte, lowest first.
 */

/** What a slot holds. */
export const SLOT = {
  undefined: 0,
  null: 1,
  false: 2,
  true: 3,
  /** In `aux`. */
  i32: 4,
  /** In `f64`. */
  f64: 5,
  /** The bytes are a string, one byte a character. */
  latin1: 6,
  /** The bytes are a string in UTF-8. */
  utf8: 7,
  /** The bytes are a value. */
  block: 8,
  /** The bytes are a value with handles in it: if nobody takes it, they must be given up. */
  counted: 9,
  /** And above, with the handle's kind added: `aux` is the pointer. */
  handle: 16,
} as const;

/** The first byte of a block: objects in it are referred to by number, so the reader counts them. */
export const SHARED_WITHIN = 1;

/** What a value in a block is. */
export const V = {
  undefined: 0,
  null: 1,
  false: 2,
  true: 3,
  /** A varint, zigzag. */
  int: 4,
  f64: 5,
  /** A bigint of 64 bits. */
  big64: 6,
  /** A bigint as a string in base 16. */
  big: 7,
  /** One byte of length, one byte a character. */
  short: 8,
  /** Varint of bytes, UTF-8. */
  utf8: 9,
  /** Varint of code units, two bytes each: strings with lone surrogates. */
  utf16: 10,
  /** Two bytes of shape, values. */
  shaped: 11,
  /** Varint of keys, then string and value for each. */
  object: 12,
  /** The same without a prototype. */
  bare: 13,
  /** Varint of elements, values. */
  array: 14,
  /** Varint of elements, eight bytes each. */
  doubles: 15,
  /** Varint of length, then as an object: an array with holes. */
  sparse: 16,
  /** In an array: nothing there. */
  hole: 17,
  /** Varint: that object, in order of writing. */
  ref: 18,
  map: 19,
  set: 20,
  date: 21,
  regexp: 22,
  /** Varint of bytes. */
  buffer: 23,
  /** A byte of kind, varint of bytes. */
  view: 24,
  /** A byte of kind, varint of offset, varint of length (plus one; 0 follows the buffer), the buffer. */
  sharedView: 25,
  /** What its class is, then as an object. */
  error: 26,
  /** A boxed primitive. */
  boxed: 27,
  /** A byte of kind, varint of pointer. */
  handle: 28,
  /** The name of a class, and what an object of it is without it; if that is not a plain object, its properties as one. */
  classed: 29,
  /** The name of a class, and what its `encode` gave. */
  coded: 30,
  /** And above: the small integers from 0 on. */
  small: 64,
} as const;

/** How many small integers have a byte of their own. */
export const SMALL: number = 256 - V.small;

/** The views of a buffer, by number. */
export const VIEWS: readonly ViewClass[] = [
  DataView,
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
  ...float16(),
];

/** Where the host has it. */
function float16(): ViewClass[] {
  const { Float16Array } = globalThis as { readonly Float16Array?: ViewClass };
  return Float16Array === undefined ? [] : [Float16Array];
}

export interface ViewClass {
  readonly name: string;
  readonly BYTES_PER_ELEMENT?: number;
  new (buffer: ArrayBufferLike, byteOffset?: number, length?: number): ArrayBufferView;
}

/** How deep values may be nested: as deep as every thread can read. */
export const DEEPEST = 1000;
