/**
 * An operation that runs code of the program's: it starts when the operation is performed and has to be waited for, so a select
 * whose other case is ready starts nothing; and it is told to stop through its context when the wait is given up.
 *
 * It can be a case of a select although what it has done can't be undone, because what it is for can be: the select knows that
 * it did not end, and it has been cancelled. There it is a goroutine of its own. Where nothing else is waited for it needs none:
 * `yield*` runs it in the goroutine that performs it, and `await` as an action.
 */
import { withCancel } from "../context/cancel.ts";
import { CancelCtx } from "../context/cancel-ctx.ts";
import { nodeOf } from "../context/parent.ts";
import { background } from "../context/roots.ts";
import { thrownFor } from "../context/thrown-for.ts";
import type { CancelFunc, Context } from "../context/types.ts";
import { Action } from "../runtime/action.ts";
import { m } from "../runtime/m.ts";
import { NO, Operation, performer } from "../runtime/op.ts";
import { FatalError } from "../runtime/panic.ts";
import { rejectedWith } from "../runtime/rejection.ts";
import { NOTHING, type Thing } from "../runtime/thing.ts";
import type { Go, Parked } from "../runtime/types.ts";
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

/** Does nothing, but like every operation it lets others run. */
class PassOp extends Operation<void> {
  override get verb(): string {
    return "yield";
  }

  override get on(): Thing {
    return NOTHING;
  }

  override attempt(): void {}

  override enqueue(): void {}

  override dequeue(): void {}
}

export const pass: Operation<void> = new PassOp();

/** What the code of a task is, and its context. */
export class TaskCode<T> {
  readonly name: string;
  readonly parent: Context | undefined;
  readonly body: (ctx: Context) => Go<T>;
  readonly quick: ((ctx: CancelCtx) => T | Promise<T>) | null;

  /**
   * @param body what it does, called anew for each performance
   * @param quick the same without a goroutine, where that is possible; it cancels its context at its end
   */
  constructor(
    name: string,
    parent: Context | undefined,
    body: (ctx: Context) => Go<T>,
    quick: ((ctx: CancelCtx) => T | Promise<T>) | null,
  ) {
    this.name = name;
    this.parent = parent;
    this.body = body;
    this.quick = quick;
  }

  /** Throws when the context has ended. */
  check(): void {
    if (this.parent?.err() !== undefined) throw thrownFor(this.parent);
  }

  context(): CancelCtx {
    this.check();
    const parent = this.parent ?? background();
    return new CancelCtx(parent, nodeOf(this.name, parent));
  }

  *inline(): Go<T> {
    const ctx = this.context();
    try {
      yield* pass;
      return yield* this.body(ctx);
    } finally {
      ctx.cancel(undefined);
    }
  }
}

export class TaskOp<T> extends Operation<T> {
  readonly #code: TaskCode<T>;

  constructor(code: TaskCode<T>) {
    super();
    this.#code = code;
  }

  override get verb(): string {
    return "join";
  }

  override get on(): null {
    return null;
  }

  override attempt(): NO {
    this.#code.check();
    return NO;
  }

  override enqueue(w: Waiter): void {
    const { name, parent, body } = this.#code;
    const [ctx, cancel] = withCancel(parent ?? background());
    const task: Task = { waiter: w, cancel };
    const start = {
      *[name]() {
        yield* perform(task, body, ctx);
      },
    }[name] as () => Go;
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

  override [Symbol.iterator](): Iterator<Parked, T, unknown> {
    performer();
    return this.#code.inline();
  }

  // biome-ignore lint/suspicious/noThenProperty: an operation is awaitable, that is the point
  override then<A = T, B = never>(
    onDone?: ((value: T) => A | PromiseLike<A>) | null,
    onError?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): PromiseLike<A | B> {
    const code = this.#code;
    const { name, quick } = code;
    const action = new Action(name, () => code.inline(), quick === null ? null : () => quick(code.context()));
    return action.then(onDone, onError);
  }
}
