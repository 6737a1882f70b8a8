/**
 * An operation that is a goroutine: it is started when the operation is performed and has to be waited for, so a select
 * whose other case is ready starts none; and told to stop through its context when the wait is given up.
 *
 * It can be a case of a select although what it has done can't be undone, because what it is for can be: whoever waits
 * knows that it did not end, and it has been cancelled.
 */
import { withCancel } from "../context/cancel.ts";
import { background } from "../context/roots.ts";
import { thrownFor } from "../context/thrown-for.ts";
import type { CancelFunc, Context } from "../context/types.ts";
import { m } from "../runtime/m.ts";
import { type Go, NO, Op, type WaitReason } from "../runtime/op.ts";
import { FatalError } from "../runtime/panic.ts";
import { rejectedWith } from "../runtime/rejection.ts";
import type { Waiter } from "../runtime/waiter.ts";

interface Task {
  /** Who waits for it; null when nobody does any more. */
  waiter: Waiter | null;
  readonly cancel: CancelFunc;
}

function* perform<T>(task: Task, body: (ctx: Context) => Go<T>, ctx: Context): Go {
  try {
    const value = yield* body(ctx);
    task.waiter?.complete(value, true);
  } catch (error) {
    if (error instanceof FatalError) throw error;
    rejectedWith(error); // so that it says who waited, too
    task.waiter?.fail(error);
  } finally {
    task.waiter = null;
    task.cancel();
  }
}

export class TaskOp<T> extends Op<T> {
  readonly #body: (ctx: Context) => Go<T>;
  readonly #ctx: Context | undefined;
  readonly #name: string;

  constructor(name: string, ctx: Context | undefined, body: (ctx: Context) => Go<T>) {
    super();
    this.#name = name;
    this.#ctx = ctx;
    this.#body = body;
  }

  override get reason(): WaitReason {
    return "join";
  }

  override attempt(): NO {
    if (this.#ctx?.err() !== undefined) throw thrownFor(this.#ctx);
    return NO;
  }

  override enqueue(w: Waiter): void {
    const [ctx, cancel] = withCancel(this.#ctx ?? background());
    const task: Task = { waiter: w, cancel };
    const body = this.#body;
    const start = {
      *[this.#name]() {
        yield* perform(task, body, ctx);
      },
    }[this.#name] as () => Go;
    w.value = task;
    (w.g?.p ?? m.current()).go(start, [], w.g);
  }

  override dequeue(w: Waiter): void {
    const task = w.value as Task | undefined;
    w.value = undefined;
    if (task === undefined || task.waiter === null) return;
    task.waiter = null;
    task.cancel();
  }
}
