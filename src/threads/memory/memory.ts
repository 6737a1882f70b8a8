/**
 * The memory that all threads share (Go's `malloc.go`): one fixed reservation for the process, of which only what is used
 * is ever touched. Which word is where says layout.ts.
 *
 * Blocks have one of sixteen sizes and come from spans, which hold blocks of one size each; a larger block is a span of its
 * own. A span whose blocks are all free goes back to the pages (pages.ts), and is the next one of any size. (Bonwick's
 * slabs; `mheap`, `mcentral` and `mcache` of Go in one.)
 *
 * Invariants: a span belongs to the isolate that took it, and only that one hands out its blocks; another one that frees
 * such a block pushes it on the owner's `RFREE`, which the owner empties with one exchange. So no list of blocks is shared,
 * there is no lock, and no ABA: a list that is only ever taken as a whole can't change under a compare-and-swap. A free
 * block says so in its tag, which only its owner writes, so all lists of an isolate can be made anew: that is done for
 * one that has died in the middle of anything, and an isolate that takes its place inherits what was in use.
 *
 * A thread that finds no room asks all others that sleep to put away what was freed for them, and waits for that.
 *
 * Where there is no SharedArrayBuffer (a browser page without isolation headers) the same code works on a plain buffer,
 * and there is one isolate.
 *
 * Rejected: a growable buffer (each access 5 to 16 times slower); one allocator under a lock; free lists by size for good
 * (after a burst of values of 500 bytes there was no room for one of 1000).
 */
import { whole } from "../../runtime/args.ts";
import { once } from "../../runtime/copies.ts";
import { ArgumentError, Panic } from "../../runtime/panic.ts";
import { corrupt, drain, mostBlocks } from "./corrupt.ts";
import {
  GENERATION,
  HEAD,
  ISOLATES,
  LAYOUT,
  LEAVING,
  LINK,
  MAX_ISOLATES,
  PAGE_TABLE,
  PAGES,
  PAGES_USED,
  RECORDS,
  RETURNING,
  RFREE,
  ROOMY,
  SPAN_CLASS,
  SPAN_FREE,
  SPAN_NEXT,
  SPAN_PREV,
  SPAN_USED,
  SPAN_WORDS,
  STATE,
} from "./layout.ts";
import { givePages, makeSpan, PAGE, pagesOf, sweep, takePages } from "./pages.ts";
import { BUSY, FREE, isolateOf, keyOf, LIVE, recordOf } from "./record.ts";

/** The layout; two versions of the library can't share a memory. */
const VERSION = 2;
/** The classes of blocks: two sizes a doubling, 32, 48, 64, 96 bytes and so on to 6144. */
const LARGEST = 15;
/** The class of a block that is a span of its own. */
const ALONE = 16;
/** In a block's tag: it is free. */
const FREE_BLOCK = 1;
/** Where the page begins in a tag, behind the owner. */
const TAG_PAGE = 9;

const MIB = 2 ** 20;
const ROUND = 65_536;
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
  /** How many pages there are; where the table of spans and the pages begin. */
  #pages = 0;
  #spans = 0;
  #base = 0;
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
    const { i32, self, isolates } = this;
    for (let i = 0; i < isolates; i++) {
      if (i !== self && Atomics.load(i32, recordOf(i) + STATE) === LIVE) yield i;
    }
  }

  /** How many records have ever been used. */
  get isolates(): number {
    const isolates = Atomics.load(this.i32, ISOLATES);
    return isolates >= 0 && isolates <= MAX_ISOLATES ? isolates : corrupt("the number of threads");
  }

  /** How much of it is taken, in bytes. */
  get used(): number {
    return this.#opened ? (this.#base + Atomics.load(this.i32, PAGES_USED) * PAGE) * 4 : 0;
  }

  /**
   * Says how much is to be reserved, in bytes; before anything needs it.
   *
   * @throws ArgumentError for no such number, or when it was reserved already with another
   */
  reserve(bytes: number): void {
    whole("threads: memory, in bytes", bytes, LEAST, MOST);
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
    i32[PAGES] = this.#pages;
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
    if (kind > LARGEST) return this.#alone(bytes);
    const list = this.record + ROOMY + kind;
    const span = (i32[list] as number) || this.#room(kind, bytes);
    const block = i32[span + SPAN_FREE] as number;
    const next = i32[block + LINK] as number;
    i32[span + SPAN_FREE] = next;
    i32[span + SPAN_USED] = (i32[span + SPAN_USED] as number) + 1;
    i32[block] = (i32[block] as number) & ~FREE_BLOCK;
    if (next === 0) {
      const other = i32[span + SPAN_NEXT] as number;
      i32[list] = other;
      if (other !== 0) i32[other + SPAN_PREV] = 0;
    }
    return block;
  }

  /** Gives a block back, from any thread. */
  free(block: number): void {
    const { i32 } = this;
    const tag = i32[block] as number;
    const owner = (tag >>> 1) & (MAX_ISOLATES - 1);
    if (owner === this.self) this.#putAway(block, tag);
    else if (i32[this.#span(tag >>> TAG_PAGE) + SPAN_CLASS] === ALONE) this.#giveAlone(block, tag >>> TAG_PAGE);
    else push(i32, recordOf(owner) + RFREE, block);
  }

  /** The isolate that a block belongs to. */
  ownerOf(block: number): number {
    return ((this.i32[block] as number) >>> 1) & (MAX_ISOLATES - 1);
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
    const { i32 } = this;
    const page = (i32[block] as number) >>> TAG_PAGE;
    const kind = i32[this.#span(page) + SPAN_CLASS] as number;
    return (kind === ALONE ? pagesOf(i32, page) * PAGE * 4 : sizeOf(kind)) - HEAD * 4;
  }

  /** Puts away what others have freed, and gives back every span that is not used. */
  tidy(): void {
    this.#takeBack();
    const { i32, record } = this;
    for (let kind = 0; kind <= LARGEST; kind++) {
      let left = this.#pages;
      for (let span = i32[record + ROOMY + kind] as number; span !== 0; ) {
        if (--left < 0) corrupt("a list of spans");
        const next = i32[span + SPAN_NEXT] as number;
        if (i32[span + SPAN_USED] === 0) this.#retire(span);
        span = next;
      }
    }
  }

  /** Makes the lists of an isolate anew that is gone and may have been anywhere in here, and gives back what is not used. */
  reclaim(isolate: number): void {
    const { i32 } = this;
    const record = recordOf(isolate);
    const back = [record + RETURNING, record + RFREE];
    for (const list of back) {
      drain(i32, list, "a list of blocks", (block) => {
        i32[block] = (i32[block] as number) | FREE_BLOCK;
      });
    }
    for (let kind = 0; kind <= LARGEST; kind++) i32[record + ROOMY + kind] = 0;
    sweep(i32, isolate, (page) => this.#rebuild(record, isolate, page));
  }

  /** The free blocks of a span, in order. */
  #rebuild(record: number, isolate: number, page: number): void {
    const { i32 } = this;
    const span = this.#span(page);
    const kind = i32[span + SPAN_CLASS] as number;
    if (kind < 0 || kind > ALONE) corrupt("the class of a span");
    const n = pagesOf(i32, page);
    if (kind !== ALONE && n < spanPages(kind)) {
      givePages(i32, page, isolate); // it was about to, and its last pages are others' already
      return;
    }
    const words = kind === ALONE ? n * PAGE : sizeOf(kind) >> 2;
    let first = 0;
    let used = 0;
    for (let i = blocksOf(kind) - 1; i >= 0; i--) {
      const block = this.#base + page * PAGE + i * words;
      if (((i32[block] as number) & FREE_BLOCK) === 0) used++;
      else {
        i32[block + LINK] = first;
        first = block;
      }
    }
    if (used === 0) givePages(i32, page, isolate);
    else if (kind !== ALONE) {
      i32[span + SPAN_FREE] = first;
      i32[span + SPAN_USED] = used;
      if (first !== 0) this.#link(record + ROOMY + kind, span);
    }
  }

  #span(page: number): number {
    return this.#spans + page * SPAN_WORDS;
  }

  /** A block of this isolate's is free. */
  #putAway(block: number, tag: number): void {
    const { i32 } = this;
    const span = this.#span(tag >>> TAG_PAGE);
    const kind = i32[span + SPAN_CLASS] as number;
    if (kind === ALONE) {
      this.#giveAlone(block, tag >>> TAG_PAGE);
      return;
    }
    const first = i32[span + SPAN_FREE] as number;
    const used = (i32[span + SPAN_USED] as number) - 1;
    i32[block + LINK] = first;
    i32[block] = tag | FREE_BLOCK;
    i32[span + SPAN_FREE] = block;
    i32[span + SPAN_USED] = used;
    const list = this.record + ROOMY + kind;
    if (first === 0) this.#link(list, span);
    // One that is empty stays if no other has room, or a block that comes and goes would take it each time.
    if (used === 0 && (i32[list] !== span || i32[span + SPAN_NEXT] !== 0)) this.#retire(span);
  }

  #link(list: number, span: number): void {
    const { i32 } = this;
    const next = i32[list] as number;
    i32[span + SPAN_NEXT] = next;
    i32[span + SPAN_PREV] = 0;
    if (next !== 0) i32[next + SPAN_PREV] = span;
    i32[list] = span;
  }

  /** Gives back a span on the list of those with room, none of whose blocks are used. */
  #retire(span: number): void {
    const { i32, record } = this;
    const next = i32[span + SPAN_NEXT] as number;
    const prev = i32[span + SPAN_PREV] as number;
    if (prev === 0) i32[record + ROOMY + (i32[span + SPAN_CLASS] as number)] = next;
    else i32[prev + SPAN_NEXT] = next;
    if (next !== 0) i32[next + SPAN_PREV] = prev;
    givePages(i32, (span - this.#spans) / SPAN_WORDS, this.self);
  }

  /** A span that has room for a block of that class. */
  #room(kind: number, bytes: number): number {
    const { i32, record, self } = this;
    const list = record + ROOMY + kind;
    this.#takeBack();
    if (i32[list] !== 0) return i32[list] as number;
    const n = spanPages(kind);
    let page = takePages(i32, n, self);
    if (page < 0) {
      this.#makeRoom();
      if (i32[list] !== 0) return i32[list] as number;
      page = takePages(i32, n, self);
    }
    if (page < 0) throw this.#full(bytes);
    const words = sizeOf(kind) >> 2;
    const start = this.#base + page * PAGE;
    const blocks = blocksOf(kind);
    for (let i = 0; i < blocks; i++) {
      const block = start + i * words;
      i32[block] = (page << TAG_PAGE) | (self << 1) | FREE_BLOCK;
      i32[block + LINK] = i + 1 < blocks ? block + words : 0;
    }
    const span = this.#span(page);
    i32[span + SPAN_CLASS] = kind;
    i32[span + SPAN_FREE] = start;
    i32[span + SPAN_USED] = 0;
    makeSpan(i32, page, n, self);
    this.#link(list, span);
    return span;
  }

  /** A block that is a span. */
  #alone(bytes: number): number {
    const { i32, self } = this;
    const n = Math.ceil((bytes + HEAD * 4) / (PAGE * 4));
    let page = takePages(i32, n, self);
    if (page < 0) {
      this.#makeRoom();
      page = takePages(i32, n, self);
    }
    if (page < 0) throw this.#full(bytes);
    const block = this.#base + page * PAGE;
    i32[block] = (page << TAG_PAGE) | (self << 1);
    i32[this.#span(page) + SPAN_CLASS] = ALONE;
    makeSpan(i32, page, n, self);
    return block;
  }

  /** Gives such a block back, from any thread: nothing else refers to it. */
  #giveAlone(block: number, page: number): void {
    const { i32, self } = this;
    i32[block] = (i32[block] as number) | FREE_BLOCK;
    makeSpan(i32, page, pagesOf(i32, page), self);
    givePages(i32, page, self);
  }

  /** Takes back what others have freed. */
  #takeBack(): void {
    const { i32, record } = this;
    if (i32[record + RFREE] === 0) return;
    i32[record + RETURNING] = Atomics.exchange(i32, record + RFREE, 0);
    let left = mostBlocks(i32);
    for (let block = i32[record + RETURNING] as number; block !== 0; block = i32[record + RETURNING] as number) {
      if (--left < 0) corrupt("a list of blocks");
      i32[record + RETURNING] = i32[block + LINK] as number;
      this.#putAway(block, i32[block] as number);
    }
  }

  #full(bytes: number): Panic {
    const size = `${Math.round(this.size / MIB)} MiB`;
    const free = (this.#pages - Atomics.load(this.i32, PAGES_USED)) * PAGE * 4;
    const how = free < bytes ? `all of ${size} used` : `of ${size} only pieces are free, of ${free} bytes in all`;
    const error = new Panic("SHARED_MEMORY", `${bytes} bytes wanted, ${how}; see threads({ memory })`);
    // Before it is read, V8 keeps the channel whose method was called for it, and that would keep what fills the memory.
    void error.stack;
    return error;
  }

  /** Gives back what is not used: of this isolate, of those that are gone, and of those that sleep. */
  #makeRoom(): void {
    const { i32 } = this;
    this.tidy();
    const { isolates } = this;
    for (let isolate = 0; isolate < isolates; isolate++) {
      const state = recordOf(isolate) + STATE;
      if (Atomics.compareExchange(i32, state, FREE, BUSY) !== FREE) continue;
      this.reclaim(isolate);
      Atomics.store(i32, state, FREE);
    }
    this.askOthers();
  }

  /** Asks all that sleep to tidy up, and waits for them. Set by isolate.ts, which can. */
  askOthers: () => void = () => {};

  #use(buffer: ArrayBufferLike): void {
    this.i32 = new Int32Array(buffer);
    this.f64 = new Float64Array(buffer);
    this.u8 = new Uint8Array(buffer);
    // A word of the table, a span and the page itself for each; and the first page begins at a whole one.
    this.#pages = Math.floor((this.i32.length - PAGE_TABLE - PAGE) / (1 + SPAN_WORDS + PAGE));
    this.#spans = PAGE_TABLE + this.#pages;
    this.#base = Math.ceil((this.#spans + this.#pages * SPAN_WORDS) / PAGE) * PAGE;
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

/** How many pages a span of blocks of that class has: four blocks at least. */
function spanPages(kind: number): number {
  return Math.ceil((4 * sizeOf(kind)) / (4 * PAGE));
}

/** How many blocks a span has. */
function blocksOf(kind: number): number {
  return kind === ALONE ? 1 : Math.floor((spanPages(kind) * PAGE * 4) / sizeOf(kind));
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
  return Math.ceil(bytes / ROUND) * ROUND;
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
