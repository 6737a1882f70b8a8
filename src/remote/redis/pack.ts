/** MessagePack, as far as the script speaks it: `cmsgpack` is what Redis gives to scripts. */
import type { Bytes, NodeBuffer } from "./host.ts";

/** Bytes behind a text, which the script sees as one string. */
export interface Joined {
  readonly head: string;
  readonly body: Uint8Array;
}

export type Packable =
  | string
  | number
  | boolean
  | Joined
  | readonly Packable[]
  | { readonly [field: string]: Packable };

/** What comes back: strings are bytes. */
export type Unpacked = Bytes | number | boolean | null | readonly Unpacked[];

const isJoined = (value: object): value is Joined => "body" in value && value.body instanceof Uint8Array;

/** At most so many bytes. */
function sizeOf(value: Packable): number {
  if (typeof value === "string") return 5 + 3 * value.length;
  if (typeof value !== "object") return 9;
  let size = 5;
  if (Array.isArray(value)) for (const each of value) size += sizeOf(each as Packable);
  else if (isJoined(value)) size += 3 * value.head.length + value.body.length;
  else for (const [field, each] of Object.entries(value)) size += sizeOf(field) + sizeOf(each as Packable);
  return size;
}

export function pack(buffer: NodeBuffer, value: Packable): Bytes {
  const into = buffer.allocUnsafe(sizeOf(value));
  let at = 0;
  const head = (kind: number, n: number): void => {
    into[at] = kind;
    into.writeUInt32BE(n, at + 1);
    at += 5;
  };
  const write = (each: Packable): void => {
    if (typeof each === "string") {
      const length = into.write(each, at + 5);
      head(0xdb, length);
      at += length;
    } else if (typeof each === "number") {
      into[at] = 0xcb;
      at = into.writeDoubleBE(each, at + 1);
    } else if (typeof each === "boolean") into[at++] = each ? 0xc3 : 0xc2;
    else if (Array.isArray(each)) {
      head(0xdd, each.length);
      each.forEach(write);
    } else if (isJoined(each)) {
      const length = into.write(each.head, at + 5);
      head(0xdb, length + each.body.length);
      into.set(each.body, at + length);
      at += length + each.body.length;
    } else {
      const entries = Object.entries(each);
      head(0xdf, entries.length);
      for (const [field, of] of entries) {
        write(field);
        write(of as Packable);
      }
    }
  };
  write(value);
  return into.subarray(0, at);
}

/** @throws when the bytes are not what the script writes */
export function unpack(bytes: Bytes): Unpacked {
  let at = 0;
  const string = (length: number): Bytes => {
    at += length;
    return bytes.subarray(at - length, at);
  };
  const array = (length: number): Unpacked[] => Array.from({ length }, read);
  const integer = (size: number): number => {
    at += size;
    return size === 8 ? Number(bytes.readBigInt64BE(at - 8)) : bytes.readUIntBE(at - size, size);
  };
  const signed = (size: 1 | 2 | 4): number => {
    at += size;
    return bytes.readIntBE(at - size, size);
  };
  function read(): Unpacked {
    const kind = bytes.readUInt8(at++);
    if (kind < 0x80) return kind;
    if (kind >= 0xe0) return kind - 0x100;
    if (kind >= 0x90 && kind < 0xa0) return array(kind & 0x0f);
    if (kind >= 0xa0 && kind < 0xc0) return string(kind & 0x1f);
    switch (kind) {
      case 0xc0:
        return null;
      case 0xc2:
      case 0xc3:
        return kind === 0xc3;
      case 0xca:
        at += 4;
        return bytes.readFloatBE(at - 4);
      case 0xcb:
        at += 8;
        return bytes.readDoubleBE(at - 8);
      case 0xcc:
      case 0xcd:
      case 0xce:
      case 0xcf:
        return integer(2 ** (kind - 0xcc));
      case 0xd0:
      case 0xd1:
      case 0xd2:
        return signed((2 ** (kind - 0xd0)) as 1 | 2 | 4);
      case 0xd3:
        return integer(8);
      case 0xd9:
        return string(integer(1));
      case 0xda:
        return string(integer(2));
      case 0xdb:
        return string(integer(4));
      case 0xdc:
        return array(integer(2));
      case 0xdd:
        return array(integer(4));
      default:
        throw new Error(`no answer of the script has the byte ${kind}`);
    }
  }
  return read();
}
