/**
 * The channel in shared memory: `runtime/chan.go`, line by line, on words.
 *
 * Invariants, as in chan/hchan.ts: at least one of the queues is empty, except for selects on both ends; a buffer with
 * values has no receivers waiting, one with room no senders; after `close` both queues are empty for good. They hold
 * whenever the lock is free.
 *
 * Values are packed before the lock is taken and unpacked after it is given back, and partners are told after that, so
 * that what happens under the lock can neither throw nor take long. A number needs no packing.
 *
 * A look without the lock comes first where the answer is mostly "not now": it may be out of date, but so would the
 * answer be one instruction later.
 */
import { CLOSED as DRAINED } from "../../chan/closed.ts";
import { at, emit, tap } from "../../runtime/events.ts";
import { NO } from "../../runtime/op.ts";
import { Panic } from "../../runtime/panic.ts";
import { rivals } from "../../runtime/waiter.ts";
import { BUFFER, DIRTY, HEAD, QCOUNT, RECVQ, RECVX, SENDQ, SENDX, SIZE, SLOT_WORDS, STATUS } from "../memory/layout.ts";
import { memory } from "../memory/memory.ts";
import { CLOSED, OPEN } from "../memory/object.ts";
import type { Codec } from "../values/codec.ts";
import { drop, move, pack, packNumber, take, unpack } from "../values/slot.ts";
import { lock, unlock } from "./lock.ts";
import { SharedObject } from "./shared.ts";
import { CELL, dequeue, ENDED, FAILED, QUEUE, SERVED, STATE, serve } from "./sudog.ts";
import { waiting } from "./waiting.ts";

/** A slot of this thread's own, for the value that is about to be sent. */
let scratch = 0;

function scratchSlot(): number {
  if (scratch === 0) scratch = memory.alloc(SLOT_WORDS * 4) + HEAD;
  return scratch;
}

export class SharedHchan extends SharedObject {
  get kind(): "chan" {
    return "chan";
  }

  zero: unknown = undefined;
  codec: Codec<unknown> | null = null;

  get length(): number {
    return memory.i32[this.ptr + QCOUNT] as number;
  }

  get capacity(): number {
    return memory.i32[this.ptr + SIZE] as number;
  }

  /** `chansend` up to where it would block. */
  trySend(value: unknown): boolean {
    const { i32, f64 } = memory;
    const c = this.ptr;
    if (i32[c + QCOUNT] === i32[c + SIZE] && i32[c + RECVQ] === 0 && Atomics.load(i32, c + STATUS) === OPEN) {
      rivals.missed++;
      return false;
    }
    const plain = typeof value === "number" && this.codec === null;
    let from = 0;
    if (!plain) {
      from = scratchSlot();
      this.pack(from, value);
    }
    lock(c);
    const status = i32[c + STATUS];
    if (status !== OPEN) {
      unlock(c);
      if (!plain) drop(from);
      throw failure(status as number);
    }
    if (i32[c + RECVQ] !== 0) {
      i32[c + DIRTY] = 1;
      const s = dequeue(c + RECVQ);
      if (s !== 0) {
        if (plain) packNumber(i32, f64, s + CELL, value as number);
        else move(i32, from, s + CELL);
        serve(s, SERVED);
        i32[c + DIRTY] = 0;
        unlock(c);
        if (!plain) i32[from] = 0;
        if (tap.listener !== null) this.#tell("chan-send", value, true, true);
        waiting.deliver();
        return true;
      }
      i32[c + DIRTY] = 0;
    }
    const count = i32[c + QCOUNT] as number;
    const size = i32[c + SIZE] as number;
    if (count === size) {
      unlock(c);
      if (!plain) drop(from);
      rivals.missed++;
      return false;
    }
    const x = i32[c + SENDX] as number;
    const to = c + BUFFER + x * SLOT_WORDS;
    if (plain) packNumber(i32, f64, to, value as number);
    else move(i32, from, to);
    i32[c + SENDX] = x + 1 === size ? 0 : x + 1;
    i32[c + QCOUNT] = count + 1;
    unlock(c);
    if (!plain) i32[from] = 0;
    if (tap.listener !== null) this.#tell("chan-send", value, false, true);
    return true;
  }

  /** `chanrecv` up to where it would block: the value; `NO`; or, closed and drained, what says so. */
  take(): unknown {
    const { i32, f64 } = memory;
    const c = this.ptr;
    if (Atomics.load(i32, c + QCOUNT) === 0 && i32[c + SENDQ] === 0 && i32[c + STATUS] === OPEN) return this.#miss();
    lock(c);
    let s = 0;
    let tag: number;
    let aux: number;
    let double: number;
    const count = i32[c + QCOUNT] as number;
    if (count > 0) {
      const x = i32[c + RECVX] as number;
      const from = c + BUFFER + x * SLOT_WORDS;
      tag = i32[from] as number;
      aux = i32[from + 1] as number;
      double = f64[(from + 2) >> 1] as number;
      const next = x + 1 === i32[c + SIZE] ? 0 : x + 1;
      if (i32[c + SENDQ] !== 0) {
        i32[c + DIRTY] = 1;
        s = dequeue(c + SENDQ);
      }
      if (s === 0) i32[c + QCOUNT] = count - 1;
      else {
        // The buffer is full, so the slot that frees is also its tail: the sender's value goes there.
        move(i32, s + CELL, from);
        i32[s + CELL] = 0;
        i32[c + SENDX] = next;
        serve(s, SERVED);
      }
      i32[c + RECVX] = next;
      i32[c + DIRTY] = 0;
    } else {
      i32[c + DIRTY] = 1;
      s = dequeue(c + SENDQ);
      if (s === 0) {
        i32[c + DIRTY] = 0;
        const status = i32[c + STATUS] as number;
        unlock(c);
        return status === OPEN ? this.#miss() : this.#ended(status);
      }
      tag = i32[s + CELL] as number;
      aux = i32[s + CELL + 1] as number;
      double = f64[(s + CELL + 2) >> 1] as number;
      i32[s + CELL] = 0;
      serve(s, SERVED);
      i32[c + DIRTY] = 0;
    }
    unlock(c);
    if (s !== 0) waiting.deliver();
    const value = this.unpack(tag, aux, double);
    if (tap.listener !== null) this.#tell("chan-recv", value, count === 0, true);
    return value;
  }

  override settle(s: number): boolean {
    return (memory.i32[s + QUEUE] as number) === SENDQ ? this.#settleSend(s) : this.#settleRecv(s);
  }

  #settleSend(s: number): boolean {
    const { i32 } = memory;
    const c = this.ptr;
    const status = i32[c + STATUS] as number;
    if (status !== OPEN) {
      i32[s + STATE] = status === CLOSED ? ENDED : FAILED;
      return true;
    }
    i32[c + DIRTY] = 1;
    const receiver = dequeue(c + RECVQ);
    const count = i32[c + QCOUNT] as number;
    const size = i32[c + SIZE] as number;
    if (receiver !== 0) {
      move(i32, s + CELL, receiver + CELL);
      serve(receiver, SERVED);
    } else if (count < size) {
      const x = i32[c + SENDX] as number;
      move(i32, s + CELL, c + BUFFER + x * SLOT_WORDS);
      i32[c + SENDX] = x + 1 === size ? 0 : x + 1;
      i32[c + QCOUNT] = count + 1;
    }
    const done = receiver !== 0 || count < size;
    if (done) {
      i32[s + CELL] = 0;
      i32[s + STATE] = SERVED;
    }
    i32[c + DIRTY] = 0;
    return done;
  }

  #settleRecv(s: number): boolean {
    const { i32 } = memory;
    const c = this.ptr;
    const count = i32[c + QCOUNT] as number;
    i32[c + DIRTY] = 1;
    const sender = dequeue(c + SENDQ);
    let state = IDLE_STATE;
    if (count > 0) {
      const x = i32[c + RECVX] as number;
      const from = c + BUFFER + x * SLOT_WORDS;
      const next = x + 1 === i32[c + SIZE] ? 0 : x + 1;
      move(i32, from, s + CELL);
      if (sender === 0) i32[c + QCOUNT] = count - 1;
      else {
        move(i32, sender + CELL, from);
        i32[c + SENDX] = next;
      }
      i32[c + RECVX] = next;
      state = SERVED;
    } else if (sender !== 0) {
      move(i32, sender + CELL, s + CELL);
      state = SERVED;
    } else if (i32[c + STATUS] !== OPEN) state = i32[c + STATUS] === CLOSED ? ENDED : FAILED;
    if (sender !== 0) {
      i32[sender + CELL] = 0;
      serve(sender, SERVED);
    }
    if (state !== IDLE_STATE) i32[s + STATE] = state;
    i32[c + DIRTY] = 0;
    return state !== IDLE_STATE;
  }

  override outcome(s: number): unknown {
    const { i32 } = memory;
    const state = i32[s + STATE];
    if (i32[s + QUEUE] === SENDQ) {
      if (state === SERVED) return undefined;
      drop(s + CELL);
      throw failure(state === ENDED ? CLOSED : LOST_STATUS);
    }
    if (state === FAILED) throw failure(LOST_STATUS);
    if (state === ENDED) return this.zero;
    const value = take(s + CELL);
    return this.codec === null ? value : this.codec.decode(value);
  }

  close(): void {
    const { i32 } = memory;
    const c = this.ptr;
    lock(c);
    const status = i32[c + STATUS] as number;
    if (status !== OPEN) {
      unlock(c);
      throw status === CLOSED ? new Panic("CLOSE_OF_CLOSED") : failure(status);
    }
    i32[c + DIRTY] = 1;
    Atomics.store(i32, c + STATUS, CLOSED);
    for (let s = dequeue(c + RECVQ); s !== 0; s = dequeue(c + RECVQ)) serve(s, ENDED);
    for (let s = dequeue(c + SENDQ); s !== 0; s = dequeue(c + SENDQ)) serve(s, ENDED);
    i32[c + DIRTY] = 0;
    unlock(c);
    if (tap.listener !== null) emit({ kind: "chan-close", ...at(this.p), chan: this.id });
    waiting.deliver();
  }

  /** Puts a value of this channel into a slot. */
  pack(to: number, value: unknown): void {
    pack(to, this.codec === null ? value : this.codec.encode(value), "send: value");
  }

  unpack(tag: number, aux: number, double: number): unknown {
    const value = unpack(tag, aux, double);
    return this.codec === null ? value : this.codec.decode(value);
  }

  #miss(): NO {
    rivals.missed++;
    return NO;
  }

  #ended(status: number): typeof DRAINED {
    if (status !== CLOSED) throw failure(status);
    if (tap.listener !== null) this.#tell("chan-recv", this.zero, false, false);
    return DRAINED;
  }

  #tell(kind: "chan-send" | "chan-recv", value: unknown, direct: boolean, ok: boolean): void {
    emit({ kind, ...at(this.p), chan: this.id, value, length: this.length, direct, ok });
  }
}

const IDLE_STATE = 0;
const LOST_STATUS = 2;

function failure(status: number): Panic {
  return status === CLOSED ? new Panic("SEND_ON_CLOSED") : new Panic("SHARED_LOST", "shared channel");
}
