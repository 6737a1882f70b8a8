/**
 * What the chapters of the conformance suite are written against: how channels are made, and how operations are performed.
 *
 * A chapter is a function from a `Kit` to tests by name. A test is a generator that performs operations with
 * `yield* t.on(op)`; the kit's style decides whether that is `yield*` in a generator goroutine or `await` in an async
 * one. So each sentence is written once and holds for every kind of channel in both styles, in Node and in a browser.
 */
import { type Chan, type Goroutine, go, nilChan, type Op, runtime, wait } from "millrace";

/** The body of a test, or of a goroutine in it. */
export type Script<R = void> = Generator<unknown, R, unknown>;

export type Tests = Readonly<Record<string, () => Script<unknown>>>;

export type Chapter = (t: Kit) => Tests;

/** A kind of channel. */
export interface Factory {
  readonly name: string;
  make<T, Z>(capacity: number, options: { readonly zero?: Z; readonly name?: string }): Chan<T, Z>;
  /** How many wait at each end, where that can be seen. */
  waiting?(ch: Chan<never, unknown>): { readonly senders: number; readonly receivers: number };
  /** Whether any value can be sent and arrives as the same one: functions, promises, objects by identity. */
  readonly carriesAnything: boolean;
}

/** A way to perform operations. */
export interface Style {
  readonly name: "yield*" | "await";
  /** The operation in the form in which a script performs it. */
  on<T>(op: Op<T>): Iterable<unknown, T, unknown>;
  /** The function that runs a script as a goroutine of this style. */
  body<R>(script: () => Script<R>): () => unknown;
}

/** A goroutine whose end, good or bad, is kept instead of ending the run. */
export interface Started<R> {
  done: boolean;
  value: R | undefined;
  error: unknown;
}

export class Kit {
  readonly factory: Factory;
  readonly style: Style;
  /** All channels that the test made. */
  readonly made: Chan<never, unknown>[] = [];

  constructor(factory: Factory, style: Style) {
    this.factory = factory;
    this.style = style;
  }

  chan<T, Z = undefined>(capacity = 0, options: { readonly zero?: Z; readonly name?: string } = {}): Chan<T, Z> {
    const ch = this.factory.make<T, Z>(capacity, options);
    this.made.push(ch as unknown as Chan<never, unknown>);
    return ch;
  }

  nil<T>(): Chan<T> {
    return nilChan<T>();
  }

  on<T>(op: Op<T>): Iterable<unknown, T, unknown> {
    return this.style.on(op);
  }

  /** Starts a goroutine of this style; an error thrown out of it ends the test. */
  go(script: () => Script<unknown>): Goroutine<unknown> {
    return go(this.style.body(script));
  }

  /** Starts a goroutine and keeps how it ended. */
  start<R>(script: () => Script<R>): Started<R> {
    const started: Started<R> = { done: false, value: undefined, error: undefined };
    this.go(function* () {
      try {
        started.value = yield* script();
      } catch (error) {
        started.error = error;
      }
      started.done = true;
    });
    return started;
  }

  /** Starts a goroutine that performs one operation. */
  perform<T>(op: Op<T>): Started<T> {
    const { style } = this;
    return this.start(function* () {
      return yield* style.on(op);
    });
  }

  /** Waits until everybody who can go on has gone on. */
  *settle(): Script {
    // More than one turn of the host: a slow machine may cut the others' turn short.
    for (let i = 0; i < 3; i++) yield* this.on(wait(new Promise<void>((resolve) => setTimeout(resolve, 0))));
    yield* this.on(runtime.gosched());
  }

  /** How many wait at each end of `ch`; undefined where that cannot be seen. */
  waiting(ch: Chan<never, unknown>): readonly [senders: number, receivers: number] | undefined {
    const seen = this.factory.waiting?.(ch);
    return seen === undefined ? undefined : [seen.senders, seen.receivers];
  }

  /** Fails unless so many wait on `ch`. */
  expectWaiting(ch: unknown, senders: number, receivers: number): void {
    const seen = this.waiting(ch as Chan<never, unknown>);
    if (seen === undefined || (seen[0] === senders && seen[1] === receivers)) return;
    throw new Error(`expected ${senders} senders and ${receivers} receivers to wait, got ${seen[0]} and ${seen[1]}`);
  }
}
