/** A primitive whose operation is completed in two steps: it takes a parcel as what asks another machine does. */
import { m } from "../../src/runtime/m.ts";
import { NO, Operation } from "../../src/runtime/op.ts";
import type { Thing } from "../../src/runtime/thing.ts";
import type { Op } from "../../src/runtime/types.ts";
import { type Waiter, WaitQueue } from "../../src/runtime/waiter.ts";

export class Depot implements Thing {
  readonly kind = "Depot";
  readonly id = 1;
  readonly name = undefined;
  readonly p = null;
  readonly asking = new WaitQueue();
  /** Those that have committed. */
  readonly sure = new Set<Waiter>();
  /** What the parcels of those are. */
  readonly stored: unknown[] = [];
  /** How often a waiter was dequeued after it had committed. */
  given = 0;

  put(parcel: unknown): Op<string> {
    return new PutOp(this, parcel);
  }

  /** There is room for one: whether a waiter takes it. */
  admit(): boolean {
    if (m.touch !== null) m.touch(this);
    const w = this.asking.shift();
    if (w === null) return false;
    const { value } = w;
    if (!w.commit()) return false;
    this.stored.push(value);
    this.sure.add(w);
    return true;
  }

  /** What was admitted is stored. */
  finish(): void {
    for (const w of this.sure) {
      this.sure.delete(w);
      w.complete(`stored ${String(w.value)}`, true);
    }
  }

  break(error: unknown): void {
    for (const w of this.sure) {
      this.sure.delete(w);
      w.fail(error);
    }
  }
}

export class PutOp extends Operation<string> {
  readonly #depot: Depot;
  readonly #parcel: unknown;

  constructor(depot: Depot, parcel: unknown) {
    super();
    this.#depot = depot;
    this.#parcel = parcel;
  }

  override get verb(): string {
    return "put";
  }

  override get on(): Depot {
    return this.#depot;
  }

  override attempt(): NO {
    return NO;
  }

  override enqueue(w: Waiter): void {
    w.value = this.#parcel;
    this.#depot.asking.push(w);
  }

  override dequeue(w: Waiter): void {
    this.#depot.asking.remove(w);
    if (this.#depot.sure.delete(w)) this.#depot.given++;
  }
}
