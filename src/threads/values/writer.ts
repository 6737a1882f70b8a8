/**
 * Writes a value as bytes into memory of its own.
 *
 * Invariants: what is written is exactly `u8[0 .. at)`, valid until the next value; every handle written is in `handles`
 * with one reference taken; every object is numbered, in order, at the moment it is met, and met again becomes that
 * number. Nothing here runs under a lock: getters and proxies run code of the user's.
 *
 * A portable writer writes for readers that share no memory with this one: shapes are spelled out, and handles, which are
 * pointers into that memory, are refused.
 *
 * The `path` costs one store a property and is read only when a value is refused.
 */

import { show } from "../../runtime/panic.ts";
import { brandOf, isProxy } from "./brand.ts";
import { Bytes } from "./bytes.ts";
import { classOf, hostClassOf, type SentClass } from "./classes.ts";
import { errorFields, errorName, type Field } from "./errors.ts";
import { type Handle, handleOf } from "./handles.ts";
import { INSIDE, KEYS, notSendable, refusal, refusalAbroad, type Step, VALUES } from "./refusal.ts";
import { remarkError, remarkObject } from "./remarks.ts";
import { type Step as ShapeStep, shapes, WIDE } from "./shapes.ts";
import { DEEPEST, SHARED_WITHIN, SLOT, V, VIEWS, type ViewClass } from "./wire.ts";

/** Objects that are looked for one by one; more of them get a map. */
const FEW = 12;
/** Memory that is kept for the next value. */
const KEPT = 1 << 20;

const OBJECT: unknown = Object.prototype;
const ARRAY: unknown = Array.prototype;
/** Has keys only if somebody added some to all objects. */
const EMPTY = {};

/** Which bytes of a buffer are needed, and by how many. */
interface Window {
  from: number;
  to: number;
  uses: number;
}

/** What `Writer.mark` gives. */
interface Mark {
  readonly at: number;
  readonly count: number;
  readonly handles: number;
}

export class Writer extends Bytes {
  readonly #portable: boolean;
  readonly handles: { handle: Handle; pointer: number }[] = [];
  readonly #path: Step[] = [];
  readonly #met: (object | null)[] = [];
  #count = 0;
  #numbers: Map<object, number> | null = null;
  #polluted = false;
  /** The buffers in the value, and which bytes of each its views need. */
  readonly #windows = new Map<ArrayBufferLike, Window>();
  /** These are known, because the value is written for the second time. */
  #again = false;

  constructor(portable = false) {
    super();
    this.#portable = portable;
  }

  /** Writes a block: flags, then `value`. */
  write(value: unknown, where: string, skipped = 0): void {
    this.at = 1;
    this.u8[0] = 0;
    this.#polluted = false;
    for (const _ in EMPTY) this.#polluted = true;
    try {
      this.put(value, 0);
      if (this.#windows.size > 0) this.#writeAgain(value);
    } catch (error) {
      this.release(0);
      this.#windows.clear();
      if (error instanceof Refused) throw notSendable(where, this.#path.slice(skipped, error.depth), error.message);
      throw error;
    } finally {
      for (let i = 0; i < this.#count; i++) this.#met[i] = null;
      this.#count = 0;
      this.#numbers = null;
      this.#again = false;
    }
  }

  /** If several views of one buffer are in the value, they are views of one buffer there as well. */
  #writeAgain(value: unknown): void {
    let several = false;
    for (const { uses } of this.#windows.values()) several ||= uses > 1;
    if (several) {
      this.back({ at: 1, count: 0, handles: 0 });
      this.u8[0] = 0;
      this.#numbers = null;
      this.#again = true;
      this.put(value, 0);
    }
    this.#windows.clear();
  }

  /** Writes a string without anything before it, if that can be. Gives what it is. */
  text(text: string): number {
    const slot = this.whole(text);
    if (slot >= 0) return slot;
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

  put(value: unknown, depth: number): void {
    this.room(16);
    if (typeof value === "number") this.number(value);
    else if (typeof value === "string") this.string(value);
    else if (typeof value === "object" && value !== null) this.#object(value, depth);
    else if (typeof value === "bigint") this.bigint(value);
    else if (value === undefined) this.u8[this.at++] = V.undefined;
    else if (value === null) this.u8[this.at++] = V.null;
    else if (typeof value === "boolean") this.u8[this.at++] = value ? V.true : V.false;
    else this.#other(value as object, depth);
  }

  #object(value: object, depth: number): void {
    if (this.#wasMet(value)) return;
    if (isProxy(value)) throw new Refused(depth, "is a Proxy, which stays where it is; send the object behind it");
    if (depth > DEEPEST) throw new Refused(depth, `is nested more than ${DEEPEST} deep; send it in parts`);
    const prototype: unknown = Object.getPrototypeOf(value);
    if (Array.isArray(value)) {
      if (prototype === ARRAY || !this.#classed(value, depth)) this.#array(value, depth);
    } else if (prototype === OBJECT) this.#plain(value as Record<string, unknown>, depth);
    else if (prototype === null) this.#spelled(V.bare, value as Record<string, unknown>, Object.keys(value), depth);
    else this.#other(value, depth);
  }

  /** Whether the object was met before; then its number is written. */
  #wasMet(value: object): boolean {
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
    if (this.#portable) {
      this.#spelled(V.object, value, Object.keys(value), depth);
      return;
    }
    let step = shapes.root;
    if (this.#polluted) step = WIDE;
    else for (const key in value) step = step.key === key && step.next !== null ? step.next : step.to(key, shapes);
    const id = step.met(shapes.table);
    if (id <= 0) {
      this.#spelled(V.object, value, step === WIDE ? Object.keys(value) : step.keys, depth);
      return;
    }
    this.#shape(id);
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

  #shape(id: number): void {
    const { u8 } = this;
    u8[this.at] = V.shaped;
    u8[this.at + 1] = id & 255;
    u8[this.at + 2] = id >> 8;
    this.at += 3;
  }

  #spelled(tag: number, value: Record<string, unknown>, keys: readonly string[], depth: number): void {
    this.u8[this.at++] = tag;
    this.varint(keys.length);
    for (const key of keys) {
      this.#path[depth] = key;
      this.room(16);
      this.string(key);
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
      this.double(value[i] as number);
    }
    return true;
  }

  /** Whatever has a class of its own. */
  #other(value: object, depth: number): void {
    if (!this.#classed(value, depth)) this.#unclassed(value, depth);
  }

  /** Writes an object of a class that was made sendable, if it is one. */
  #classed(value: object, depth: number): boolean {
    const sent = classOf(value);
    if (sent === undefined || (this.#portable && !sent.everywhere)) return false;
    if (sent.codec !== null) {
      this.#coded(sent, value, depth);
      return true;
    }
    this.u8[this.at++] = V.classed;
    this.string(sent.name);
    this.room(16);
    const keys = Object.keys(value);
    if (Array.isArray(value)) this.#array(value, depth);
    else if (ArrayBuffer.isView(value) || brandOf(value) !== undefined) this.#unclassed(value, depth);
    else {
      this.#fields(value as Record<string, unknown>, keys, depth);
      return true;
    }
    const beside = keys.filter((key) => !/^\d+$/.test(key));
    this.room(16);
    this.#spelled(V.object, value as Record<string, unknown>, beside, depth);
    return true;
  }

  /** The properties of an object of a class: as those of a plain one, but what its prototype has is none of them. */
  #fields(value: Record<string, unknown>, keys: readonly string[], depth: number): void {
    let step: ShapeStep = shapes.root;
    for (const key of keys) step = step.key === key && step.next !== null ? step.next : step.to(key, shapes);
    const id = step.met(shapes.table);
    if (id <= 0) {
      this.#spelled(V.object, value, keys, depth);
      return;
    }
    this.#shape(id);
    for (const key of keys) {
      this.#path[depth] = key;
      this.put(value[key], depth + 1);
    }
  }

  #coded({ name, codec }: SentClass, value: object, depth: number): void {
    this.u8[this.at++] = V.coded;
    this.string(name);
    this.#path[depth] = INSIDE;
    this.put(codec?.encode(value), depth + 1);
  }

  #unclassed(value: object, depth: number): void {
    const handle = typeof value === "symbol" ? undefined : handleOf(value);
    if (handle !== undefined) {
      if (this.#portable)
        throw new Refused(depth, refusalAbroad(value) ?? `is ${show(value)}, which stays in its process`);
      const pointer = handle.encode(value);
      this.handles.push({ handle, pointer });
      this.u8[this.at++] = V.handle;
      this.u8[this.at++] = handle.kind;
      this.varint(pointer);
      return;
    }
    if (ArrayBuffer.isView(value)) {
      this.#view(value, depth);
      return;
    }
    switch (brandOf(value)) {
      case "Error":
        this.#error(value as Error, depth);
        return;
      case "ArrayBuffer":
        this.#buffer(value as ArrayBuffer);
        return;
      case "Map":
        this.#map(value as Map<unknown, unknown>, depth);
        return;
      case "Set":
        this.#set(value as Set<unknown>, depth);
        return;
      case "Date":
        this.u8[this.at++] = V.date;
        this.double(Date.prototype.getTime.call(value));
        return;
      case "RegExp":
        this.u8[this.at++] = V.regexp;
        this.string((value as RegExp).source);
        this.room(16);
        this.string((value as RegExp).flags);
        return;
      case "Boxed":
        this.u8[this.at++] = V.boxed;
        this.put(value.valueOf(), depth);
        return;
      default: {
        const sent = hostClassOf(value);
        if (sent !== undefined && (sent.everywhere || !this.#portable)) {
          this.#coded(sent, value, depth);
          return;
        }
        const problem = this.#portable ? refusalAbroad(value) : refusal(value);
        if (problem !== undefined) throw new Refused(depth, problem);
        if (!this.#portable) remarkObject(value);
        this.#spelled(V.object, value as Record<string, unknown>, Object.keys(value), depth);
      }
    }
  }

  /** The bytes of a buffer that all views of it in this value need; all of them where it is in the value itself. */
  #buffer(value: ArrayBuffer): void {
    this.u8[this.at++] = V.buffer;
    const window = this.#window(value, 0, value.byteLength);
    this.#bytes(new Uint8Array(value, window.from, window.to - window.from));
  }

  /** Takes note that these bytes of a buffer are in the value. */
  #window(buffer: ArrayBufferLike, from: number, to: number): Window {
    let window = this.#windows.get(buffer);
    if (window === undefined) {
      window = { from, to, uses: 0 };
      this.#windows.set(buffer, window);
    }
    if (this.#again) return window;
    window.from = Math.min(window.from, from - (from % 8)); // at a place where any element may begin
    window.to = Math.max(window.to, to);
    window.uses++;
    return window;
  }

  #map(value: Map<unknown, unknown>, depth: number): void {
    const entries = [...Map.prototype.entries.call(value)];
    this.u8[this.at++] = V.map;
    this.varint(entries.length);
    for (const [key, each] of entries) {
      this.#path[depth] = KEYS;
      this.put(key, depth + 1);
      this.#path[depth] = { key };
      this.put(each, depth + 1);
    }
  }

  #set(value: Set<unknown>, depth: number): void {
    const members = [...Set.prototype.values.call(value)];
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
    const { buffer, byteOffset, byteLength } = value;
    const shared = brandOf(buffer) === "SharedArrayBuffer";
    const window = shared ? null : this.#window(buffer, byteOffset, byteOffset + byteLength);
    if (window !== null && !(this.#again && window.uses > 1)) {
      this.u8[this.at++] = V.view;
      this.u8[this.at++] = kind;
      this.#bytes(new Uint8Array(buffer, byteOffset, byteLength));
      return;
    }
    this.u8[this.at++] = V.sharedView;
    this.u8[this.at++] = kind;
    this.varint(byteOffset - (window?.from ?? 0));
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
    if (!this.#portable) remarkError(error, name);
    this.u8[this.at++] = V.error;
    this.string(name);
    for (const field of errorFields(error, name)) this.#field(field, depth);
    this.room(16);
    this.u8[this.at++] = V.hole;
  }

  #field({ key, shown, value }: Field, depth: number): void {
    const before = this.mark();
    try {
      this.#path[depth] = key;
      this.room(16);
      this.string(key);
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
