/** A channel over machines: the local type, on the same engine as a queue. What is received is acked as it is handed over. */
import { CLOSED } from "../chan/closed.ts";
import { iterate } from "../chan/iterate.ts";
import { TranslatedRecv } from "../chan/translated.ts";
import type { Chan, Received, TryReceived, Values } from "../chan/types.ts";
import type { Context } from "../context/types.ts";
import { NO } from "../runtime/op.ts";
import type { Op } from "../runtime/types.ts";
import { made } from "../runtime/unused.ts";
import { type Lease, type Link, RecvOp, SendOp } from "./link.ts";
import { Linked } from "./linked.ts";
import type { Item } from "./transport.ts";
import type { Wire, WireOptions } from "./wire.ts";

/** Options of `fleet.chan`. They are the same for all that open the channel. */
export interface RemoteChanOptions<T, Z = undefined> extends WireOptions<T> {
  /** How many values it holds before a send waits: a whole number from 1 up. */
  readonly capacity: number;
  /** What a receive gives once the channel is closed and drained; `undefined` by default. */
  readonly zero?: Z | undefined;
}

const pair = (value: unknown, ok: boolean): Received<unknown, unknown> => [value, ok] as Received<unknown, unknown>;

export class RemoteChannel extends Linked implements Chan<unknown, unknown> {
  readonly link: Link;
  readonly options: RemoteChanOptions<never, unknown>;
  readonly #wire: Wire;
  readonly #nextId: () => string;
  readonly #recv: RecvOp;

  constructor(
    options: RemoteChanOptions<never, unknown>,
    wire: Wire,
    nextId: () => string,
    open: (channel: RemoteChannel) => Link,
  ) {
    super();
    this.options = options;
    this.#wire = wire;
    this.#nextId = nextId;
    this.link = open(this);
    this.#recv = new RecvOp(this.link);
  }

  decode(body: Uint8Array): { value: unknown; ctx: Context } {
    return this.#wire.decode(body);
  }

  /** The program has the value from here on, so the server may forget it. */
  hand(lease: Lease): unknown {
    this.link.release(lease);
    return lease.value;
  }

  #item(value: unknown): () => Item {
    const body = this.#wire.encode(value, undefined);
    return () => {
      const id = this.#nextId();
      return { id, once: false, body, key: undefined, priority: 4, delay: 0, expires: Infinity, ticket: id };
    };
  }

  send(value: unknown): Op<void> {
    return made(new SendOp(this.link, this.#item(value)));
  }

  trySend(value: unknown): boolean {
    return this.link.trySend(this.#item(value)());
  }

  close(): void {
    this.link.close();
  }

  recv(): Op<unknown> {
    return made(this.#recv);
  }

  recvOk(): Op<Received<unknown, unknown>> {
    return made(new TranslatedRecv(this.link, pair));
  }

  tryRecv(): TryReceived<unknown, unknown> {
    const value = this.link.take();
    if (value !== NO && value !== CLOSED) return [value, true];
    return this.link.isClosed ? [this.link.zero, false] : undefined;
  }

  [Symbol.asyncIterator](): Values<unknown> {
    return iterate(this);
  }
}
