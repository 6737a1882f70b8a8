/**
 * This thread's side of the shared objects: one handle an object, and what keeps the object alive.
 *
 * Invariants: while there is a handle on a thread it is the only one, so that `===` compares objects; each handle, and
 * each copy of a pointer on its way in a value, is one of the object's `REFS`. The object goes when they are none: what
 * nobody can reach on any thread is given back. Cycles in shared memory (a channel in its own buffer) stay.
 *
 * A handle is a few hundred bytes to the collector and may stand for megabytes, so it would wait too long to collect it.
 * `press` makes it feel what it does not see.
 */

import { once } from "../../runtime/copies.ts";
import type { G } from "../../runtime/g.ts";
import { m } from "../../runtime/m.ts";
import type { P } from "../../runtime/proc.ts";
import type { Thing } from "../../runtime/thing.ts";
import { hold, unhold } from "../memory/holds.ts";
import { isolate } from "../memory/isolate.ts";
import {
  BUFFER,
  HEAD,
  ID,
  KIND,
  LOCK,
  OBJECTS,
  OPTIONS,
  QCOUNT,
  RECVX,
  REFS,
  SIZE,
  SLOT_WORDS,
} from "../memory/layout.ts";
import { memory } from "../memory/memory.ts";
import { CHAN, type ObjectKind } from "../memory/object.ts";
import { drop, pack, peek } from "../values/slot.ts";
import { CELL } from "./sudog.ts";

/** What a handle itself costs, roughly. */
const HANDLE_BYTES = 1024;
/** Once that much may be garbage, the collector is told. */
const PRESSURE = 16 * 2 ** 20;

/** Options of a shared lock. */
export interface SharedOptions {
  /** A name, shown in dumps and traces. */
  readonly name?: string | undefined;
}

export abstract class SharedObject implements Thing {
  abstract readonly kind: string;
  /** Where it is. */
  readonly ptr: number;
  /** Its number. */
  readonly id: number;
  readonly name: string | undefined;
  /** The run it was made in, or in which it arrived here. */
  p: P;
  /** Its place in this isolate's list of what it holds. */
  hold = 0;

  constructor(ptr: number) {
    this.ptr = ptr;
    this.id = memory.i32[ptr + ID] as number;
    this.name = peek(ptr + OPTIONS) as string | undefined;
    this.p = m.current();
  }

  /** What happens to it on other threads is not known here. */
  get touches(): null {
    return null;
  }

  /**
   * Under the lock, completes for the sudog `s` if that is possible now: its state says how. May take a partner, whom
   * `deliver` is to tell.
   */
  abstract settle(s: number): boolean;
  /** After `settle` or its partner has served `s`: what its operation gives `g`. Throws what it throws. */
  abstract outcome(s: number, g: G | null): unknown;
  /** Under the lock: somebody has left its queue; perhaps others can be served now. */
  left(): void {}
  /** `s` was served and nobody wants what it was given any more. */
  unwanted(s: number): void {
    drop(s + CELL);
  }
}

/** Makes an object of `slots` slots, all words 0, with one reference for the handle that is made next. */
export function newObject(kind: ObjectKind, size: number, slots: number, name: string | undefined): number {
  isolate.open();
  const ptr = memory.alloc((BUFFER - HEAD + slots * SLOT_WORDS) * 4);
  const { i32 } = memory;
  for (let word = LOCK; word < BUFFER; word++) i32[ptr + word] = 0;
  i32[ptr + KIND] = kind;
  i32[ptr + SIZE] = size;
  i32[ptr + REFS] = 1;
  i32[ptr + ID] = Atomics.add(i32, OBJECTS, 1) + 1;
  if (name !== undefined) pack(ptr + OPTIONS, name, "name");
  return ptr;
}

interface Hold {
  readonly ptr: number;
  readonly entry: number;
  readonly ref: WeakRef<SharedObject>;
  readonly bytes: number;
}

class Handles {
  readonly #refs = new Map<number, WeakRef<SharedObject>>();
  readonly #registry = new FinalizationRegistry<Hold>((hold) => this.#gone(hold));
  /** Bytes that handles made here stand for, and how many of them the collector was told of. */
  #bytes = 0;
  #told = 0;
  protected pressure: ArrayBuffer | null = null;

  /** The object of this thread for a pointer, one reference of which it takes over. */
  adopt<T extends SharedObject>(ptr: number, make: (ptr: number) => T): T {
    const there = this.#refs.get(ptr)?.deref();
    if (there !== undefined) {
      release(ptr);
      if (there.p.over) there.p = m.current();
      return there as T;
    }
    return this.add(make(ptr));
  }

  /** Takes note of a new handle. */
  add<T extends SharedObject>(object: T): T {
    const { ptr } = object;
    let entry: number;
    try {
      entry = hold(ptr);
    } catch (error) {
      release(ptr);
      throw error;
    }
    object.hold = entry;
    const ref = new WeakRef(object);
    this.#refs.set(ptr, ref);
    const bytes = memory.room(ptr) + HANDLE_BYTES;
    this.#registry.register(object, { ptr, entry, ref, bytes });
    this.#bytes += bytes;
    if (this.#bytes - this.#told > PRESSURE) this.#press();
    return object;
  }

  #gone({ ptr, entry, ref, bytes }: Hold): void {
    if (this.#refs.get(ptr) === ref) this.#refs.delete(ptr);
    unhold(entry);
    this.#bytes -= bytes;
    this.#told = Math.min(this.#told, this.#bytes);
    release(ptr);
  }

  /** A buffer that is never touched costs no memory, but the collector counts it, and looks for what is garbage. */
  #press(): void {
    this.#told = this.#bytes;
    this.pressure = new ArrayBuffer(2 * PRESSURE);
    this.pressure = null;
  }
}

export const handles: Handles = once("shared handles", () => new Handles());

/** One more reference, for a copy of the pointer that goes its way. */
export function retain(ptr: number): void {
  Atomics.add(memory.i32, ptr + REFS, 1);
}

/** One reference less; the last one gives the object back. */
export function release(ptr: number): void {
  if (Atomics.sub(memory.i32, ptr + REFS, 1) === 1) destroy(ptr);
}

/** Nobody refers to it any more, so nobody waits for it either. */
function destroy(ptr: number): void {
  const { i32 } = memory;
  for (let i = 0; i < 3; i++) drop(ptr + OPTIONS + i * SLOT_WORDS);
  if (i32[ptr + KIND] === CHAN) {
    const size = i32[ptr + SIZE] as number;
    let at = i32[ptr + RECVX] as number;
    const slots = Math.floor((memory.room(ptr) / 4 - (BUFFER - HEAD)) / SLOT_WORDS);
    for (let n = Math.min(i32[ptr + QCOUNT] as number, slots); n > 0; n--) {
      drop(ptr + BUFFER + at * SLOT_WORDS);
      at = at + 1 === size ? 0 : at + 1;
    }
  }
  memory.free(ptr);
}
