/**
 * The memory that all threads share (Go's `malloc.go`): one fixed reservation for the process, of which only what is used
 * is ever touched. Which word is where says layout.ts.
 *
 * Invariants: a block belongs to the isolate that carved it, and only that one hands it out; whoever frees another's block
 * pushes it on the owner's `RFREE`, which the owner empties with one exchange. So no free list is shared, there is no lock,
 * and no ABA: a list that is only ever taken as a whole can't change under a compare-and-swap. The free lists are in the
 * records, so an isolate that takes the place of a dead one inherits them.
 *
 * Where there is no SharedArrayBuffer (a browser page without isolation headers) the same code works on a plain buffer,
 * and there is one isolate.
 *
 * Rejected: a growable buffer (each access 5 to 16 times slower); one allocator under a lock; blocks of one size per chunk
 * (an isolate that uses ten sizes would take ten chunks for ten blocks).
 */
import { once } from "../../runtime/copies.ts";
import { ArgumentError, Panic, show } from "../../runtime/panic.ts";
import {
  BUMP,
  CHUNK_END,
  CHUNKS,
  CURSOR,
  FREELIST,
  GENERATION,
  HEAD,
  ISOLATES,
  LAYOUT,
  LEAVING,
  LINK,
  MAX_ISOLATES,
  RECORDS,
  RFREE,
  STATE,
  TABLE,
  TABLE_LENGTH,
} from "./layout.ts";
import { BUSY, FREE, isolateOf, keyOf, LIVE, recordOf } from "./record.ts";

/** The layout; two versions of the library can't share a memory. */
const VERSION = 1;
/** Words of a chunk. */
const CHUNK = 16_384;
/** The chunks begin here. */
const FIRST_CHUNK = Math.ceil((TABLE + TABLE_LENGTH) / CHUNK);

const MIB = 2 ** 20;
/** The least that makes sense: a program can do something with it. */
const LEAST = 2 * MIB;
const MOST = 2 ** 32;
/** Reserved unless the program says otherwise. It costs addresses, not memory. */
const DEFAULT = 1024 * MIB;
/** Without threads nothing is shared. */
const DEFAULT_ALONE = 256 * MIB;

/** What a thread gets from the one that starts it. */
export interface Share {
  readonly buffer: ArrayBufferLike;
  readonly isolate: number;
}

export class Memory {
  /** Views of all of it; empty until it is opened. */
  i32: Int32Array = new Int32Array(0);
  f64: Float64Array = new Float64Array(0);
  u8: Uint8Array = new Uint8Array(0);
  /** This isolate's number, and the place of its record. */
  self = 0;
  record: number = RECORDS;
  /** What it writes into a lock that it takes. */
  key = 0;
  #opened = false;
  #shared = false;
  #wanted = 0;

  /** Whether it was reserved. */
  get opened(): boolean {
    return this.#opened;
  }

  /** Whether other threads can have it. */
  get shared(): boolean {
    return this.#shared;
  }

  get size(): number {
    return this.u8.length;
  }

  /** The other isolates that live. */
  *others(): Generator<number> {
    const { i32, self } = this;
    const isolates = Atomics.load(i32, ISOLATES);
    for (let i = 0; i < isolates; i++) {
      if (i !== self && Atomics.load(i32, recordOf(i) + STATE) === LIVE) yield i;
    }
  }

  /** How much of it is taken, in bytes. */
  get used(): number {
    return this.#opened ? Math.min(Atomics.load(this.i32, BUMP) * CHUNK * 4, this.size) : 0;
  }

  /**
   * Says how much is to be reserved, in bytes; before anything needs it.
   *
   * @throws ArgumentError for no such number, or when it was reserved already with another
   */
  reserve(bytes: number): void {
    if (!(Number.isInteger(bytes) && bytes >= LEAST && bytes <= MOST)) {
      throw new ArgumentError(
        `threads: memory must be a whole number of bytes from ${LEAST} to ${MOST}, got ${show(bytes)}`,
      );
    }
    if (this.#opened && this.size !== rounded(bytes)) {
      const now = `${this.size} bytes are reserved already`;
      throw new ArgumentError(
        `threads: memory must be set before the first shared channel or parallel function, ${now}`,
      );
    }
    this.#wanted = bytes;
  }

  /** Reserves it, on the program's first thread. Does nothing when that was done. */
  open(): this {
    if (this.#opened) return this;
    const able = typeof SharedArrayBuffer !== "undefined";
    this.#use(able ? shared(this.#wanted || DEFAULT) : new ArrayBuffer(rounded(this.#wanted || DEFAULT_ALONE)));
    const { i32 } = this;
    i32[LAYOUT] = VERSION;
    i32[BUMP] = FIRST_CHUNK;
    i32[CHUNKS] = Math.floor(i32.length / CHUNK);
    this.#be(this.newIsolate());
    return this;
  }

  /** Takes part in the memory of another thread, as the isolate that it has made for this one. */
  attach({ buffer, isolate }: Share): void {
    if (this.#opened) throw new ArgumentError("threads: this thread has a memory already");
    this.#use(buffer);
    if (this.i32[LAYOUT] !== VERSION) throw new ArgumentError("threads: another version of millrace made this memory");
    this.#be(isolate);
  }

  /** What a thread that is to be this isolate needs. */
  share(isolate: number): Share {
    return { buffer: this.u8.buffer, isolate };
  }

  /** Takes a record for a new isolate. What a dead one has left in it is inherited. */
  newIsolate(): number {
    const { i32 } = this;
    for (let isolate = 0; isolate < MAX_ISOLATES; isolate++) {
      const record = recordOf(isolate);
      if (Atomics.compareExchange(i32, record + STATE, FREE, BUSY) !== FREE) continue;
      Atomics.add(i32, record + GENERATION, 1);
      for (let seen = Atomics.load(i32, ISOLATES); seen <= isolate; seen = Atomics.load(i32, ISOLATES)) {
        Atomics.compareExchange(i32, ISOLATES, seen, isolate + 1);
      }
      Atomics.store(i32, record + LEAVING, 0);
      Atomics.store(i32, record + STATE, LIVE);
      return isolate;
    }
    throw new Panic("SHARED_MEMORY", `there are ${MAX_ISOLATES} threads already, which is the most`);
  }

  /**
   * Gives a block with room for that many bytes after its `HEAD`; what is in it is old.
   *
   * @throws Panic SHARED_MEMORY when there is no room left
   */
  alloc(bytes: number): number {
    const { i32 } = this;
    const kind = classOf(bytes + HEAD * 4);
    const list = this.record + FREELIST + kind;
    let block = i32[list] as number;
    if (block === 0) {
      if (i32[this.record + RFREE] === 0 || !this.#reclaim(list)) return this.#carve(kind);
      block = i32[list] as number;
    }
    i32[list] = i32[block + LINK] as number;
    return block;
  }

  /** Gives a block back, from any thread. */
  free(block: number): void {
    const { i32 } = this;
    const tag = i32[block] as number;
    const owner = tag >>> 8;
    if (owner === this.self) {
      const list = this.record + FREELIST + (tag & 255);
      i32[block + LINK] = i32[list] as number;
      i32[list] = block;
    } else push(i32, recordOf(owner) + RFREE, block);
  }

  /** The isolate that a block belongs to. */
  ownerOf(block: number): number {
    return (this.i32[block] as number) >>> 8;
  }

  /** Whether the isolate with that key lives. */
  lives(key: number): boolean {
    const isolate = isolateOf(key);
    const record = recordOf(isolate);
    return (
      Atomics.load(this.i32, record + STATE) === LIVE &&
      keyOf(isolate, Atomics.load(this.i32, record + GENERATION)) === key
    );
  }

  /** How many bytes a block has room for after its head. */
  room(block: number): number {
    return sizeOf((this.i32[block] as number) & 255) - HEAD * 4;
  }

  /** Takes back what others have freed; says whether there is something on `list` now. */
  #reclaim(list: number): boolean {
    const { i32, record } = this;
    let block = Atomics.exchange(i32, record + RFREE, 0);
    while (block !== 0) {
      const next = i32[block + LINK] as number;
      const own = record + FREELIST + ((i32[block] as number) & 255);
      i32[block + LINK] = i32[own] as number;
      i32[own] = block;
      block = next;
    }
    return i32[list] !== 0;
  }

  /** A new block, from this isolate's chunk. */
  #carve(kind: number): number {
    const { i32, record } = this;
    const words = sizeOf(kind) >> 2;
    let at = i32[record + CURSOR] as number;
    // Whole cache lines, where they are whole: two isolates must not share one by chance.
    if ((words & 15) === 0) at = (at + 15) & ~15;
    if (at + words > (i32[record + CHUNK_END] as number)) {
      const chunks = Math.ceil(words / CHUNK);
      const taken = this.#take(chunks, words);
      this.#leave();
      at = taken;
      i32[record + CHUNK_END] = taken + chunks * CHUNK;
    }
    i32[record + CURSOR] = at + words;
    i32[at] = (this.self << 8) | kind;
    return at;
  }

  /** Makes free blocks of what is left of the chunk. */
  #leave(): void {
    const { i32, record } = this;
    let at = i32[record + CURSOR] as number;
    for (let left = (i32[record + CHUNK_END] as number) - at; left >= 8; ) {
      let kind = classOf(left * 4);
      if (sizeOf(kind) > left * 4) kind--;
      const list = record + FREELIST + kind;
      i32[at] = (this.self << 8) | kind;
      i32[at + LINK] = i32[list] as number;
      i32[list] = at;
      at += sizeOf(kind) >> 2;
      left -= sizeOf(kind) >> 2;
    }
  }

  #take(chunks: number, words: number): number {
    const { i32 } = this;
    for (;;) {
      const next = Atomics.load(i32, BUMP);
      if (next + chunks > (i32[CHUNKS] as number)) {
        const size = `${Math.round(this.size / MIB)} MiB`;
        throw new Panic("SHARED_MEMORY", `${words * 4} bytes wanted, all of ${size} used; see threads({ memory })`);
      }
      if (Atomics.compareExchange(i32, BUMP, next, next + chunks) === next) return next * CHUNK;
    }
  }

  #use(buffer: ArrayBufferLike): void {
    this.i32 = new Int32Array(buffer);
    this.f64 = new Float64Array(buffer);
    this.u8 = new Uint8Array(buffer);
    this.#shared = !(buffer instanceof ArrayBuffer);
    this.#opened = true;
  }

  #be(isolate: number): void {
    this.self = isolate;
    this.record = recordOf(isolate);
    this.key = keyOf(isolate, this.i32[this.record + GENERATION] as number);
  }
}

/** Two sizes a doubling: 32, 48, 64, 96, 128 bytes and so on. */
function sizeOf(kind: number): number {
  return ((kind & 1) === 0 ? 32 : 48) << (kind >> 1);
}

function classOf(bytes: number): number {
  if (bytes <= 32) return 0;
  const k = 31 - Math.clz32(bytes - 1); // 2^k < bytes <= 2^(k+1)
  return bytes <= 3 << (k - 1) ? 2 * k - 9 : 2 * k - 8;
}

/** Puts a block on a list that is emptied as a whole, from any thread; gives what was first on it before. */
export function push(i32: Int32Array, list: number, block: number): number {
  let first = i32[list] as number;
  for (;;) {
    i32[block + LINK] = first;
    const seen = Atomics.compareExchange(i32, list, first, block);
    if (seen === first) return first;
    first = seen;
  }
}

/** Whether an error says that the shared memory is full. */
export function isFull(error: unknown): boolean {
  return error instanceof Panic && error.code === "SHARED_MEMORY";
}

function rounded(bytes: number): number {
  return Math.ceil(bytes / (CHUNK * 4)) * CHUNK * 4;
}

/** As much as can be had: a limit on addresses must not keep a program from running that needs little. */
function shared(bytes: number): SharedArrayBuffer {
  for (let size = rounded(bytes); ; size = rounded(size / 2)) {
    try {
      return new SharedArrayBuffer(size);
    } catch (error) {
      if (size / 2 < LEAST) throw error;
    }
  }
}

/** This thread's view of it. */
export const memory: Memory = once("memory", () => new Memory());
