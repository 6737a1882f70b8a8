/**
 * The receives that say whether the value was sent: `recvOk` and `range`. They are the plain receive with its outcome
 * translated, which on a park needs a waiter of their own between the channel and whoever waits.
 */
import { NO, Operation } from "../runtime/op.ts";
import type { P } from "../runtime/proc.ts";
import type { Thing } from "../runtime/thing.ts";
import { type Proxies, Relay, type Waiter } from "../runtime/waiter.ts";
import { CLOSED } from "./closed.ts";

/** What can be received from: a channel, or something else that looks like one. */
export interface Source extends Thing {
  readonly p: P;
  readonly zero: unknown;
  /** Where a receive waits. */
  readonly recvq: { push(w: Waiter): void; remove(w: Waiter): void };
  /** The next value; `NO` when there is none yet, `CLOSED` when there will be none. */
  take(): unknown;
}

/** On the channel's queue for `owner`: translates what the channel says. */
class Translator extends Relay {
  override prev: Waiter | null = null;
  override next: Waiter | null = null;
  override value: unknown = undefined;
  override proxies: Proxies = null;
  protected override readonly owner: Waiter;
  readonly #translate: (value: unknown, ok: boolean) => unknown;

  constructor(owner: Waiter, translate: (value: unknown, ok: boolean) => unknown) {
    super();
    this.owner = owner;
    this.#translate = translate;
  }

  override complete(value: unknown, ok: boolean): void {
    this.owner.proxies = null;
    this.owner.complete(this.#translate(value, ok), ok);
  }
}

/** A receive whose outcome is `translate(value, ok)`. */
export class TranslatedRecv<T> extends Operation<T> {
  readonly #ch: Source;
  readonly #translate: (value: unknown, ok: boolean) => T;

  constructor(ch: Source, translate: (value: unknown, ok: boolean) => T) {
    super();
    this.#ch = ch;
    this.#translate = translate;
  }

  override get verb(): string {
    return "receive";
  }

  override get on(): Thing {
    return this.#ch;
  }

  override attempt(): T | NO {
    const value = this.#ch.take();
    if (value === NO) return NO;
    return value === CLOSED ? this.#translate(this.#ch.zero, false) : this.#translate(value, true);
  }

  override enqueue(w: Waiter): void {
    const translator = new Translator(w, this.#translate);
    w.proxies = translator;
    this.#ch.recvq.push(translator);
  }

  override dequeue(w: Waiter): void {
    if (w.proxies === null) return;
    this.#ch.recvq.remove(w.proxies as Waiter);
    w.proxies = null;
  }
}
