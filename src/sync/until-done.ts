/** An operation that fails with a context's error when the context is done first. */
import { thrownFor } from "../context/thrown-for.ts";
import type { Context } from "../context/types.ts";
import { NO, Operation } from "../runtime/op.ts";
import { type Thing, thingOf } from "../runtime/thing.ts";
import type { Op } from "../runtime/types.ts";
import { contained } from "../runtime/unused.ts";
import { type Proxies, Relay, type Waiter } from "../runtime/waiter.ts";
import { select } from "../select/select.ts";

type Outcome<T> = { readonly index: 0; readonly value: T } | { readonly index: 1; readonly value: void };

/** On the select's queues for `owner`: turns what it says into a value or an error. */
class Outcomes<T> extends Relay {
  override prev: Waiter | null = null;
  override next: Waiter | null = null;
  override value: unknown = undefined;
  override proxies: Proxies = null;
  protected override readonly owner: Waiter;
  readonly #ctx: Context;

  constructor(owner: Waiter, ctx: Context) {
    super();
    this.owner = owner;
    this.#ctx = ctx;
  }

  override complete(outcome: unknown): void {
    const { index, value } = outcome as Outcome<T>;
    this.owner.proxies = null;
    if (index === 0) this.owner.complete(value, true);
    else this.owner.fail(thrownFor(this.#ctx));
  }
}

export class UntilDone<T> extends Operation<T> {
  readonly #op: Operation<T>;
  readonly #either: Operation<Outcome<T>>;
  readonly #ctx: Context;
  readonly #before: (() => void) | undefined;

  /** @param before called at each performance before the operation would have to wait; what it throws is thrown there */
  constructor(op: Op<T>, ctx: Context, before?: () => void) {
    super();
    this.#op = op as Operation<T>;
    this.#either = select([op, ctx.done().recv()]) as Op<unknown> as Operation<Outcome<T>>;
    contained(this.#either);
    this.#ctx = ctx;
    this.#before = before;
  }

  override get verb(): string {
    return this.#op.verb;
  }

  override get on(): Thing | null {
    // Its attempts look at the context too, and that may be anything.
    const thing = thingOf(this.#op);
    return (
      thing && { kind: thing.kind, id: thing.id, name: thing.name, p: thing.p, touches: null, reasons: thing.reasons }
    );
  }

  override attempt(): T | NO {
    if (this.#ctx.err() !== undefined) throw thrownFor(this.#ctx);
    const value = this.#op.attempt();
    if (value === NO) this.#before?.();
    return value;
  }

  override enqueue(w: Waiter): void {
    const relay = new Outcomes<T>(w, this.#ctx);
    w.proxies = relay;
    this.#either.enqueue(relay);
  }

  override dequeue(w: Waiter): void {
    if (w.proxies === null) return;
    this.#either.dequeue(w.proxies as Waiter);
    w.proxies = null;
  }
}
