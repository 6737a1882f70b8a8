/** The two ways to perform an operation: `yield*` in a generator goroutine, `await` in an async one. */
import { type Goroutine, go, type Op } from "millrace";
import type { Action } from "millrace/sync";

/** The body of a test, or of a goroutine in it: performs operations with `yield* on(op)`. */
export type Script<R = void> = Generator<unknown, R, unknown>;

export interface Style {
  readonly name: "yield*" | "await";
  /** The operation in the form in which a script performs it. */
  on<T>(op: Op<T> | Action<T>): Iterable<unknown, T, unknown>;
  /** The function that runs a script as a goroutine of this style. */
  body<R>(script: () => Script<R>): () => unknown;
}

/** A goroutine whose end, good or bad, is kept instead of ending the run. */
export interface Started<R> {
  done: boolean;
  value: R | undefined;
  error: unknown;
  readonly g: Goroutine<unknown>;
}

const yieldStar: Style = {
  name: "yield*",
  on: (op) => op as unknown as Iterable<unknown, never, unknown>,
  body: (script) => script,
};

/** Runs a script as an async function does: each operation it names is awaited and its outcome handed back. */
async function drive<R>(script: Script<R>): Promise<R> {
  let next = script.next();
  while (next.done !== true) {
    let value: unknown;
    try {
      value = await (next.value as Op<unknown>);
    } catch (error) {
      next = script.throw(error);
      continue;
    }
    next = script.next(value);
  }
  return next.value;
}

const awaiting: Style = {
  name: "await",
  *on<T>(op: Op<T> | Action<T>) {
    return (yield op) as T;
  },
  body: (script) => async () => drive(script()),
};

export const styles: readonly Style[] = [yieldStar, awaiting];

/** What a test that is written once for both styles starts its goroutines with. */
export class StyleKit {
  readonly style: Style;

  constructor(style: Style) {
    this.style = style;
  }

  on<T>(op: Op<T> | Action<T>): Iterable<unknown, T, unknown> {
    return this.style.on(op);
  }

  /** Starts a goroutine of this style; an error thrown out of it ends the test. */
  go(script: () => Script<unknown>): Goroutine<unknown> {
    return go(this.style.body(script));
  }

  /** Starts a goroutine and keeps how it ended. */
  start<R>(script: () => Script<R>): Started<R> {
    const g = this.go(function* () {
      try {
        started.value = yield* script();
      } catch (error) {
        started.error = error;
      }
      started.done = true;
    });
    const started: Started<R> = { done: false, value: undefined, error: undefined, g };
    return started;
  }

  /** Starts a goroutine that performs one operation. */
  perform<T>(op: Op<T> | Action<T>): Started<T> {
    const { style } = this;
    return this.start(function* () {
      return yield* style.on(op);
    });
  }
}
