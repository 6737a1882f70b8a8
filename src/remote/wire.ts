/**
 * What a message looks like: the value, in the library's own codec or as JSON, and the values of the context it was sent
 * with. A client of the server can send anything, so what arrives is checked, and a message that is none is
 * refused by an error that says why.
 */

import { CarriedValues, type Entry, valuesOf } from "../context/carried.ts";
import { background } from "../context/roots.ts";
import type { Context } from "../context/types.ts";
import { unexpected } from "../runtime/args.ts";
import { ArgumentError, show } from "../runtime/panic.ts";
import type { Codec } from "../threads/values/codec.ts";
import { decodePortable, encodePortable } from "../threads/values/portable.ts";

/** A schema by the standard of https://standardschema.dev, which most libraries of schemas follow. */
export interface StandardSchema<out T> {
  /** What the standard asks for: how to check a value. */
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    /** @param value what was sent, or is to be */
    validate(value: unknown): SchemaResult<T> | Promise<SchemaResult<T>>;
  };
}

/** What a schema says of a value. */
export type SchemaResult<T> =
  | { readonly value: T; readonly issues?: undefined }
  | { readonly issues: readonly { readonly message: string }[] };

/** How the values of a queue travel. */
export interface WireOptions<T> {
  /**
   * `"json"`, for programs in other languages, or a codec of your own: `encode` gives what travels in a value's stead. By
   * default everything travels that travels between threads, less what is shared.
   */
  readonly codec?: Codec<T> | "json" | undefined;
  /** Checks each value when it is sent and when it arrives: of zod, valibot, arktype, … It must answer at once, not by a promise. */
  readonly schema?: StandardSchema<T> | undefined;
}

/** A message says that it is none. */
export class WireError extends Error {
  override get name(): string {
    return "WireError";
  }
}

interface Arrived {
  readonly value: unknown;
  readonly ctx: Context;
}

/** How the values of one queue travel. */
export class Wire {
  readonly #what: string;
  readonly #codec: Codec<unknown> | "json" | undefined;
  readonly #schema: StandardSchema<unknown> | undefined;
  readonly #maxSize: number;

  /** @param what the queue, for errors: `queue "mails"` */
  constructor(what: string, { codec, schema }: WireOptions<never>, maxSize: number) {
    this.#what = what;
    this.#codec = codec as Codec<unknown> | "json" | undefined;
    this.#schema = schema;
    this.#maxSize = maxSize;
    const given = codec as Partial<Codec<unknown>> | string | undefined | null;
    const isCodec =
      typeof given === "object" && typeof given?.encode === "function" && typeof given.decode === "function";
    if (given !== undefined && given !== "json" && !isCodec) {
      throw unexpected(`${what}: codec`, '"json" or a codec like { encode, decode }', codec);
    }
    if (schema !== undefined && typeof schema?.["~standard"]?.validate !== "function") {
      throw unexpected(`${what}: schema`, 'a standard schema (with "~standard")', schema);
    }
  }

  /** @throws ArgumentError when the value can't travel, does not follow the schema, or is too large */
  encode(value: unknown, ctx: Context | undefined): Uint8Array {
    const checked = this.#checked(value, (text) => new ArgumentError(`${this.#what}: ${text}`));
    const where = `${this.#what}: value`;
    const codec = this.#codec;
    let bytes: Uint8Array;
    if (codec === "json") {
      const text = JSON.stringify(checked) as string | undefined;
      if (text === undefined) throw new ArgumentError(`${where} is ${show(value)}, which JSON has no word for`);
      bytes = new TextEncoder().encode(text);
    } else {
      const sent = codec === undefined ? checked : codec.encode(checked);
      const carried = ctx === undefined ? [] : valuesOf(ctx, travels);
      bytes = encodePortable(carried.length === 0 ? [sent] : [sent, carried], where, 1);
    }
    if (bytes.length > this.#maxSize) {
      throw new ArgumentError(
        `${where} takes ${bytes.length} bytes, and maxSize is ${this.#maxSize}; send what says where it is, or raise maxSize`,
      );
    }
    return bytes;
  }

  /** @throws when the bytes are no message, or the value does not follow the schema */
  decode(bytes: Uint8Array): Arrived {
    const codec = this.#codec;
    if (codec === "json") {
      const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
      return { value: this.#checked(value, wire), ctx: background() };
    }
    const message = decodePortable(bytes);
    if (!Array.isArray(message) || message.length < 1 || message.length > 2) throw wire("it is not a message");
    const [sent, carried = []] = message as [unknown, unknown?];
    if (!Array.isArray(carried) || !carried.every(isEntry)) throw wire("its context is none");
    const value = codec === undefined ? sent : codec.decode(sent);
    const ctx = carried.length === 0 ? background() : new CarriedValues(background(), null, carried);
    return { value: this.#checked(value, wire), ctx };
  }

  #checked(value: unknown, refuse: (text: string) => Error): unknown {
    if (this.#schema === undefined) return value;
    const result = this.#schema["~standard"].validate(value);
    if (result instanceof Promise) {
      throw new ArgumentError(`${this.#what}: the schema answers by a promise; use one that answers at once`);
    }
    if (result.issues === undefined) return result.value;
    throw refuse(`the value does not follow the schema: ${result.issues.map(({ message }) => message).join("; ")}`);
  }
}

function wire(text: string): WireError {
  return new WireError(text);
}

export function travels(entry: Entry): boolean {
  try {
    encodePortable(entry, "context");
    return true;
  } catch {
    return false;
  }
}

export function isEntry(entry: unknown): entry is Entry {
  return typeof entry === "object" && entry !== null && "named" in entry && "key" in entry && "value" in entry;
}
