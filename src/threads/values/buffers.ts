/**
 * A `SharedArrayBuffer` on its way: it stays the same memory. So do the insides of a
 * `WebAssembly.Module` and of a shared `WebAssembly.Memory`, which only the host can copy. None of them can be written into other shared memory, so the first
 * time one is sent it is announced to all threads on a broadcast channel, and what travels is the pointer of a record that
 * counts the threads that use it. The announcement comes before the pointer, and Node lets a thread read what has been
 * announced to it at any time.
 *
 * Invariants: a thread listens before anything can be sent to it, and takes no work before the first thread has told it
 * what was announced earlier; each thread keeps every buffer that was announced, as a second object for the same memory,
 * until the last use is over.
 *
 * Browsers can't read an announcement while code runs, so there a buffer may come before its announcement: an error says so.
 */

import { once } from "../../runtime/copies.ts";
import { builtin, entropy } from "../../runtime/host.ts";
import { hold, unhold } from "../memory/holds.ts";
import { isolate } from "../memory/isolate.ts";
import {
  BUFFERS as ANNOUNCED,
  HEAD,
  SHARED_ID as ID,
  BUFFER_IDS as IDS,
  KIND,
  BUFFER_CHANNEL as NAME,
  SHARED_REFS as REFS,
  SHARED_WORDS,
} from "../memory/layout.ts";
import { memory } from "../memory/memory.ts";
import { SHARED_BUFFER } from "../memory/object.ts";
import { brandOf } from "./brand.ts";
import { HANDLE, registerHandle } from "./handles.ts";
import { CorruptError } from "./reader.ts";

/** What only the host can copy. */
type Hosted = object;

/**
 * What it can, beside a `SharedArrayBuffer`, and to all threads at once, by the names that the host gives them. Node posts what it
 * counts among its own objects, a `Blob` or a key, to one receiver only.
 */
const CLONED: readonly string[] = ["WebAssembly.Module", "WebAssembly.Memory"];

function isHosted(value: object): boolean {
  if (brandOf(value) === "SharedArrayBuffer") return true;
  if (!CLONED.includes(Object.prototype.toString.call(value).slice(8, -1))) return false;
  const { buffer } = value as { readonly buffer?: object };
  // Of a memory, only one that is shared.
  return buffer === undefined || brandOf(buffer) === "SharedArrayBuffer";
}

type News =
  | { readonly kind: "here"; readonly id: number; readonly buffer: Hosted }
  | { readonly kind: "gone"; readonly id: number }
  | { readonly kind: "hello"; readonly from: number }
  | { readonly kind: "known"; readonly to: number; readonly all: readonly (readonly [number, Hosted])[] };

interface Channel {
  postMessage(news: News): void;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  unref?(): void;
}

interface NodeThreads {
  readonly receiveMessageOnPort: (port: Channel) => { readonly message: unknown } | undefined;
}

function idOf(record: number): number {
  return memory.i32[record + ID] as number;
}

class Buffers {
  /** All that are announced. */
  readonly #all = new Map<number, Hosted>();
  /** This thread's objects for them. */
  readonly #live = new Map<number, WeakRef<Hosted>>();
  readonly #records = new WeakMap<Hosted, number>();
  readonly #forgotten = new FinalizationRegistry<{ readonly record: number; readonly entry: number }>(
    ({ record, entry }) => {
      const id = idOf(record);
      if (this.#live.get(id)?.deref() === undefined) this.#live.delete(id);
      unhold(entry);
      this.release(record);
    },
  );
  #channel: Channel | null = null;
  #welcomed: (() => void) | null = null;

  /** Listens. On a thread that others started before: settles when it knows what they know. */
  open(): Promise<void> | undefined {
    if (this.#channel !== null || !memory.shared) return undefined;
    const { BroadcastChannel } = globalThis as unknown as { BroadcastChannel?: new (name: string) => Channel };
    if (BroadcastChannel === undefined) return undefined;
    // All of a process, or of a page's origin, share the names.
    if (memory.self === 0) memory.i32[NAME] = entropy();
    this.#channel = new BroadcastChannel(`millrace ${memory.i32[NAME]}`);
    this.#channel.onmessage = ({ data }) => this.#heard(data as News);
    this.#channel.unref?.();
    if (memory.self === 0 || Atomics.load(memory.i32, ANNOUNCED) === 0) return undefined;
    this.#channel.postMessage({ kind: "hello", from: memory.self });
    return new Promise((resolve) => {
      this.#welcomed = resolve;
    });
  }

  /** The record of a buffer, with one more use. */
  recordOf(buffer: Hosted): number {
    isolate.open();
    this.open();
    const known = this.#records.get(buffer);
    if (known !== undefined) {
      Atomics.add(memory.i32, known + REFS, 1); // our own use is in it, so it is alive
      return known;
    }
    const record = memory.alloc((SHARED_WORDS - HEAD) * 4);
    memory.i32[record + KIND] = SHARED_BUFFER;
    memory.i32[record + REFS] = 2;
    Atomics.add(memory.i32, ANNOUNCED, 1);
    const id = Atomics.add(memory.i32, IDS, 1) + 1;
    memory.i32[record + ID] = id;
    this.#all.set(id, structuredClone(buffer));
    this.#channel?.postMessage({ kind: "here", id, buffer });
    this.#use(record, buffer);
    return record;
  }

  /** This thread's object for a record. Adopts the use. */
  bufferOf(record: number): Hosted {
    const id = idOf(record);
    const known = this.#live.get(id)?.deref();
    if (known !== undefined) {
      this.release(record);
      return known;
    }
    if (!this.#all.has(id)) this.#hear();
    const buffer = this.#all.get(id);
    if (buffer === undefined) throw new CorruptError("an object of the host came before it was announced");
    const mine = structuredClone(buffer);
    this.#use(record, mine);
    return mine;
  }

  release(record: number): void {
    const { i32 } = memory;
    const id = idOf(record); // before others may free it
    if (Atomics.sub(i32, record + REFS, 1) !== 1) return;
    this.#all.delete(id);
    Atomics.sub(i32, ANNOUNCED, 1);
    this.#channel?.postMessage({ kind: "gone", id });
    memory.free(record);
  }

  /** How many are announced. */
  get count(): number {
    this.#hear();
    return this.#all.size;
  }

  #use(record: number, buffer: Hosted): void {
    this.#records.set(buffer, record);
    this.#live.set(idOf(record), new WeakRef(buffer));
    this.#forgotten.register(buffer, { record, entry: hold(record) });
  }

  #heard(news: News): void {
    if (news.kind === "here") this.#all.set(news.id, news.buffer);
    else if (news.kind === "gone") this.#all.delete(news.id);
    else if (news.kind === "hello") {
      if (memory.self === 0) this.#channel?.postMessage({ kind: "known", to: news.from, all: [...this.#all] });
    } else if (news.to === memory.self) {
      for (const [id, buffer] of news.all) this.#all.set(id, buffer);
      this.#welcomed?.();
      this.#welcomed = null;
    }
  }

  /** Reads what has been announced. */
  #hear(): void {
    const { receiveMessageOnPort } = (builtin("node:worker_threads") ?? {}) as Partial<NodeThreads>;
    if (this.#channel === null || receiveMessageOnPort === undefined) return;
    for (let next = receiveMessageOnPort(this.#channel); next !== undefined; ) {
      this.#heard(next.message as News);
      next = receiveMessageOnPort(this.#channel);
    }
  }
}

/** The shared buffers that this thread knows. */
export const buffers: Buffers = once("buffers", () => new Buffers());

/** Makes shared buffers able to travel. On a thread that others started, settles when they can come. */
export function shareBuffers(): Promise<void> | undefined {
  registerHandle({
    kind: HANDLE.buffer,
    is: isHosted,
    encode: (value) => buffers.recordOf(value),
    decode: (record) => buffers.bufferOf(record),
    release: (record) => buffers.release(record),
  });
  return memory.opened ? buffers.open() : undefined;
}
