/**
 * What may travel to another thread, as a type: `Sendable<T>` is `T` where it may, and where not says why in place of
 * what may not.
 *
 * It is a mapped type, so recursive types are no problem and the compiler names the property. Channels by direction
 * (`SendChan`, `RecvChan`) may be those of `sharedChan` and pass; that one is not is found out when it is sent.
 */

import type { RecvChan, SendChan } from "../chan/types.ts";
import type { Context } from "../context/types.ts";
import type { travels } from "../runtime/anywhere.ts";
import type { Goroutine, Op } from "../runtime/types.ts";
import type { Mutex } from "../sync/mutex.ts";
import type { RWMutex } from "../sync/rwmutex.ts";
import type { Semaphore } from "../sync/semaphore.ts";
import type { WaitGroup } from "../sync/waitgroup.ts";
import type { SharedMutex } from "./shared/mutex.ts";
import type { SharedSemaphore } from "./shared/semaphore.ts";
import type { SharedWaitGroup } from "./shared/waitgroup.ts";

declare const why: unique symbol;

/** In place of a type whose values can't travel between threads: the reason, and which parts of it. */
export interface NotSendable<Why extends string, Parts = never> {
  readonly [why]: [Why, Parts];
}

type Copied = string | number | bigint | boolean | null | undefined | void;
type CopiedObject = Date | RegExp | Error | ArrayBuffer | SharedArrayBuffer | ArrayBufferView;

/**
 * `T`, if its values can travel to another thread; else a type that nothing is assignable to and that says why.
 *
 * Data travels: primitives except symbols, plain objects, arrays, `Map`, `Set`, `Date`, `RegExp`, errors, buffers and
 * their views. So do what is shared (`sharedChan`, `SharedMutex`, …), contexts, and what `parallel` gives. Other
 * functions, promises and what belongs to one thread do not.
 *
 * @example
 * ```ts
 * import type { Sendable } from "millrace/threads";
 * function send<T>(value: T & Sendable<T>): T { return value; }
 * send({ id: 1, tags: ["a"] });
 * // @ts-expect-error: functions stay on their thread
 * send({ id: 1, done: () => {} });
 * ```
 */
export type Sendable<T> = unknown extends T
  ? T
  : T extends Copied | CopiedObject
    ? T
    : T extends symbol
      ? NotSendable<"symbols stay on their thread: send a string">
      : typeof travels extends keyof T
        ? T
        : T extends (...args: never[]) => unknown
          ? NotSendable<"functions stay on their thread: send data that says what to do">
          : SendableObject<T>;

type SendableObject<T> = T extends Context | Handle
  ? T
  : T extends Op<unknown>
    ? NotSendable<"an operation stays on its thread: perform it here and send its result">
    : T extends PromiseLike<unknown>
      ? NotSendable<"a promise stays on its thread: wait for it here and send its result">
      : T extends SendChan<never> & RecvChan<unknown, unknown>
        ? T extends { sendMany: unknown }
          ? T
          : NotSendable<"a channel of one thread: make it with sharedChan()">
        : T extends SendChan<never> | RecvChan<unknown, unknown>
          ? T
          : T extends Local
            ? NotSendable<"this stays on its thread: use SharedMutex, SharedWaitGroup or SharedSemaphore">
            : T extends Goroutine
              ? NotSendable<"a goroutine stays on its thread: join it here and send its result">
              : T extends ReadonlyMap<infer K, infer V>
                ? SendableMap<T, K, V>
                : T extends ReadonlySet<infer M>
                  ? SendableSet<T, M>
                  : T extends WeakMap<never, unknown> | WeakSet<never> | WeakRef<never>
                    ? NotSendable<"weak references stay on their thread">
                    : { [K in keyof T]: Sendable<T[K]> };

type SendableMap<T, K, V> = [K, V] extends [Sendable<K>, Sendable<V>] ? T : ReadonlyMap<Sendable<K>, Sendable<V>>;
type SendableSet<T, M> = [M] extends [Sendable<M>] ? T : ReadonlySet<Sendable<M>>;
type Handle = SharedMutex | SharedSemaphore | SharedWaitGroup;
type Local = Mutex | RWMutex | WaitGroup | Semaphore;

type Function = (...args: never[]) => unknown;

/**
 * What `parallel` gives: the function, and that it may travel, because any thread knows it by its name.
 *
 * @example
 * ```ts
 * import { type Parallel, parallel } from "millrace/threads";
 * const double = parallel({ url: "here" }, "double of n", (n: number) => 2 * n);
 * const twice = parallel({ url: "here" }, "twice", (f: Parallel<(n: number) => number>, n: number) => f(f(n)));
 * console.log(twice(double, 1)); // 4
 * ```
 */
export type Parallel<F extends Function = Function> = F & { readonly [travels]: "parallel" };

/** What comes of a call: what a generator function returns, what a promise or an operation gives. */
type Result<R> = R extends Generator<unknown, infer T, never> ? T : R extends Op<infer T> ? T : Awaited<R>;
type Arguments<A extends readonly unknown[]> = { readonly [K in keyof A]: Sendable<A[K]> };

/**
 * `F`, if its arguments and its result can travel to another thread; else a type that nothing is assignable to and in which
 * the compiler shows which can't, and why.
 *
 * @example
 * ```ts
 * import type { SendableFunction } from "millrace/threads";
 * function check<F extends (...args: never[]) => unknown>(fn: F & SendableFunction<F>): F { return fn; }
 * check((words: string[]) => words.length);
 * // @ts-expect-error: functions stay on their thread
 * check((then: () => void) => then());
 * ```
 */
export type SendableFunction<F extends Function> = F extends (...args: infer A) => infer R
  ? [A, Result<R>] extends [Arguments<A>, Sendable<Result<R>>]
    ? F
    : NotSendable<
        "an argument or the result of this function can't travel to another thread",
        [Arguments<A>, Sendable<Result<R>>]
      >
  : never;
