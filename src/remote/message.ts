/** A message that this process holds: a value, and what there is to say of it to the server. */
import type { Context } from "../context/types.ts";
import { checkOptions, millis } from "../runtime/args.ts";
import type { Op } from "../runtime/types.ts";
import { made } from "../runtime/unused.ts";
import { checkNumber } from "./check.ts";
import { reasonOf } from "./error.ts";
import { AskOp, type Lease, type Link } from "./link.ts";
import type { Settlement } from "./transport.ts";

/** Options of `nack`. */
export interface NackOptions {
  /** Milliseconds until the message can be received again; what the queue's `backoff` says by default. */
  readonly delay?: number | undefined;
  /** Why, for the dead letters, should this have been the last attempt. */
  readonly error?: unknown | undefined;
}

/**
 * A message of a queue. It is leased to this process: no other gets it until it is settled by `ack`, `nack` or `dead`, or
 * until the lease ends, which is renewed while the process lives. Disposing of it (`await using`) is a `nack`, unless it was settled.
 */
export interface Message<out T> extends AsyncDisposable {
  /** What was sent, a copy. */
  readonly value: T;
  /** The sender's, or one made for it; the same in each attempt. */
  readonly id: string;
  /** Which attempt this is, from 1 up. */
  readonly attempt: number;
  /** When it was stored, by the server's clock. */
  readonly sentAt: Date;
  /** The key it was sent with. */
  readonly key: string | undefined;
  /**
   * Has the values of the context it was sent with, and ends when the lease is lost: what `ack` can no longer save may stop.
   * Its cause is then a `RemoteError` LEASE_LOST. It does not end when the message is settled.
   */
  readonly ctx: Context;
  /**
   * The work is done: the message is gone for good.
   *
   * Blocks until the server has it. In a select it happens as soon as the select would wait. Panics with LEASE_LOST when the
   * lease has ended, and then nothing happens to the message; with ACKED when it is settled already. Throws `RemoteError`
   * UNREACHABLE.
   */
  ack(): Op<void>;
  /**
   * This attempt has failed: the message is ready again after a delay, or a dead letter if it was the last. Blocks, panics
   * and throws as `ack` does.
   *
   * @param options `delay` in milliseconds, and `error`, why
   * @throws ArgumentError for a negative delay
   */
  nack(options?: NackOptions): Op<void>;
  /**
   * No attempt will help: it becomes a dead letter. Blocks, panics and throws as `ack` does.
   *
   * @param error why, for those that look at the dead letters
   */
  dead(error?: unknown): Op<void>;
  /**
   * Lets the lease end `d` milliseconds from now, and renews it no more: for work that must not take longer. Blocks, panics
   * and throws as `ack` does.
   *
   * @param d milliseconds, from 0 up
   * @throws ArgumentError when it is not that
   */
  extend(d: number): Op<void>;
}

export class RemoteMessage implements Message<unknown> {
  readonly #link: Link;
  readonly #lease: Lease;
  readonly #backoff: (attempt: number) => number;

  constructor(link: Link, lease: Lease, backoff: (attempt: number) => number) {
    this.#link = link;
    this.#lease = lease;
    this.#backoff = backoff;
  }

  get value(): unknown {
    return this.#lease.value;
  }

  get id(): string {
    return this.#lease.delivery.id;
  }

  get attempt(): number {
    return this.#lease.delivery.attempt;
  }

  get sentAt(): Date {
    return new Date(this.#lease.delivery.sentAt);
  }

  get key(): string | undefined {
    return this.#lease.delivery.key;
  }

  get ctx(): Context {
    const { ctx } = this.#lease;
    this.#link.watchLeases();
    return ctx;
  }

  /** The lease has ended before the message was settled. */
  get isLost(): boolean {
    return this.#lease.lost;
  }

  get isSettled(): boolean {
    return this.#lease.settled;
  }

  ack(): Op<void> {
    return this.#settle("ack", 0, "");
  }

  nack(options: NackOptions = {}): Op<void> {
    checkOptions("nack", options, "delay, error");
    const delay = checkNumber("nack: delay", options.delay, { least: 0, instead: this.#backoff(this.attempt) });
    return this.#settle("nack", delay, options.error === undefined ? "" : reasonOf(options.error));
  }

  /** Gives it back: no attempt was made. */
  back(): Op<void> {
    return this.#settle("back", 0, "");
  }

  dead(error?: unknown): Op<void> {
    return this.#settle("dead", 0, error === undefined ? "" : reasonOf(error));
  }

  #settle(how: Settlement["how"], delay: number, reason: string): Op<void> {
    const link = this.#link;
    const lease = this.#lease;
    const op = new AskOp<void>(
      link,
      true,
      () => link.checkLease(lease),
      ({ done, fail }) => link.settle(lease, how, delay, reason, () => done(undefined), fail),
    );
    return made(op);
  }

  extend(d: number): Op<void> {
    const link = this.#link;
    const lease = this.#lease;
    millis("extend", d);
    const op = new AskOp<void>(
      link,
      true,
      () => link.checkLease(lease),
      ({ done, fail }) => link.extend(lease, d, () => done(undefined), fail),
    );
    return made(op);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#lease.settled && !this.#lease.lost) await this.nack();
  }
}
