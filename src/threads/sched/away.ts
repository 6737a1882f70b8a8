/**
 * Goroutines that this thread has started for others: what `go` of a parallel function gives, and what is done when one
 * comes back.
 *
 * Each is in `children` from its start until its task is back, under a number that is used again afterwards: a dense
 * array, because V8 keeps a sparse one as a dictionary.
 */

import { once } from "../../runtime/copies.ts";
import type { Watched } from "../../runtime/g.ts";
import { NO, Operation } from "../../runtime/op.ts";
import type { P } from "../../runtime/proc.ts";
import type { Thing } from "../../runtime/thing.ts";
import type { Op } from "../../runtime/types.ts";
import { made } from "../../runtime/unused.ts";
import { type Waiter, WaitQueue } from "../../runtime/waiter.ts";
import { TALLY_TASKS } from "../memory/layout.ts";
import { Part } from "./guest.ts";
import { countElsewhere } from "./run.ts";
import type { Loss } from "./unjoined.ts";

const PENDING = 0;
const ENDED = 1;
const FAILED = 2;

/** A goroutine on any thread, as seen from the one that started it. */
export class Away implements Watched, Thing {
  readonly p: P;
  readonly id: number;
  readonly name: string;
  /** Its task. */
  readonly task: number;
  /** Who started it. */
  readonly creator: { readonly id: number; readonly name: string } | null;
  #status: typeof PENDING | typeof ENDED | typeof FAILED = PENDING;
  #value: unknown = undefined;
  #joiners: WaitQueue | null = null;
  /** Somebody has asked for its outcome, so if it is lost that is an error of theirs and no panic. */
  wanted = false;
  /** It was lost before. */
  loss: Loss | null = null;

  constructor(p: P, id: number, name: string, task: number, creator: Away["creator"]) {
    this.p = p;
    this.id = id;
    this.name = name;
    this.task = task;
    this.creator = creator;
  }

  get kind(): "goroutine" {
    return "goroutine";
  }

  get touches(): null {
    return null;
  }

  join(): Op<never> {
    this.wanted = true;
    if (this.loss !== null) this.loss.heard = true;
    return made(new AwayJoin(this)) as Op<unknown> as Op<never>;
  }

  /** Whether it has not come to its end yet. */
  get pending(): boolean {
    return this.#status === PENDING;
  }

  /** What a join gives now. */
  look(): unknown {
    if (this.#status === PENDING) return NO;
    if (this.#status === FAILED) throw this.#value;
    return this.#value;
  }

  get joiners(): WaitQueue {
    this.#joiners ??= new WaitQueue();
    return this.#joiners;
  }

  /** It has ended. */
  end(value: unknown): void {
    if (this.#status !== PENDING) return;
    this.#status = ENDED;
    this.#value = value;
    const joiners = this.#joiners;
    if (joiners === null) return;
    for (let w = joiners.shift(); w !== null; w = joiners.shift()) w.complete(value, true);
  }

  /** It is lost. */
  fail(error: unknown): void {
    if (this.#status !== PENDING) return;
    this.#status = FAILED;
    this.#value = error;
    const joiners = this.#joiners;
    if (joiners === null) return;
    for (let w = joiners.shift(); w !== null; w = joiners.shift()) w.fail(error);
  }

  /** `w` is told of the end, and of nothing that went wrong. */
  watch(w: Waiter): void {
    if (this.#status === PENDING) this.joiners.push(w);
    else w.complete(undefined, true);
  }
}

class AwayJoin extends Operation<unknown> {
  readonly #g: Away;

  constructor(g: Away) {
    super();
    this.#g = g;
  }

  override get verb(): string {
    return "join";
  }

  override get on(): Away {
    return this.#g;
  }

  override attempt(): unknown {
    return this.#g.look();
  }

  override enqueue(w: Waiter): void {
    this.#g.joiners.push(w);
  }

  override dequeue(w: Waiter): void {
    this.#g.joiners.remove(w);
  }
}

class Children {
  readonly #all: (Away | number)[] = [];
  /** The first number that is free; where it stands is the next one. */
  #free = -1;
  readonly #count = new Map<P, number>();
  /** The run that started one last, and how many it has: mostly it is the same again. */
  #last: P | null = null;
  #lastCount = 0;

  /** The number for one that is about to be added. */
  next(): number {
    return this.#free < 0 ? this.#all.length : this.#free;
  }

  add(child: Away): void {
    const at = this.next();
    if (at < this.#all.length) this.#free = this.#all[at] as number;
    this.#all[at] = child;
    this.#countOf(child.p, 1);
  }

  /** Takes out the one with that number. */
  take(at: number): Away {
    const child = this.#all[at] as Away;
    this.#all[at] = this.#free;
    this.#free = at;
    this.#countOf(child.p, -1);
    return child;
  }

  /** A run is over: this keeps nothing of it but what is still away. */
  forget(p: P): void {
    if (p !== this.#last) return;
    if (this.#lastCount > 0) this.#count.set(p, this.#lastCount);
    this.#last = null;
    this.#lastCount = 0;
  }

  /** How many of a run's are away. */
  of(p: P): number {
    return p === this.#last ? this.#lastCount : (this.#count.get(p) ?? 0);
  }

  get length(): number {
    let n = this.#lastCount;
    for (const [p, count] of this.#count) if (p !== this.#last) n += count;
    return n;
  }

  *[Symbol.iterator](): Iterator<Away, void> {
    for (const child of this.#all) if (typeof child !== "number") yield child;
  }

  #countOf(p: P, change: 1 | -1): void {
    if (p !== this.#last) {
      if (this.#last !== null && this.#lastCount > 0) this.#count.set(this.#last, this.#lastCount);
      this.#last = p;
      this.#lastCount = this.#count.get(p) ?? 0;
      this.#count.delete(p);
    }
    this.#lastCount += change;
    if (p.over) this.forget(p);
    if (p instanceof Part) countElsewhere(p, TALLY_TASKS, change);
  }
}

/** Those of this thread. */
export const children: Children = once("children", () => new Children());
