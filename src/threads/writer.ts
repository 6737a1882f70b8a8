/**
 * Writes a value as bytes into memory of its own.
 *
 * Invariants: what is written is exactly `u8[0 .. at)`, valid until the next value; every handle written is in `handles`
 * with one reference taken; every object is numbered, in order, at the moment it is met, and met again becomes that
 * number. Nothing here runs under a lock: getters and proxies run code of the user's.
 *
 * The `path` costs one store a property and is read only when a value is refused.
 */
import { errorFields, errorName, type Field } from "./errors.ts";
import { type Handle, handleOf } from "./handles.ts";
import { KEYS, notSendable, refusal, type Step, VALUES } from "./refusal.ts";
import { shapes, WIDE } from "./shapes.ts";
import { isWellFormed, writeUtf8 } from "./text.ts";
import { DEEPEST, SHARED_WITHIN, SLOT, SMALL, V, VIEWS, type ViewClass } from "./wire.ts";

/** Objects that are looked for one by one; more of them get a map. */
const FEW = 12;
/** Strings that are written character by character. */
const SHORT = 32;
/** Memory that is kept for the next value. */
const KEPT = 1 << 20;

const f64 = new Float64Array(1);
const f64bytes = new Uint8Array(f64.buffer);
const i64 = new BigInt64Array(f64.buffer);

const OBJECT: unknown = Object.prototype;
/** Has keys only if somebody added some to all objects. */
const EMPTY = {};

/** What `Writer.mark` gives. */
interface Mark {
  readonly at: number;
  readonly count: number;
  readonly handles: number;
}

export class Writer {
  u8: Uint8Array = new Uint8Array(1024);
  at = 0;
  readonly handles: { handle: Handle; pointer: number }[] = [];
  readonly #path: Step[] = [];
  readonly #met: (object | null)[] = [];
  #count = 0;
  #numbers: Map<object, number> | null = null;
  #polluted = false;

  /** Writes a block: flags, then `value`. */
  write(value: unknown, where: string): void {
    this.at = 1;
    this.u8[0] = 0;
    this.#polluted = false;
    for (const _ in EMPTY) this.#polluted = true;
    try {
      this.put(value, 0);
    } catch (error) {
      this.release(0);
      if (error instanceof Refused) throw notSendable(where, this.#path.slice(0, error.depth), error.message);
      throw error;
    } finally {
      for (let i = 0; i < this.#count; i++) this.#met[i] = null;
      this.#count = 0;
      this.#numbers = null;
    }
  }

  /** Writes a string without anything before it. Gives what it is. */
  text(text: string): number {
    const n = text.length;
    const { u8 } = this;
    if (n <= SHORT) {
      let i = 0;
      for (; i < n; i++) {
        const c = text.charCodeAt(i);
        if (c > 255) break;
        u8[i] = c;
      }
      this.at = n;
      if (i === n) return SLOT.latin1;
    }
    if (isWellFormed(text)) {
      this.at = 0;
      this.room(3 * n);
      this.at = writeUtf8(this.u8, 0, text);
      return SLOT.utf8;
    }
    this.write(text, "");
    return SLOT.block;
  }

  /** Before the bytes are copied: forgets everything but them. */
  done(): void {
    if (this.handles.length > 0) this.handles.length = 0;
    if (this.u8.length > KEPT) this.u8 = new Uint8Array(1024);
  }

  /** Gives up the handles from that one on. */
  release(from: number): void {
    for (const { handle, pointer } of this.handles.splice(from)) handle.release(pointer);
  }

  /** Makes room for `n` more bytes. */
  room(n: number): void {
    if (this.at + n <= this.u8.length) return;
    const more = new Uint8Array(Math.max(this.u8.length * 2, this.at + n));
    more.set(this.u8);
    this.u8 = more;
  }

  put(value: unknown, depth: number): void {
    this.room(16);
    if (typeof value === "number") this.#number(value);
    else if (typeof value === "string") this.#string(value);
    else if (typeof value === "object" && value !== null) this.#object(value, depth);
    else if (typeof value === "bigint") this.#bigint(value);
    else if (value === undefined) this.u8[this.at++] = V.undefined;
    else if (value === null) this.u8[this.at++] = V.null;
    else if (typeof value === "boolean") this.u8[this.at++] = value ? V.true : V.false;
    else this.#other(value as object, depth);
  }

  #number(value: number): void {
    if ((value | 0) === value && (value !== 0 || 1 / value > 0)) {
      if (value >= 0 && value < SMALL) this.u8[this.at++] = V.small + value;
      else {
        this.u8[this.at++] = V.int;
        this.varint(((value << 1) ^ (value >> 31)) >>> 0);
      }
    } else {
      this.u8[this.at++] = V.f64;
      f64[0] = value;
      this.#eight();
    }
  }

  /** The bytes of `f64`. There is room. */
  #eight(): void {
    const { u8 } = this;
    const { at } = this;
    for (let i = 0; i < 8; i++) u8[at + i] = f64bytes[i] as number;
    this.at = at + 8;
  }

  /** There is room for five bytes. */
  varint(n: number): void {
    while (n > 127) {
      this.u8[this.at++] = (n & 127) | 128;
      n >>>= 7;
    }
    this.u8[this.at++] = n;
  }

  #string(text: string): void {
    const n = text.length;
    if (n <= SHORT) {
      this.room(n + 2);
      const { u8 } = this;
      const at = this.at + 2;
      let i = 0;
      for (; i < n; i++) {
        const c = text.charCodeAt(i);
        if (c > 255) break;
        u8[at + i] = c;
      }
      if (i === n) {
        u8[at - 2] = V.short;
        u8[at - 1] = n;
        this.at = at + n;
        return;
      }
    }
    this.#long(text);
  }

  #long(text: string): void {
    const n = text.length;
    this.room(3 * n + 16);
    const start = this.at;
    if (isWellFormed(text)) {
      // The number of bytes comes before them, in as many bytes as the longest it could be takes.
      const width = n * 3 < 128 ? 1 : n * 3 < 16384 ? 2 : 5;
      const bytes = writeUtf8(this.u8, start + 1 + width, text);
      this.u8[start] = V.utf8;
      for (let i = 0; i < width; i++)
        this.u8[start + 1 + i] = ((bytes / 2 ** (7 * i)) & 127) | (i < width - 1 ? 128 : 0);
      this.at = start + 1 + width + bytes;
      return;
    }
    this.u8[this.at++] = V.utf16;
    this.varint(n);
    for (let i = 0; i < n; i++) {
      const c = text.charCodeAt(i);
      this.u8[this.at++] = c & 255;
      this.u8[this.at++] = c >> 8;
    }
  }

  #bigint(value: bigint): void {
    if (BigInt.asIntN(64, value) === value) {
      this.u8[this.at++] = V.big64;
      i64[0] = value;
      this.#eight();
    } else {
      this.u8[this.at++] = V.big;
      this.#string(value.toString(16));
    }
  }

  #object(value: object, depth: number): void {
    if (this.#again(value)) return;
    if (depth > DEEPEST) throw new Refused(depth, `is nested more than ${DEEPEST} deep; send it in parts`);
    if (Array.isArray(value)) this.#array(value, depth);
    else {
      const prototype: unknown = Object.getPrototypeOf(value);
      if (prototype === OBJECT) this.#plain(value as Record<string, unknown>, depth);
      else if (prototype === null) this.#spelled(V.bare, value as Record<string, unknown>, Object.keys(value), depth);
      else this.#other(value, depth);
    }
  }

  /** Whether the object was met before; then its number is written. */
  #again(value: object): boolean {
    const met = this.#met;
    const count = this.#count;
    let before: number | undefined;
    if (this.#numbers !== null) before = this.#numbers.get(value);
    else {
      for (let i = 0; i < count; i++) {
        if (met[i] === value) {
          before = i;
          break;
        }
      }
    }
    if (before !== undefined) {
      this.u8[0] = SHARED_WITHIN;
      this.u8[this.at++] = V.ref;
      this.varint(before);
      return true;
    }
    met[count] = value;
    this.#count = count + 1;
    if (this.#numbers !== null) this.#numbers.set(value, count);
    else if (count === FEW) {
      this.#numbers = new Map();
      for (let i = 0; i <= count; i++) this.#numbers.set(met[i] as object, i);
    }
    return false;
  }

  #plain(value: Record<string, unknown>, depth: number): void {
    let step = shapes.root;
    if (this.#polluted) step = WIDE;
    else for (const key in value) step = step.key === key && step.next !== null ? step.next : step.to(key, shapes);
    const id = step.met(shapes.table);
    if (id <= 0) {
      this.#spelled(V.object, value, step === WIDE ? Object.keys(value) : step.keys, depth);
      return;
    }
    const { u8 } = this;
    u8[this.at] = V.shaped;
    u8[this.at + 1] = id & 255;
    u8[this.at + 2] = id >> 8;
    this.at += 3;
    const { keys } = step;
    let i = 0;
    // In this kind of loop V8 knows where the value is. Only a getter that changes its object could lead it astray.
    for (const key in value) {
      if (key !== keys[i]) break;
      i++;
      this.#path[depth] = key;
      this.put(value[key], depth + 1);
    }
    for (; i < keys.length; i++) this.put(value[keys[i] as string], depth + 1);
  }

  #spelled(tag: number, value: Record<string, unknown>, keys: readonly string[], depth: number): void {
    this.u8[this.at++] = tag;
    this.varint(keys.length);
    for (const key of keys) {
      this.#path[depth] = key;
      this.room(16);
      this.#string(key);
      this.put(value[key], depth + 1);
    }
  }

  #array(value: readonly unknown[], depth: number): void {
    const n = value.length;
    const first = value[0];
    if (n > 3 && typeof first === "number" && (first | 0) !== first && this.#doubles(value, n)) return;
    const before = this.mark();
    this.u8[this.at++] = V.array;
    this.varint(n);
    for (let i = 0; i < n; i++) {
      const each = value[i];
      if (each === undefined && !(i in value)) {
        if (n > 1000) {
          this.back(before);
          this.u8[this.at] = V.sparse;
          this.at++;
          this.varint(n);
          const keys = Object.keys(value);
          this.#spelled(V.object, value as unknown as Record<string, unknown>, keys, depth);
          return;
        }
        this.room(16);
        this.u8[this.at++] = V.hole;
        continue;
      }
      this.#path[depth] = i;
      this.put(each, depth + 1);
    }
  }

  #doubles(value: readonly unknown[], n: number): boolean {
    for (let i = 0; i < n; i++) if (typeof value[i] !== "number") return false;
    this.room(8 * n + 16);
    this.u8[this.at++] = V.doubles;
    this.varint(n);
    for (let i = 0; i < n; i++) {
      f64[0] = value[i] as number;
      this.#eight();
    }
    return true;
  }

  /** Whatever has a class of its own. */
  #other(value: object, depth: number): void {
    const handle = typeof value === "symbol" ? undefined : handleOf(value);
    if (handle !== undefined) {
      const pointer = handle.encode(value);
      this.handles.push({ handle, pointer });
      this.u8[this.at++] = V.handle;
      this.u8[this.at++] = handle.kind;
      this.varint(pointer);
      return;
    }
    if (value instanceof Error) this.#error(value, depth);
    else if (ArrayBuffer.isView(value)) this.#view(value, depth);
    else if (value instanceof ArrayBuffer) {
      this.u8[this.at++] = V.buffer;
      this.#bytes(new Uint8Array(value));
    } else if (value instanceof Map) this.#map(value, depth);
    else if (value instanceof Set) this.#set(value, depth);
    else if (value instanceof Date) {
      this.u8[this.at++] = V.date;
      f64[0] = value.getTime();
      this.#eight();
    } else if (value instanceof RegExp) {
      this.u8[this.at++] = V.regexp;
      this.#string(value.source);
      this.room(16);
      this.#string(value.flags);
    } else if (isBoxed(value)) {
      this.u8[this.at++] = V.boxed;
      this.put(value.valueOf(), depth);
    } else {
      const problem = refusal(value);
      if (problem !== undefined) throw new Refused(depth, problem);
      this.#spelled(V.object, value as Record<string, unknown>, Object.keys(value), depth);
    }
  }

  #map(value: ReadonlyMap<unknown, unknown>, depth: number): void {
    const entries = [...value];
    this.u8[this.at++] = V.map;
    this.varint(entries.length);
    for (const [key, each] of entries) {
      this.#path[depth] = KEYS;
      this.put(key, depth + 1);
      this.#path[depth] = { key };
      this.put(each, depth + 1);
    }
  }

  #set(value: ReadonlySet<unknown>, depth: number): void {
    const members = [...value];
    this.u8[this.at++] = V.set;
    this.varint(members.length);
    for (const each of members) {
      this.#path[depth] = VALUES;
      this.put(each, depth + 1);
    }
  }

  #view(value: ArrayBufferView, depth: number): void {
    const tag = Object.prototype.toString.call(value).slice(8, -1);
    const kind = VIEWS.findIndex((each) => each.name === tag);
    if (kind < 0) throw new Refused(depth, `is a ${tag}; send its buffer`);
    if (value.buffer instanceof ArrayBuffer) {
      this.u8[this.at++] = V.view;
      this.u8[this.at++] = kind;
      this.#bytes(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
      return;
    }
    this.u8[this.at++] = V.sharedView;
    this.u8[this.at++] = kind;
    this.varint(value.byteOffset);
    this.room(16);
    this.varint(value.byteLength / ((VIEWS[kind] as ViewClass).BYTES_PER_ELEMENT ?? 1));
    this.put(value.buffer, depth);
  }

  #bytes(bytes: Uint8Array): void {
    this.room(bytes.length + 16);
    this.varint(bytes.length);
    this.u8.set(bytes, this.at);
    this.at += bytes.length;
  }

  /** A field that can't travel is left out: the news that there was an error must arrive. */
  #error(error: Error, depth: number): void {
    const name = errorName(error);
    this.u8[this.at++] = V.error;
    this.#string(name);
    for (const field of errorFields(error, name)) this.#field(field, depth);
    this.room(16);
    this.u8[this.at++] = V.hole;
  }

  #field({ key, shown, value }: Field, depth: number): void {
    const before = this.mark();
    try {
      this.#path[depth] = key;
      this.room(16);
      this.#string(key);
      this.put(shown, depth + 1);
      this.put(value, depth + 1);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.back(before);
    }
  }

  mark(): Mark {
    return { at: this.at, count: this.#count, handles: this.handles.length };
  }

  /** Takes back what was written since. */
  back({ at, count, handles }: Mark): void {
    this.at = at;
    this.release(handles);
    for (let i = count; i < this.#count; i++) this.#numbers?.delete(this.#met[i] as object);
    this.#count = count;
  }
}

/** A value can't travel. The path to it is as long as it is deep. */
class Refused extends Error {
  readonly depth: number;

  constructor(depth: number, problem: string) {
    super(problem);
    this.depth = depth;
  }
}

function isBoxed(value: object): boolean {
  return value instanceof Number || value instanceof String || value instanceof Boolean || value instanceof BigInt;
}
