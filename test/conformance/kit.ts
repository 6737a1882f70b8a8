/**
 * What the chapters of the conformance suite are written against: how channels are made, and how operations are performed.
 *
 * A chapter is a function from a `Kit` to tests by name. A test is a generator that performs operations with
 * `yield* t.on(op)`; the kit's style decides whether that is `yield*` in a generator goroutine or `await` in an async
 * one. So each sentence is written once and holds for every kind of channel in both styles, in Node and in a browser.
 */
import { type Chan, nilChan, runtime, wait } from "millrace";
import { type Script, type Style, StyleKit } from "../kit/styles.ts";

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

export class Kit extends StyleKit {
  readonly factory: Factory;
  /** All channels that the test made. */
  readonly made: Chan<never, unknown>[] = [];

  /** Which part of the rounds that a sentence asks for are made. */
  readonly #share: number;

  constructor(factory: Factory, style: Style, share = 1) {
    super(style);
    this.factory = factory;
    this.#share = share;
  }

  /** How often a sentence that needs many rounds repeats what it does: `full` times, or less where each costs more. */
  rounds(full: number): number {
    return Math.ceil(full * this.#share);
  }

  chan<T, Z = undefined>(capacity = 0, options: { readonly zero?: Z; readonly name?: string } = {}): Chan<T, Z> {
    const ch = this.factory.make<T, Z>(capacity, options);
    this.made.push(ch as unknown as Chan<never, unknown>);
    return ch;
  }

  nil<T>(): Chan<T> {
    return nilChan<T>();
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
