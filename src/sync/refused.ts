/**
 * A wait that can never end, because it asks for more than there ever is. Performed by itself it throws; as a case of a select
 * it is never ready, like a nil channel, so that the other cases can win.
 */
import { NO, Operation } from "../runtime/op.ts";
import type { Thing } from "../runtime/thing.ts";
import type { Waiter } from "../runtime/waiter.ts";

const LIMITER: Thing = {
  kind: "Limiter",
  id: 0,
  name: undefined,
  p: null,
  touches: null,
  reasons: { wait: "rate limit" },
};

export class Refused extends Operation<void> {
  readonly #error: Error;

  constructor(error: Error) {
    super();
    this.#error = error;
  }

  override get verb(): string {
    return "wait";
  }

  override get on(): Thing {
    return LIMITER;
  }

  override attempt(): NO {
    return NO;
  }

  override enqueue(w: Waiter): void {
    if (w.root === w) w.fail(this.#error);
  }

  override dequeue(): void {}
}
