/**
 * What the tests of `millrace/sync` and `millrace/patterns` are written with: each test once, for `yield*` and `await`;
 * runs on a virtual clock; runs that are expected to deadlock.
 */
import { DeadlockError, type Goroutine, go, type Op, type RunOptions, runtime } from "millrace";
import type { Action } from "millrace/sync";
import { test } from "vitest";
import type { Body } from "../../src/runtime/body.ts";
import { VirtualClock } from "../../src/runtime/clock.ts";
import type { Outcome } from "../../src/runtime/options.ts";
import { P } from "../../src/runtime/proc.ts";

/** The body of a test, or of a goroutine in it: performs operations with `yield* on(op)`. */
export type Script<R = void> = Generator<unknown, R, unknown>;

export type On = <T>(op: Op<T> | Action<T>) => Iterable<unknown, T, unknown>;

/** A goroutine whose end, good or bad, is kept instead of ending the run. */
export interface Started<R> {
  done: boolean;
  value: R | undefined;
  error: unknown;
  readonly g: Goroutine<unknown>;
}

export class Kit {
  readonly on: On;
  readonly body: <R>(script: () => Script<R>) => () => unknown;

  constructor(on: On, body: <R>(script: () => Script<R>) => () => unknown) {
    this.on = on;
    this.body = body;
  }

  /** Starts a goroutine of this style; an error thrown out of it ends the test. */
  go(script: () => Script<unknown>): Goroutine<unknown> {
    return go(this.body(script));
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
    const { on } = this;
    return this.start(function* () {
      return yield* on(op);
    });
  }

  /** Lets everybody go on who can. */
  *settle(): Script {
    for (let i = 0; i < 20; i++) yield* this.on(runtime.gosched());
  }
}

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

export const styles: readonly (readonly [name: string, kit: Kit])[] = [
  [
    "yield*",
    new Kit(
      (op) => op as unknown as Iterable<unknown, never, unknown>,
      (script) => script,
    ),
  ],
  [
    "await",
    new Kit(
      function* <T>(op: Op<T> | Action<T>) {
        return (yield op) as T;
      },
      (script) => async () => drive(script()),
    ),
  ],
];

/** Declares a test that runs in both styles, on a virtual clock, and in which no goroutine may be left. */
export function both(title: string, script: (t: Kit) => Script<unknown>): void {
  for (const [name, kit] of styles) {
    test(`${title} (${name})`, async () =>
      void (await virtual(
        kit.body(() => script(kit)),
        { leaks: true },
      )));
  }
}

/** Runs `fn` on a clock of its own that jumps when nothing can run. */
export async function virtual<R>(fn: () => unknown, options: RunOptions = {}): Promise<R> {
  const p = new P(options);
  new VirtualClock().attach(p);
  const outcome = await new Promise<Outcome>((resolve) => p.start(fn as Body, resolve));
  if (!outcome.ok) throw outcome.error;
  return outcome.value as R;
}

/** Runs `fn` so that every operation lets all others run first. */
export async function preempted(fn: () => unknown): Promise<void> {
  const p = new P({}, { pick: () => 0, preempt: () => true, below: () => 0 });
  const outcome = await new Promise<Outcome>((resolve) => p.start(fn as Body, resolve));
  if (!outcome.ok) throw outcome.error;
}

/** Runs `fn`, which must end in a deadlock, and gives that. */
export async function deadlock(fn: () => unknown): Promise<DeadlockError> {
  const p = new P({});
  let outcome: Outcome | undefined;
  p.start(fn as Body, (end) => {
    outcome = end;
  });
  for (let turns = 0; turns < 3; turns++) {
    await new Promise<void>((resolve) => setImmediate(resolve));
    if (p.busy) turns = 0;
  }
  p.dry();
  if (outcome === undefined || outcome.ok) throw new Error("it ended well");
  if (outcome.error instanceof DeadlockError) return outcome.error;
  throw outcome.error;
}

/** What `fn` throws. */
export function thrown(fn: () => unknown): unknown {
  try {
    fn();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}
