/**
 * A queue of the fleet's own: the calls of a function, what is told to a process, and how others learn that one is gone. Its
 * names have a colon, so no program can open one.
 *
 * What is received is the lease itself: its holder settles it through the link.
 */
import { CLOSED } from "../chan/closed.ts";
import type { Context } from "../context/types.ts";
import { NO } from "../runtime/op.ts";
import { type Proxies, Waiter } from "../runtime/waiter.ts";
import { type Lease, type Link, type Owner, RecvOp } from "./link.ts";
import type { Item } from "./transport.ts";
import type { Wire } from "./wire.ts";

export class Box implements Owner {
  readonly link: Link;
  readonly recv: RecvOp;
  readonly #wire: Wire;
  readonly #nextId: () => string;
  /** It is heard until the fleet is left, also while that is drained. */
  readonly stays: boolean;
  /** This process works on what comes into it. */
  served = false;

  constructor(wire: Wire, stays: boolean, nextId: () => string, open: (box: Box) => Link) {
    this.stays = stays;
    this.#wire = wire;
    this.#nextId = nextId;
    this.link = open(this);
    this.recv = new RecvOp(this.link);
  }

  decode(body: Uint8Array): { value: unknown; ctx: Context } {
    return this.#wire.decode(body);
  }

  hand(lease: Lease): Lease {
    return lease;
  }

  /**
   * The bytes of a message, for `post`.
   *
   * @throws ArgumentError when they are too many
   */
  encode(value: unknown): Uint8Array {
    return this.#wire.encode(value, undefined);
  }

  /** Stores a message, after all that were posted before. */
  post(
    body: Uint8Array,
    done: (error: Error | null) => void,
    { id, key }: { readonly id?: string; readonly key?: string | undefined } = {},
  ): void {
    const ticket = this.#nextId();
    const item: Item = { id: id ?? ticket, once: false, body, key, priority: 4, delay: 0, expires: Infinity, ticket };
    this.link.post(item, done);
  }
}

/** Hears what comes into a box, without a goroutine: a program that forgets its fleet has none left over. */
export class Ear extends Waiter {
  override prev: Waiter | null = null;
  override next: Waiter | null = null;
  override value: unknown = undefined;
  override proxies: Proxies = null;
  readonly #box: Box;
  readonly #heard: (lease: Lease) => void;
  readonly #lost: (error: unknown) => void;
  #listens = true;

  /**
   * @param heard gets each message, and may call `stop`
   * @param lost the box can't be used any more
   */
  constructor(box: Box, heard: (lease: Lease) => void, lost: (error: unknown) => void) {
    super();
    this.#box = box;
    this.#heard = heard;
    this.#lost = lost;
  }

  listen(): void {
    const { link } = this.#box;
    try {
      for (let lease = link.take(); lease !== NO; lease = link.take()) {
        if (lease === CLOSED) return;
        this.#heard(lease as Lease);
        if (!this.#listens) return;
      }
    } catch (error) {
      this.fail(error);
      return;
    }
    link.push(this);
  }

  stop(): void {
    this.#listens = false;
    this.#box.link.remove(this);
  }

  override complete(lease: unknown, ok: boolean): void {
    if (!ok) return; // the fleet is drained
    this.#heard(lease as Lease);
    if (this.#listens) this.listen();
  }

  override fail(error: unknown): void {
    if (this.#listens) this.#lost(error);
    this.#listens = false;
  }
}
