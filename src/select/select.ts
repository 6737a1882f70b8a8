/**
 * Select (Go's `runtime/select.go`): one of several operations, at most one of which happens.
 *
 * Attempt: the cases are polled in random order, so that among the ready ones each is as likely; the first ready one is
 * taken. Enqueue: if none is ready, one waiter a case is put on every queue, in random order again, because of several that
 * wait in one queue the first is served; the first to be completed takes the others off at once. A losing case has no
 * effect and leaves nothing behind.
 *
 * The random order is a Fisher-Yates shuffle that stops at the first ready case, on an array kept for all selects of that
 * size: shuffling any order gives a random order, so it need not be reset.
 *
 * With `default`, cases that other threads change as well are looked at once more, all at one moment: one after the other,
 * each may have been ready while another was looked at.
 *
 * A select is an operation itself, so it can be awaited, performed many times, and be a case of another select.
 */

import { Action } from "../runtime/action.ts";
import { checkOptions, oneOf, unexpected } from "../runtime/args.ts";
import { emit, tap, at as where } from "../runtime/events.ts";
import type { G } from "../runtime/g.ts";
import { m } from "../runtime/m.ts";
import { isOperation, NO, Operation } from "../runtime/op.ts";
import { ArgumentError, show } from "../runtime/panic.ts";
import type { P } from "../runtime/proc.ts";
import type { Strategy } from "../runtime/strategy.ts";
import { casesOf, homeOf, thingOf, touchedBy, waitsFor } from "../runtime/thing.ts";
import type { AwaitedThing, Op } from "../runtime/types.ts";
import { contained, made } from "../runtime/unused.ts";
import { type Proxies, Relay, rivals, Waiter } from "../runtime/waiter.ts";

/** A case: an operation, or nothing, which is never ready (Go's nil channel). */
export type Case = Op<unknown> | null | undefined;

/** Cases by name. `default: true` makes the select non-blocking. */
export type Cases<C> = { readonly [K in keyof C]: K extends "default" ? true | undefined : CaseOf<C[K]> };

/** A case, or what is wrong with it, for the compiler to say. */
type CaseOf<X> = X extends Case
  ? Case
  : X extends { readonly recv: unknown } | { readonly send: unknown }
    ? NotCase<"a channel is not an operation: write ch.recv() or ch.send(value)">
    : X extends Action<unknown>
      ? NotCase<"this takes several operations, which a select can't undo: perform it with yield* or await">
      : X extends PromiseLike<unknown>
        ? NotCase<"a promise is not an operation: write wait(promise)">
        : Case;

interface NotCase<Why extends string> {
  readonly "not a case": Why;
}

/**
 * What a select by name gives: which case happened and its value, so that `switch (s.case)` narrows `s.value`. The
 * condition at the end is always true: with it an editor shows the outcomes, not the name of this type.
 */
export type Selected<C> = {
  [K in keyof C & string]: K extends "default"
    ? { readonly case: "default"; readonly value: undefined }
    : [NonNullable<C[K]>] extends [never]
      ? never
      : NonNullable<C[K]> extends Op<infer T>
        ? { readonly case: K; readonly value: T }
        : never;
}[keyof C & string] extends infer Outcome
  ? Outcome
  : never;

/** What a select over an array gives. */
export type SelectedIndex<C extends readonly Case[]> = number extends C["length"]
  ? NonNullable<C[number]> extends Op<infer T>
    ? { readonly index: number; readonly value: T }
    : never
  : {
      [I in keyof C & `${number}`]: [NonNullable<C[I]>] extends [never]
        ? never
        : NonNullable<C[I]> extends Op<infer T>
          ? { readonly index: I extends `${infer N extends number}` ? N : never; readonly value: T }
          : never;
    }[keyof C & `${number}`];

type NamedCases = Readonly<Record<string, Case | true>>;

const ORDERS = ["random", "listed"] as const;

/** Options of `select`. */
export interface SelectOptions {
  /** Which of several ready cases is taken: each with the same chance (the default), or the first in the order listed. */
  readonly order?: "random" | "listed" | undefined;
}

/** One case's waiter. */
class CaseWaiter extends Relay {
  override prev: Waiter | null = null;
  override next: Waiter | null = null;
  override value: unknown = undefined;
  override proxies: Proxies = null;
  readonly op: Operation<unknown>;
  readonly #select: SelectOp;
  protected override readonly owner: Waiter;
  readonly #at: number;

  constructor(op: Operation<unknown>, select: SelectOp, owner: Waiter, at: number) {
    super();
    this.op = op;
    this.#select = select;
    this.owner = owner;
    this.#at = at;
  }

  /** Another case was taken, or has committed: the owner's `proxies` are all cases, or the one that has. */
  override get gone(): boolean {
    const { proxies } = this.owner;
    return (proxies !== this && !Array.isArray(proxies)) || this.owner.gone;
  }

  override commit(): boolean {
    if (this.gone || !this.owner.commit()) return false;
    this.#select.leave(this.owner, this);
    this.owner.proxies = this;
    return true;
  }

  override complete(value: unknown, ok: boolean): void {
    if (rivals.live !== 0 && !rivals.claim(this.root)) return;
    this.#select.leave(this.owner, this);
    this.owner.complete(this.#select.outcome(this.#at, value, this.owner.g), ok);
  }

  override fail(error: unknown): void {
    if (rivals.live !== 0 && !rivals.claim(this.root)) return;
    this.#select.leave(this.owner, this);
    if (tap.listener !== null) this.#select.tell(this.#at, this.owner.g);
    this.owner.fail(error);
  }
}

/** A select that does not wait, while it looks at all of its shared cases at one moment. */
class Look extends Waiter {
  override prev: Waiter | null = null;
  override next: Waiter | null = null;
  override value: unknown = NO;
  override proxies: Proxies = null;
  readonly #g: G | null = m.curg;
  #error: { readonly thrown: unknown } | null = null;

  override get g(): G | null {
    return this.#g;
  }

  override complete(value: unknown): void {
    this.value = value;
  }

  override fail(thrown: unknown): void {
    this.#error = { thrown };
  }

  /** What the case gives that was taken; `NO` without one. Throws what it throws. */
  get outcome(): unknown {
    if (this.#error !== null) throw this.#error.thrown;
    return this.value;
  }
}

/**
 * The run's permutation for that many cases, undefined while it is in use (a select may be a case of a select). A run has
 * its own, because the order that one select leaves decides what the next draws: the same seed must begin with the same.
 */
function borrowOrder({ orders }: P, length: number): number[] {
  const order = orders[length];
  if (order === undefined) return Array.from({ length }, (_, at) => at);
  orders[length] = undefined;
  return order;
}

/** Where among the first `n` stand those that may wait in the same queue as the last of them, that one included. */
function alike(waiters: readonly CaseWaiter[], n: number): number[] {
  const last = thing(waiters[n - 1] as CaseWaiter);
  const places: number[] = [];
  for (let at = 0; at < n; at++) {
    const other = thing(waiters[at] as CaseWaiter);
    if (at === n - 1 || last === MANY || other === MANY || (last !== null && last === other)) places.push(at);
  }
  return places;
}

const MANY = {};

/** What a case waits for: a channel, a lock; `MANY` for a select, which waits for several; null where nothing is known. */
function thing({ op }: CaseWaiter): object | null {
  if (casesOf(op) !== undefined) return MANY;
  const on = thingOf(op);
  return on?.kind === "chan" ? on : touchedBy(op);
}

abstract class SelectOp extends Operation<unknown> {
  abstract override get on(): readonly Operation<unknown>[];
  /** The case's name or index, by position in `on`. */
  abstract override get names(): readonly (string | number)[];
  /** The cases have names. */
  protected abstract readonly named: boolean;
  /** Where no case is ready it goes on. */
  abstract readonly polls: boolean;
  /** The first ready one is taken, not any. */
  abstract readonly listed: boolean;

  /** Takes a case that is ready. */
  protected abstract poll(): unknown;

  override get verb(): string {
    return this.names.length === 0 ? "block" : "select";
  }

  override attempt(): unknown {
    const { missed } = rivals;
    const taken = this.poll();
    if (taken !== NO || !this.polls) return taken;
    const late = rivals.missed - missed > 1 ? this.#lookAtOnce() : NO;
    return late === NO ? this.#default() : late;
  }

  /** The run whose chance decides. */
  protected run(): P {
    return m.curg === null ? (homeOf(this) ?? m.current()) : m.curg.p;
  }

  /** Attempts the cases as the strategy says. */
  protected ask(strategy: Strategy): unknown {
    const { on } = this;
    let taken: unknown = NO;
    const attempt = (at: number): boolean => {
      const value = (on[at] as Operation<unknown>).attempt();
      if (value === NO) return false;
      taken = this.outcome(at, value, m.curg);
      return true;
    };
    return strategy.choose?.(on.length, attempt) ? taken : NO;
  }

  /** Takes a case that is ready, with all shared ones looked at at one moment. */
  #lookAtOnce(): unknown {
    const look = new Look();
    const waiters: CaseWaiter[] = [];
    for (const [at, op] of this.on.entries()) {
      const { missed } = rivals;
      const value = op.attempt();
      if (value !== NO) return this.outcome(at, value, m.curg);
      if (rivals.missed !== missed) waiters.push(new CaseWaiter(op, this, look, at));
    }
    this.#queue(look, waiters);
    rivals.look(look);
    this.leave(look, null);
    return look.outcome;
  }

  #default(): unknown {
    if (tap.listener !== null) this.tell(-1, m.curg);
    return { case: "default", value: undefined };
  }

  override enqueue(w: Waiter): void {
    this.#queue(w, this.waiters(w));
    if (rivals.depth === 0 && rivals.register !== null) rivals.register(w.root);
  }

  /** One waiter a case, for `w`. */
  protected abstract waiters(w: Waiter): CaseWaiter[];

  /** Puts the waiters of `w` on their queues; shared ones are put on none before the outermost select says so. */
  #queue(w: Waiter, waiters: CaseWaiter[]): void {
    if (!this.listed) this.#shuffle(waiters);
    w.proxies = waiters;
    rivals.depth++;
    try {
      for (const waiter of waiters) {
        waiter.op.enqueue(waiter);
        if (w.proxies !== waiters) break; // it completed, or has committed, while it was registered
      }
    } finally {
      rivals.depth--;
    }
  }

  /** Cases that wait in one queue become ready at one moment, and the first of them is taken: so they queue in any order. */
  #shuffle(waiters: CaseWaiter[]): void {
    const p = this.run();
    const explored = p.strategy?.choose !== undefined;
    for (let n = waiters.length; n > 1; n--) {
      const last = waiters[n - 1] as CaseWaiter;
      // Exploration tries every order, so it is asked only where the order makes a difference.
      const places = explored ? alike(waiters, n) : null;
      const pick =
        places === null ? p.below(n) : places.length > 1 ? (places[p.below(places.length)] as number) : n - 1;
      waiters[n - 1] = waiters[pick] as CaseWaiter;
      waiters[pick] = last;
    }
  }

  override dequeue(w: Waiter): void {
    this.leave(w, null);
  }

  /** Takes all waiters of `owner` off their queues, except the one that was just taken off by its completion. */
  leave(owner: Waiter, winner: Waiter | null): void {
    const proxies = owner.proxies as CaseWaiter[] | CaseWaiter | null;
    if (proxies === null) return;
    owner.proxies = null;
    const waiters = Array.isArray(proxies) ? proxies : [proxies];
    if (m.touch !== null) for (const { op } of waiters) if (casesOf(op) === undefined) m.touch(touchedBy(op));
    for (const waiter of waiters) if (waiter !== winner) waiter.op.dequeue(waiter);
  }

  /** What it gives when the case at `at` is taken, for `g`. */
  outcome(at: number, value: unknown, g: G | null): unknown {
    if (tap.listener !== null) this.tell(at, g);
    return this.named ? { case: this.name(at), value } : { index: this.name(at), value };
  }

  /** The name or index of the case at `at`. */
  protected abstract name(at: number): string | number;

  tell(at: number, g: G | null): void {
    const event = {
      kind: "select",
      ...where(homeOf(this) ?? m.current(), g),
      case: this.names[at] ?? "default",
    } as const;
    emit(tap.meet === null ? event : { ...event, cases: this.on.map((op, i) => this.#told(op, i)) });
  }

  #told(op: Operation<unknown>, at: number): AwaitedThing & { readonly case: string | number } {
    return { case: this.name(at), ...waitsFor(op) };
  }
}

/** A select of any number of cases, in any order. */
class SelectMany extends SelectOp {
  override readonly on: readonly Operation<unknown>[];
  override readonly names: readonly (string | number)[];
  protected override readonly named: boolean;
  override readonly polls: boolean;
  override readonly listed: boolean;

  constructor(
    on: readonly Operation<unknown>[],
    names: readonly (string | number)[],
    named: boolean,
    hasDefault: boolean,
    listed: boolean,
  ) {
    super();
    this.on = on;
    this.names = names;
    this.named = named;
    this.polls = hasDefault;
    this.listed = listed;
  }

  /** Takes a case that is ready. */
  protected override poll(): unknown {
    if (this.listed) return this.#pollListed();
    const ops = this.on;
    const p = this.run();
    if (p.strategy?.choose !== undefined) return this.ask(p.strategy);
    const order = borrowOrder(p, ops.length);
    try {
      for (let n = ops.length; n > 0; n--) {
        const pick = n === 1 ? 0 : p.below(n);
        const at = order[pick] as number;
        order[pick] = order[n - 1] as number;
        order[n - 1] = at;
        const value = (ops[at] as Operation<unknown>).attempt();
        if (value !== NO) return this.outcome(at, value, m.curg);
      }
    } finally {
      p.orders[ops.length] = order;
    }
    return NO;
  }

  /** Attempts the cases as listed. */
  #pollListed(): unknown {
    for (let at = 0; at < this.on.length; at++) {
      const value = (this.on[at] as Operation<unknown>).attempt();
      if (value !== NO) return this.outcome(at, value, m.curg);
    }
    return NO;
  }

  protected override waiters(w: Waiter): CaseWaiter[] {
    const { on } = this;
    const waiters: CaseWaiter[] = new Array(on.length);
    for (let at = 0; at < on.length; at++) waiters[at] = new CaseWaiter(on[at] as Operation<unknown>, this, w, at);
    return waiters;
  }

  protected override name(at: number): string | number {
    return this.names[at] as string | number;
  }
}

/** A select of two cases in random order, which is what most are. It does without arrays until it has to wait. */
class SelectPair extends SelectOp {
  readonly #a: Operation<unknown>;
  readonly #b: Operation<unknown>;
  readonly #nameA: string | number;
  readonly #nameB: string | number;
  protected override readonly named: boolean;
  override readonly polls: boolean;

  constructor(
    a: Operation<unknown>,
    b: Operation<unknown>,
    nameA: string | number,
    nameB: string | number,
    named: boolean,
    hasDefault: boolean,
  ) {
    super();
    this.#a = a;
    this.#b = b;
    this.#nameA = nameA;
    this.#nameB = nameB;
    this.named = named;
    this.polls = hasDefault;
  }

  override get on(): readonly Operation<unknown>[] {
    return [this.#a, this.#b];
  }

  override get names(): readonly (string | number)[] {
    return [this.#nameA, this.#nameB];
  }

  override get listed(): boolean {
    return false;
  }

  override get verb(): string {
    return "select";
  }

  protected override poll(): unknown {
    const p = this.run();
    if (p.strategy?.choose !== undefined) return this.ask(p.strategy);
    const first = p.below(2);
    const value = (first === 0 ? this.#a : this.#b).attempt();
    if (value !== NO) return this.outcome(first, value, m.curg);
    const other = (first === 0 ? this.#b : this.#a).attempt();
    return other === NO ? NO : this.outcome(1 - first, other, m.curg);
  }

  protected override waiters(w: Waiter): CaseWaiter[] {
    return [new CaseWaiter(this.#a, this, w, 0), new CaseWaiter(this.#b, this, w, 1)];
  }

  protected override name(at: number): string | number {
    return at === 0 ? this.#nameA : this.#nameB;
  }
}

/**
 * Waits for the first of several operations; at most one of them happens.
 *
 * Blocks until a case is ready; never with `default: true`, which is taken when none is; for ever without cases. Panics
 * or throws what the chosen case panics or throws with. Several ready: one is chosen uniformly at random, or the first
 * listed with `order: "listed"` (for an object, JavaScript's order of keys: integer-like ones first, so use an array
 * where that matters). A `null` or `undefined` case is never ready.
 * Source: https://go.dev/ref/spec#Select_statements
 *
 * @param cases operations by name, giving `{ case, value }`, or an array of them, giving `{ index, value }`
 * @param options `order`: which of several ready cases is taken, `"random"` (the default) or `"listed"`
 * @throws ArgumentError when a case is no operation, or `default` is not `true`
 *
 * @example
 * ```ts
 * import { chan, run, select } from "millrace";
 * await run(function* () {
 *   const messages = chan<string>(1);
 *   const quit = chan<void>();
 *   yield* messages.send("hi");
 *   const s = yield* select({ message: messages.recv(), quit: quit.recv() });
 *   if (s.case === "message") console.log(s.value); // hi
 * });
 * ```
 */
export function select<const C extends readonly Case[]>(cases: C, options?: SelectOptions): Op<SelectedIndex<C>>;
export function select<const C extends Cases<C>>(cases: C, options?: SelectOptions): Op<Selected<C>>;
export function select(cases: readonly Case[] | NamedCases, options?: SelectOptions): Op<unknown> {
  if (options !== undefined) checkOptions("select", options, "order");
  const order = options?.order;
  if (order !== undefined) oneOf("select: order", order, ORDERS);
  if (typeof cases !== "object" || cases === null || isOperation(cases)) {
    throw unexpected("select", "an object or an array of operations", cases);
  }
  const named = !Array.isArray(cases);
  const pair = order === "listed" ? null : named ? namedPair(cases as NamedCases) : indexedPair(cases);
  if (pair !== null) return made(pair);
  const ops: Operation<unknown>[] = [];
  const names: (string | number)[] = [];
  let hasDefault = false;
  if (named) {
    for (const name in cases as NamedCases) {
      const op = (cases as NamedCases)[name];
      if (name === "default") hasDefault = isDefault(op);
      else if (isCase(op, name)) {
        ops.push(op);
        names.push(name);
      }
    }
  } else {
    for (let i = 0; i < cases.length; i++) {
      const op = cases[i] as Case;
      if (!isCase(op, i)) continue;
      ops.push(op);
      names.push(i);
    }
  }
  if (ops.length === 0) {
    if (named && !hasDefault && !isPlain(cases)) throw new ArgumentError(badCases(cases));
    // With none but nil cases it is still not a select without any.
    if (Object.keys(cases).some((name) => name !== "default")) names.push("");
  }
  return made(new SelectMany(ops, names, named, hasDefault, order === "listed"));
}

/** The select of two named cases; null where there are more or fewer. */
function namedPair(cases: NamedCases): SelectPair | null {
  let a: Operation<unknown> | null = null;
  let b: Operation<unknown> | null = null;
  let nameA = "";
  let nameB = "";
  let hasDefault = false;
  for (const name in cases) {
    const op = cases[name];
    if (name === "default") hasDefault = isDefault(op);
    else if (b !== null || !isCase(op, name)) return null;
    else if (a === null) {
      a = op;
      nameA = name;
    } else {
      b = op;
      nameB = name;
    }
  }
  return a === null || b === null ? null : new SelectPair(a, b, nameA, nameB, true, hasDefault);
}

/** The select of an array of two cases; null where there are more or fewer. */
function indexedPair(cases: readonly Case[]): SelectPair | null {
  if (cases.length !== 2) return null;
  const [a, b] = cases;
  return isCase(a, 0) && isCase(b, 1) ? new SelectPair(a, b, 0, 1, false, false) : null;
}

/** Whether this case can ever be ready; what is no case at all is refused. */
function isCase(op: unknown, label: string | number): op is Operation<unknown> {
  if (op === null || op === undefined) return false;
  if (!isOperation(op)) throw new ArgumentError(badCase(op, label));
  contained(op);
  return true;
}

function isDefault(value: unknown): boolean {
  if (value !== true && value !== undefined) {
    throw new ArgumentError(`select: the case named default takes true, got ${show(value)}`);
  }
  return value === true;
}

function badCase(op: unknown, label: string | number): string {
  return `select: case ${show(label)} is no operation but ${show(op)}${hint(op as Suspect)}`;
}

interface Suspect {
  readonly recv?: unknown;
  readonly then?: unknown;
  readonly join?: unknown;
}

/** What people write when they mean a case. */
function hint(op: Suspect): string {
  if (typeof op.recv === "function") return "; write its recv() or send(v)";
  if (op instanceof Action) return "; it runs code between operations, which nothing can undo: perform it by itself";
  if (typeof op.then === "function") return "; a promise is no case: write wait(promise)";
  if (Array.isArray(op)) return "; spread it, or make it a select of its own: select(array)";
  if (typeof op === "object" && typeof op.join === "function") return "; a goroutine is no case: write its join()";
  return typeof op === "function" ? "; is a call missing?" : "";
}

/** Whether an object without cases may be meant: a promise or a set of operations would wait for ever. */
function isPlain(cases: object): boolean {
  const prototype = Object.getPrototypeOf(cases) as object | null;
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function badCases(cases: object): string {
  const spread = Symbol.iterator in cases ? "; spread it into an array" : hint(cases);
  return `select: expected an object or an array of operations, got ${show(cases)}${spread}`;
}
