/** An operation on a shared object: it waits in shared memory. */
import { Operation } from "../../runtime/op.ts";
import type { Waiter } from "../../runtime/waiter.ts";
import type { SharedObject } from "./shared.ts";
import { type SharedCase, waiting } from "./waiting.ts";

export abstract class SharedOp<T, O extends SharedObject> extends Operation<T> implements SharedCase {
  readonly object: O;
  abstract readonly queue: number;

  constructor(object: O) {
    super();
    this.object = object;
  }

  abstract prepare(cell: number): void;

  override enqueue(w: Waiter): void {
    waiting.enqueue(w, this);
  }

  override dequeue(w: Waiter): void {
    waiting.leave(w);
  }

  override get on(): O {
    return this.object;
  }
}
