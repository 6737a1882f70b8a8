/**
 * What may travel to another thread. As a type: `Sendable<T>` is `T` where it may, and where not says why in place of
 * what may not.
 *
 * It is a mapped type, so recursive types are no problem and the compiler names the property. Channels by direction
 * (`SendChan`, `RecvChan`) may be those of `sharedChan` and pass; that one is not is found out when it is sent. That a class was
 * registered with `sendable` can't be seen in the type of its objects either, so `Registered` says it.
 */

import type { RecvChan, SendChan } from "../chan/types.ts";
import type { Context } from "../context/types.ts";
import type { travels } from "../runtime/anywhere.ts";
import { ArgumentError, show } from "../runtime/panic.ts";
import type { Goroutine, Op } from "../runtime/types.ts";
import type { Mutex } from "../sync/mutex.ts";
import type { RWMutex } from "../sync/rwmutex.ts";
import type { Semaphore } from "../sync/semaphore.ts";
import type { WaitGroup } from "../sync/waitgroup.ts";
import type { SharedMutex } from "./shared/mutex.ts";
import type { SharedSemaphore } from "./shared/semaphore.ts";
import type { SharedWaitGroup } from "./shared/waitgroup.ts";
import { type ObjectClass, registerClass } from "./values/classes.ts";
import type { Codec } from "./values/codec.ts";

declare const why: unique symbol;

/** In place of a type whose values can't travel between threads: the reason, and which parts of it. */
export interface NotSendable<Why extends string, Parts = never> {
  readonly [why]: [Why, Parts];
}

type Copied = string | number | bigint | boolean | null | undefined | void;
type CopiedObject =
  | Date
  | RegExp
  | Error
  | ArrayBuffer
  | SharedArrayBuffer
  | ArrayBufferView
  | Hosted<"URL" | "URLSearchParams" | "Headers" | "FormData">;

/** Objects of the host's classes with those names, where the program's types have these. */
type Hosted<K extends string> = K extends string
  ? typeof globalThis extends { readonly [P in K]: { readonly prototype: infer T } }
    ? T
    : never
  : never;

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
          ? NotSendable<"functions stay on their thread: send data that says what to do; an object of a class that is sendable() has the type Registered">
          : SendableObject<T>;

/**
 * A `T` whose class was registered with `sendable`, so that it travels with its methods: the type of such an argument or result.
 *
 * Every `T` is one, so callers need nothing; `interface Money extends Registered {}` beside `class Money` says so of all its objects.
 *
 * @example
 * ```ts
 * import { parallel, type Registered, sendable } from "millrace/threads";
 * class Money {
 *   readonly cents: number;
 *   constructor(cents: number) { this.cents = cents; }
 *   plus(other: Money): Money { return new Money(this.cents + other.cents); }
 * }
 * sendable(Money);
 * const twice = parallel({ url: "here" }, "twice the money", (m: Registered<Money>): Registered<Money> => m.plus(m));
 * console.log(twice(new Money(2)).cents); // 4
 * ```
 */
export type Registered<T extends object = object> = T & { readonly [travels]?: "class" };

/** Options of `sendable`. */
export interface SendableOptions<T> {
  /** The same on all threads, and no other class's: that of the class by default, which minifiers change. */
  readonly name?: string | undefined;
  /** Gives what is sent instead of an object. */
  readonly encode?: Codec<T>["encode"] | undefined;
  /** Makes an object of what was sent. */
  readonly decode?: Codec<T>["decode"] | undefined;
}

/** Shorter names are a minifier's, and another bundle has them for other classes. */
const SHORTEST = 3;
const OPTIONS: readonly string[] = ["name", "encode", "decode"] satisfies (keyof SendableOptions<unknown>)[];

/**
 * Registers a class, so that its objects arrive on other threads as objects of it, with methods and `instanceof`.
 *
 * To be called on every thread, so in the module that has the class; a thread without it gets a plain object, or the nearest class of
 * errors. What travels is an object's own properties that can be enumerated, of an error its message, stack and cause, too; no constructor
 * runs. Private fields can't be copied, so a class that has some needs `encode` and `decode`. Never blocks.
 *
 * @param Class of which the objects are sent; objects of classes that extend it arrive as objects of it
 * @param options `name`, for code that is minified; `encode(object)`, gives what is sent instead, and `decode(data)`, makes an object of
 *   that
 * @throws ArgumentError when the class has private state and no codec, or its name is taken or a minifier's
 *
 * @example
 * ```ts
 * import { sendable } from "millrace/threads";
 * class NotFound extends Error { // arrives as itself: error instanceof NotFound
 *   readonly path: string;
 *   constructor(path: string) { super(`no ${path}`); this.path = path; }
 *   static { sendable(NotFound); }
 * }
 * class Account {
 *   #balance: number;
 *   constructor(balance: number) { this.#balance = balance; }
 *   get balance(): number { return this.#balance; }
 * }
 * sendable(Account, { encode: (a) => a.balance, decode: (balance) => new Account(balance as number) });
 * console.log(new NotFound("a.txt").message, new Account(5).balance); // no a.txt 5
 * ```
 */
export function sendable<C extends { readonly prototype: object }>(
  Class: C,
  options: SendableOptions<C["prototype"]> = {},
): C {
  if (!isClass(Class)) throw new ArgumentError(`sendable: expected a class, got ${show(Class)}`);
  if (typeof options !== "object" || options === null) {
    throw new ArgumentError(`sendable: expected options like { name, encode, decode }, got ${show(options)}`);
  }
  for (const key of Object.keys(options)) {
    if (OPTIONS.includes(key)) continue;
    throw new ArgumentError(`sendable: there is no option ${show(key)}; there are ${OPTIONS.join(", ")}`);
  }
  const { name = Class.name, encode, decode } = options;
  if (typeof name !== "string" || name === "") throw new ArgumentError(`sendable: expected a name, got ${show(name)}`);
  if (options.name === undefined && name.length < SHORTEST) {
    const text = `sendable: class ${name} has a name as minifiers give; say which it is: sendable(${name}, { name: "…" })`;
    throw new ArgumentError(text);
  }
  if (typeof encode !== typeof decode || !["undefined", "function"].includes(typeof encode)) {
    throw new ArgumentError(
      `sendable: expected two functions encode and decode, got ${show(encode)} and ${show(decode)}`,
    );
  }
  registerClass(Class, name, encode === undefined ? null : (options as Codec<object>));
  return Class;
}

function isClass<C>(value: C): value is C & ObjectClass {
  const { prototype } = (value ?? {}) as { readonly prototype?: unknown };
  return typeof value === "function" && typeof prototype === "object" && prototype !== null;
}

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
