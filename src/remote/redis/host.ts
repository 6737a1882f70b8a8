/** What the adapter needs of Node, Bun or Deno. */
import { builtin } from "../../runtime/host.ts";

/** A Buffer, as far as it is used. */
export interface Bytes extends Uint8Array {
  subarray(from?: number, to?: number): Bytes;
  toString(encoding?: "utf8", from?: number, to?: number): string;
  write(text: string, at: number): number;
  writeUInt32BE(n: number, at: number): number;
  writeDoubleBE(n: number, at: number): number;
  readUInt8(at: number): number;
  readUIntBE(at: number, size: number): number;
  readIntBE(at: number, size: number): number;
  readBigInt64BE(at: number): bigint;
  readFloatBE(at: number): number;
  readDoubleBE(at: number): number;
}

export interface NodeBuffer {
  allocUnsafe(size: number): Bytes;
  from(text: string): Bytes;
  isBuffer(value: unknown): boolean;
}

/** The host's Buffer; undefined in a browser, which can't speak with Redis either. */
export function bufferOf(): NodeBuffer | undefined {
  return (builtin("node:buffer") as { readonly Buffer: NodeBuffer } | undefined)?.Buffer;
}
