/**
 * Bytes that are being written: numbers, strings and big integers, each as the byte that says what it is and what belongs to
 * it (wire.ts).
 *
 * Invariant: what is written is `u8[0 .. at)`. Who writes a value makes room for 16 bytes before; what can be longer makes
 * its own.
 */
import { isWellFormed, writeUtf8 } from "./text.ts";
import { SLOT, SMALL, V } from "./wire.ts";

/** Strings that are written character by character. */
const SHORT = 32;

const f64 = new Float64Array(1);
const f64bytes = new Uint8Array(f64.buffer);
const i64 = new BigInt64Array(f64.buffer);

export class Bytes {
  u8: Uint8Array = new Uint8Array(1024);
  at = 0;

  /** Makes room for `n` more bytes. */
  room(n: number): void {
    if (this.at + n <= this.u8.length) return;
    const more = new Uint8Array(Math.max(this.u8.length * 2, this.at + n));
    more.set(this.u8);
    this.u8 = more;
  }

  /** Writes a string without anything before it. Gives what it is; -1, and nothing is written, for one that is not well-formed. */
  whole(text: string): number {
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
    return -1;
  }

  number(value: number): void {
    if ((value | 0) === value && (value !== 0 || 1 / value > 0)) {
      if (value >= 0 && value < SMALL) this.u8[this.at++] = V.small + value;
      else {
        this.u8[this.at++] = V.int;
        this.varint(((value << 1) ^ (value >> 31)) >>> 0);
      }
    } else {
      this.u8[this.at++] = V.f64;
      this.double(value);
    }
  }

  /** The eight bytes of a number. There is room. */
  double(value: number): void {
    f64[0] = value;
    this.#eight();
  }

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

  string(text: string): void {
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

  bigint(value: bigint): void {
    if (BigInt.asIntN(64, value) === value) {
      this.u8[this.at++] = V.big64;
      i64[0] = value;
      this.#eight();
    } else {
      this.u8[this.at++] = V.big;
      this.string(value.toString(16));
    }
  }
}
