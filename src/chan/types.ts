/** What users see of a channel: Go's `chan T`, `chan<- T` and `<-chan T`. */
import type { Op } from "../runtime/types.ts";

/** What both ends of a channel have. */
export interface Channel {
  /** How many values are in the buffer (Go's `len`); 0 for a nil channel. */
  readonly length: number;
  /** How many values the buffer holds (Go's `cap`); 0 for an unbuffered or nil channel. */
  readonly capacity: number;
  /** The name it was given, for dumps and traces. */
  readonly name: string | undefined;
}

/**
 * The sending end of a channel (Go's `chan<- T`). A `SendChan<Animal>` is a `SendChan<Cat>`.
 *
 * `send` and `trySend` are properties, not methods: the compiler lets a method's parameters vary both ways, and so would
 * take a `Chan<Cat>` for a `SendChan<Animal>`.
 */
export interface SendChan<in T> extends Channel {
  /**
   * Sends a value.
   *
   * Blocks until a receiver takes it or the buffer has room; on a nil channel for ever. Panics with SEND_ON_CLOSED when
   * the channel is closed, also when it is closed while the send waits.
   * Source: https://go.dev/ref/spec#Send_statements
   *
   * @param value what a receiver gets, not a copy of it
   */
  readonly send: (value: T) => Op<void>;
  /**
   * Sends a value if that is possible without blocking, and says whether it was. Panics with SEND_ON_CLOSED.
   *
   * @param value what a receiver gets, as for `send`
   */
  readonly trySend: (value: T) => boolean;
  /**
   * Says that no more values will be sent. Never blocks. Receivers drain the buffer, then get the zero value; receivers
   * that wait get it now; senders that wait panic.
   * Source: https://go.dev/ref/spec#Close
   *
   * @throws Panic CLOSE_OF_CLOSED, or CLOSE_OF_NIL for a nil channel
   */
  close(): void;
}

/**
 * What a receive gives that says whether the value was sent. A named type, because the compiler infers `T` and `Z` of a
 * named type one by one, but mixes them when it takes a union of tuples apart.
 */
export type Received<T, Z> = [value: T, ok: true] | [value: Z, ok: false];

/** The same, or `undefined` when nothing could be received. */
export type TryReceived<T, Z> = [value: T, ok: true] | [value: Z, ok: false] | undefined;

/** The iterator of a channel: `AsyncIterableIterator<T, undefined>`, in words that TypeScript before 5.6 knows, too. */
export interface Values<out T> extends AsyncIterator<T, undefined> {
  [Symbol.asyncIterator](): Values<T>;
}

/** The receiving end of a channel (Go's `<-chan T`). `Z` is what a receive from a closed and drained channel gives. */
export interface RecvChan<out T, out Z = undefined> extends Channel {
  /**
   * Receives a value; the zero value once the channel is closed and drained.
   *
   * Blocks until there is one or the channel is closed; on a nil channel for ever.
   * Source: https://go.dev/ref/spec#Receive_operator
   */
  recv(): Op<T | Z>;
  /** Receives like `recv`, and says whether the value was sent (`true`) or is the zero value of a closed channel (`false`). */
  recvOk(): Op<Received<T, Z>>;
  /** Receives if that is possible without blocking; `undefined` if not. */
  tryRecv(): TryReceived<T, Z>;
  /** Receives until the channel is closed and drained: `for await (const v of ch)`. Leaving the loop leaves the channel as it is. */
  [Symbol.asyncIterator](): Values<T>;
}

/** A channel of `T` (Go's `chan T`): both ends in one. */
export interface Chan<in out T, out Z = undefined> extends SendChan<T>, RecvChan<T, Z> {}
