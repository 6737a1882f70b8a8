/**
 * Reads a value from bytes that a `Writer` wrote.
 *
 * Invariants: nothing is read outside the given range, whatever the bytes say, and nothing is made that is larger than
 * they could describe; bytes that no writer wrote give a `CorruptError`. No key sets a prototype. A portable reader takes
 * nothing from shared memory: what refers to it is corrupt.
 */

import { classNamed } from "./classes.ts";
import type { Codec } from "./codec.ts";
import { makeError, setField } from "./errors.ts";
import { handleOfKind } from "./handles.ts";
import { remarkUnknown } from "./remarks.ts";
import { shapes } from "./shapes.ts";
import { readLatin1, readUtf8 } from "./text.ts";
import { DEEPEST, SHARED_WITHIN, V, VIEWS } from "./wire.ts";

/** Bytes that stand for no value: they were not written by this version of the library, or were overwritten. */
export class CorruptError extends Error {
  constructor(detail: string) {
    super(`millrace: a value from elsewhere can't be read: ${detail}`);
  }
}

const f64 = new Float64Array(1);
const f64bytes = new Uint8Array(f64.buffer);
const i64 = new BigInt64Array(f64.buffer);

type Dictionary = Record<string, unknown>;

/** Makes `__proto__` a key like any other. */
function define(into: object, key: string, value: unknown): void {
  Object.defineProperty(into, key, { value, writable: true, enumerable: true, configurable: true });
}

/** What an object of a class that extends something of the language can be without its class. */
const INSIDES: readonly number[] = [
  V.doubles,
  V.sparse,
  V.map,
  V.set,
  V.date,
  V.regexp,
  V.buffer,
  V.view,
  V.sharedView,
  V.boxed,
];

/** Stands in an array for an element that is not there, and at the end of an error's fields. */
const HOLE: unique symbol = Symbol("hole");

export class Reader {
  readonly #portable: boolean;
  #u8: Uint8Array = new Uint8Array(0);
  #at = 0;
  #end = 0;
  #depth = 0;
  /** What is read is given up. */
  #discards = false;
  /** The objects so far; null when none is referred to. */
  #met: unknown[] | null = null;

  constructor(portable = false) {
    this.#portable = portable;
  }

  /** Reads the block at `u8[at .. end)`. */
  read(u8: Uint8Array, at: number, end: number): unknown {
    this.#u8 = u8;
    this.#at = at;
    this.#end = end;
    this.#depth = 0;
    this.#met = this.#byte() === SHARED_WITHIN ? [] : null;
    const value = this.#value();
    if (this.#at !== end) throw new CorruptError(`${end - this.#at} bytes too many`);
    this.#met = null;
    return value;
  }

  /** Gives up the handles in the block at `u8[at .. end)`; what is corrupt has none. */
  discard(u8: Uint8Array, at: number, end: number): void {
    this.#discards = true;
    try {
      this.read(u8, at, end);
    } catch (error) {
      if (!(error instanceof CorruptError)) throw error;
    } finally {
      this.#discards = false;
    }
  }

  #byte(): number {
    if (this.#at >= this.#end) throw new CorruptError("it ends too early");
    return this.#u8[this.#at++] as number;
  }

  /** Where the next `n` bytes begin. */
  #take(n: number): number {
    const at = this.#at;
    if (n > this.#end - at) throw new CorruptError("it ends too early");
    this.#at = at + n;
    return at;
  }

  #varint(): number {
    const first = this.#byte();
    if (first < 128) return first;
    let n = first & 127;
    for (let factor = 128; factor < 2 ** 36; factor *= 128) {
      const next = this.#byte();
      n += (next & 127) * factor;
      if (next < 128) return n;
    }
    throw new CorruptError("a number is too long");
  }

  /** How many values follow: each takes a byte at least. */
  #size(): number {
    const n = this.#varint();
    if (n > this.#end - this.#at) throw new CorruptError(`it can't hold ${n} values`);
    return n;
  }

  #eight(): void {
    const at = this.#take(8);
    const u8 = this.#u8;
    for (let i = 0; i < 8; i++) f64bytes[i] = u8[at + i] as number;
  }

  #value(): unknown {
    // What is most frequent, without the detour.
    const at = this.#at;
    if (at < this.#end) {
      const tag = this.#u8[at] as number;
      if (tag >= V.small) {
        this.#at = at + 1;
        return tag - V.small;
      }
      if (tag === V.shaped || tag === V.array) {
        this.#at = at + 1;
        return this.#object(tag);
      }
    }
    const value = this.#any();
    if (value === HOLE) throw new CorruptError("a hole outside an array");
    return value;
  }

  #any(): unknown {
    const tag = this.#byte();
    if (tag >= V.small) return tag - V.small;
    switch (tag) {
      case V.undefined:
        return undefined;
      case V.null:
        return null;
      case V.false:
        return false;
      case V.true:
        return true;
      case V.int: {
        const n = this.#varint();
        return (n >>> 1) ^ -(n & 1);
      }
      case V.f64:
        this.#eight();
        return f64[0];
      case V.short: {
        const n = this.#byte();
        const at = this.#take(n);
        return readLatin1(this.#u8, at, at + n);
      }
      case V.utf8: {
        const n = this.#varint();
        const at = this.#take(n);
        return readUtf8(this.#u8, at, at + n);
      }
      case V.hole:
        return HOLE;
      case V.big64:
        this.#eight();
        return i64[0];
      case V.big:
        return this.#big();
      case V.utf16:
        return this.#utf16();
      default:
        return this.#object(tag);
    }
  }

  #object(tag: number): unknown {
    if (++this.#depth > DEEPEST + 2) throw new CorruptError("it is nested too deeply");
    const value = tag === V.shaped ? this.#shaped(null) : tag === V.array ? this.#array() : this.#made(tag);
    this.#depth--;
    return value;
  }

  #made(tag: number): unknown {
    switch (tag) {
      case V.object:
        return this.#spelled(this.#number({}));
      case V.bare:
        return this.#spelled(this.#number(Object.create(null)));
      case V.doubles:
        return this.#doubles();
      case V.sparse:
        return this.#sparse();
      case V.ref:
        return this.#ref();
      case V.map:
        return this.#map();
      case V.set:
        return this.#set();
      case V.date:
        this.#eight();
        return this.#number(new Date(f64[0] as number));
      case V.regexp:
        return this.#regexp();
      case V.buffer:
        return this.#number(this.#bytes());
      case V.view:
        return this.#view();
      case V.sharedView:
        return this.#sharedView();
      case V.error:
        return this.#error();
      case V.boxed:
        return this.#boxed();
      case V.handle:
        return this.#handle();
      case V.classed:
        return this.#classed();
      case V.coded:
        return this.#coded();
      default:
        throw new CorruptError(`there is no kind ${tag}`);
    }
  }

  /** An object has been met: what it refers to later is its number. */
  #number<T>(value: T): T {
    if (this.#met !== null) this.#met.push(value);
    return value;
  }

  #ref(): unknown {
    const n = this.#varint();
    if (this.#met === null || n >= this.#met.length) throw new CorruptError(`there is no object ${n}`);
    return this.#met[n];
  }

  /** An object; its prototype is the given one, if any is. */
  #shaped(prototype: object | null): object {
    const at = this.#take(2);
    const id = (this.#u8[at] as number) | ((this.#u8[at + 1] as number) << 8);
    const shape = this.#portable ? undefined : shapes.get(id);
    if (shape === undefined) throw new CorruptError(`there is no shape ${id}`);
    const into = (prototype === null ? {} : Object.create(prototype)) as Dictionary;
    this.#number(into);
    const { keys, risky } = shape;
    for (let i = 0; i < keys.length; i++) {
      const value = this.#value();
      if (risky || (prototype !== null && (keys[i] as string) in into)) define(into, keys[i] as string, value);
      else into[keys[i] as string] = value;
    }
    return into;
  }

  /** Properties; of an object of a class, none may call a setter of it. */
  #spelled(into: object, classed = false): object {
    const n = this.#size();
    for (let i = 0; i < n; i++) {
      const key = this.#text();
      const value = this.#value();
      if (key === "__proto__" || (classed && key in into)) define(into, key, value);
      else (into as Dictionary)[key] = value;
    }
    return into;
  }

  #text(): string {
    const text = this.#value();
    if (typeof text !== "string") throw new CorruptError("expected a string");
    return text;
  }

  #array(): unknown[] {
    const n = this.#size();
    const into: unknown[] = [];
    this.#number(into);
    for (let i = 0; i < n; i++) {
      const value = this.#any();
      if (value !== HOLE) into[i] = value;
    }
    if (into.length !== n) into.length = n; // holes at the end
    return into;
  }

  #doubles(): number[] {
    const n = this.#varint();
    const at = this.#take(8 * n);
    const u8 = this.#u8;
    const into: number[] = [];
    this.#number(into);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < 8; j++) f64bytes[j] = u8[at + 8 * i + j] as number;
      into.push(f64[0] as number);
    }
    return into;
  }

  #sparse(): unknown[] {
    const n = this.#varint();
    if (n >= 2 ** 32) throw new CorruptError("an array is too long");
    const into: unknown[] = [];
    into.length = n;
    this.#number(into);
    if (this.#byte() !== V.object) throw new CorruptError("expected elements");
    this.#spelled(into);
    if (into.length !== n) throw new CorruptError("an array is longer than it says");
    return into;
  }

  #map(): Map<unknown, unknown> {
    const n = this.#size();
    const into = this.#number(new Map<unknown, unknown>());
    for (let i = 0; i < n; i++) {
      const key = this.#value();
      into.set(key, this.#value());
    }
    return into;
  }

  #set(): Set<unknown> {
    const n = this.#size();
    const into = this.#number(new Set<unknown>());
    for (let i = 0; i < n; i++) into.add(this.#value());
    return into;
  }

  #big(): bigint {
    const text = this.#text();
    if (!/^-?[0-9a-f]+$/.test(text)) throw new CorruptError("expected a bigint");
    return text.startsWith("-") ? -BigInt(`0x${text.slice(1)}`) : BigInt(`0x${text}`);
  }

  #utf16(): string {
    const n = this.#varint();
    const at = this.#take(2 * n);
    const parts: string[] = [];
    for (let i = at; i < at + 2 * n; i += 2) {
      parts.push(String.fromCharCode((this.#u8[i] as number) | ((this.#u8[i + 1] as number) << 8)));
    }
    return parts.join("");
  }

  #regexp(): RegExp {
    const source = this.#text();
    const flags = this.#text();
    try {
      return this.#number(new RegExp(source, flags));
    } catch (error) {
      throw new CorruptError(String(error));
    }
  }

  #bytes(): ArrayBuffer {
    const n = this.#varint();
    const at = this.#take(n);
    const bytes = new Uint8Array(n);
    bytes.set(this.#u8.subarray(at, at + n));
    return bytes.buffer;
  }

  #view(): ArrayBufferView {
    const kind = VIEWS[this.#byte()];
    if (kind === undefined) throw new CorruptError("there is no such view");
    const buffer = this.#bytes();
    if (buffer.byteLength % (kind.BYTES_PER_ELEMENT ?? 1) !== 0)
      throw new CorruptError("a view ends within an element");
    return this.#number(new kind(buffer));
  }

  #sharedView(): unknown {
    const kind = VIEWS[this.#byte()];
    const offset = this.#varint();
    const length = this.#varint();
    const number = this.#met === null ? 0 : this.#met.push(undefined);
    const buffer = this.#value();
    if (this.#discards) return buffer;
    if (kind === undefined || !(buffer instanceof Object) || !("byteLength" in buffer && "slice" in buffer)) {
      throw new CorruptError("expected a buffer");
    }
    let view: ArrayBufferView;
    try {
      view = new kind(buffer as unknown as SharedArrayBuffer, offset, length);
    } catch (error) {
      throw new CorruptError(String(error));
    }
    if (this.#met !== null) this.#met[number - 1] = view;
    return view;
  }

  #error(): Error {
    const error = makeError(this.#text());
    this.#number(error);
    for (let key = this.#any(); key !== HOLE; key = this.#any()) {
      if (typeof key !== "string") throw new CorruptError("expected the name of a field");
      const shown = this.#value() === true;
      setField(error, { key, shown, value: this.#value() });
    }
    return error;
  }

  #boxed(): unknown {
    const number = this.#met === null ? 0 : this.#met.push(undefined);
    const value = this.#value();
    if (value === null || value === undefined || typeof value === "object")
      throw new CorruptError("expected a primitive");
    const boxed: unknown = Object(value);
    if (this.#met !== null) this.#met[number - 1] = boxed;
    return boxed;
  }

  #classed(): unknown {
    const name = this.#text();
    if (this.#portable) throw new CorruptError(`there is no class ${name}`);
    const prototype = classNamed(name)?.prototype ?? null;
    if (prototype === null && !this.#discards) remarkUnknown(name);
    const tag = this.#byte();
    if (tag === V.shaped) return this.#shaped(prototype);
    if (tag === V.object) return this.#spelled(this.#number(Object.create(prototype ?? Object.prototype)), true);
    if (tag !== V.array && !INSIDES.includes(tag)) throw new CorruptError(`there is no class of kind ${tag}`);
    const value = (tag === V.array ? this.#array() : this.#made(tag)) as object;
    if (prototype !== null && !this.#discards) Object.setPrototypeOf(value, prototype);
    if (this.#byte() !== V.object) throw new CorruptError("expected properties");
    this.#spelled(this.#discards ? {} : value, true);
    return value;
  }

  #coded(): unknown {
    const name = this.#text();
    const sent = classNamed(name);
    if (this.#portable && sent?.everywhere !== true) throw new CorruptError(`there is no class ${name}`);
    const number = this.#met === null ? 0 : this.#met.push(undefined);
    const data = this.#value();
    if (this.#discards) return {};
    if (sent === undefined) remarkUnknown(name);
    const value = sent?.codec == null ? data : this.#decoded(sent.codec, data);
    if (this.#met !== null) this.#met[number - 1] = value;
    return value;
  }

  #decoded(codec: Codec<object>, data: unknown): object {
    try {
      return codec.decode(data);
    } catch (error) {
      if (this.#portable) throw new CorruptError(String(error));
      throw error;
    }
  }

  #handle(): object {
    const kind = this.#byte();
    const pointer = this.#varint();
    const handle = this.#portable ? undefined : handleOfKind(kind);
    if (handle === undefined) throw new CorruptError(`there is no class ${kind}`);
    if (!this.#discards) return this.#number(handle.decode(pointer));
    handle.release(pointer);
    return this.#number({});
  }
}
