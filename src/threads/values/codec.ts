/**
 * Values on their way between threads: small ones in the words of a slot, everything else as bytes.
 *
 * What travels, and how: numbers, strings, booleans, bigints, `null`, `undefined`; plain objects and arrays, also with
 * cycles, in which what is the same object arrives as the same object; `Map`, `Set`, `Date`, `RegExp`, errors, buffers
 * and their views as copies; a `SharedArrayBuffer` and its views stay shared; handles (`sharedChan` and the like,
 * contexts) arrive as handles. An object of a class arrives as one of that class if it was registered (classes.ts), else as a plain
 * object with its own enumerable properties, as with `structuredClone`. Functions, symbols and whatever belongs to one thread are refused, with the way to them in the value.
 *
 * All of it is our own code. Rejected: `structuredClone` and `v8.serialize` for what is not plain. Handles within a map
 * would be lost there, browsers have no synchronous form of either, and for small values both are ten times slower.
 *
 * Whoever encodes copies the bytes away before he encodes again. Encoding runs code of the user's (getters), so it comes
 * before any lock is taken. What was encoded and is not going to be decoded must be given to `discard`.
 */
import { handleOf, handleOfKind } from "./handles.ts";
import { CorruptError, Reader } from "./reader.ts";
import { readLatin1, readUtf8 } from "./text.ts";
import { SLOT } from "./wire.ts";
import { Writer } from "./writer.ts";

/** How the values of one channel travel, where the usual way is not wanted: as something else that can. */
export interface Codec<T> {
  /**
   * What is sent for a value: bytes, or any other value that can travel.
   *
   * @param value what the program sends; on the thread of the sender
   */
  encode(value: T): unknown;
  /**
   * The value, on the thread of the receiver.
   *
   * @param data a copy of what `encode` gave
   */
  decode(data: unknown): T;
}

/**
 * A value on its way. Without bytes, `aux` and `f64` belong to it; with bytes, only the bytes do, `bytes[0 .. length)`,
 * and the two words are free for whoever carries it, to say where they are.
 */
export class Encoded {
  tag: number = SLOT.undefined;
  aux = 0;
  f64 = 0;
  bytes: Uint8Array | null = null;
  length = 0;

  /** Copies the bytes to `into[at …)`. */
  copyTo(into: Uint8Array, at: number): void {
    const { bytes, length } = this;
    if (bytes === null) return;
    // To make a view of the bytes costs as much as to copy some two hundred.
    if (length > 256) into.set(bytes.subarray(0, length), at);
    else for (let i = 0; i < length; i++) into[at + i] = bytes[i] as number;
  }
}

let writer: Writer | null = new Writer();
let reader: Reader | null = new Reader();

/**
 * Encodes `value` into `into`. The bytes are valid until the next call.
 *
 * @param where what the value is, for the error, as in `args[1]`
 * @throws ArgumentError when something in it can't travel, with the way to it
 */
export function encode(value: unknown, into: Encoded, where = "value"): void {
  into.bytes = null;
  switch (typeof value) {
    case "number":
      if ((value | 0) === value && (value !== 0 || 1 / value > 0)) {
        into.tag = SLOT.i32;
        into.aux = value;
      } else {
        into.tag = SLOT.f64;
        into.f64 = value;
      }
      return;
    case "undefined":
      into.tag = SLOT.undefined;
      return;
    case "boolean":
      into.tag = value ? SLOT.true : SLOT.false;
      return;
    case "object":
      if (value === null) {
        into.tag = SLOT.null;
        return;
      }
      break;
    default:
  }
  encodeBlock(value, into, where);
}

function encodeBlock(value: unknown, into: Encoded, where: string): void {
  const isObject = typeof value === "object" || typeof value === "function";
  if (isObject && Object.getPrototypeOf(value) !== Object.prototype) {
    const handle = handleOf(value as object);
    if (handle !== undefined) {
      const pointer = handle.encode(value as object);
      into.tag = SLOT.handle + handle.kind;
      into.aux = pointer;
      into.bytes = null; // the handle may have encoded something itself, with this
      return;
    }
  }
  // A getter may itself send something: then there is another writer for that.
  const w = writer ?? new Writer();
  writer = null;
  try {
    if (typeof value === "string") into.tag = w.text(value);
    else {
      w.write(value, where);
      into.tag = w.handles.length > 0 ? SLOT.counted : SLOT.block;
    }
    into.bytes = w.u8;
    into.length = w.at;
    w.done();
  } finally {
    writer = w;
  }
}

/**
 * The value that was encoded: `tag`, `aux` and `f64` as `encode` gave them, and where it gave bytes, those, from `at` to
 * `end`.
 *
 * @throws CorruptError when they are none
 */
export function decode(tag: number, aux: number, f64: number, bytes: Uint8Array | null, at = 0, end = 0): unknown {
  switch (tag) {
    case SLOT.i32:
      return aux;
    case SLOT.f64:
      return f64;
    case SLOT.undefined:
      return undefined;
    case SLOT.null:
      return null;
    case SLOT.true:
      return true;
    case SLOT.false:
      return false;
    default:
  }
  if (tag > SLOT.handle) {
    const handle = handleOfKind(tag - SLOT.handle);
    if (handle === undefined) throw new CorruptError(`there is no class ${tag - SLOT.handle}`);
    return handle.decode(aux);
  }
  if (bytes === null) throw new CorruptError(`there is no kind ${tag}`);
  if (tag === SLOT.latin1) return readLatin1(bytes, at, end);
  if (tag === SLOT.utf8) return readUtf8(bytes, at, end);
  if (tag !== SLOT.block && tag !== SLOT.counted) throw new CorruptError(`there is no kind ${tag}`);
  const r = reader ?? new Reader();
  reader = null;
  try {
    return r.read(bytes, at, end);
  } finally {
    reader = r;
  }
}

/** Whether an encoded value refers to something that is counted, so that it must be decoded or given to `discard`. */
export function isCounted(tag: number): boolean {
  return tag === SLOT.counted || tag > SLOT.handle;
}

/** Gives up the references of a value that was encoded and that nobody will decode. */
export function discard(tag: number, aux: number, bytes: Uint8Array | null, at = 0, end = 0): void {
  if (tag > SLOT.handle) handleOfKind(tag - SLOT.handle)?.release(aux);
  else if (tag === SLOT.counted && bytes !== null) new Reader().discard(bytes, at, end);
}
