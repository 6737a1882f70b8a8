/**
 * What the steps of a run did, and which of them had to come in the order in which they came.
 *
 * Two steps of different goroutines depend on each other when they touch the same thing: a channel, a lock, a group, the
 * end of a goroutine. A step that may touch anything (it attempts an operation that does not say what it `touches`, or the
 * clock goes on) depends on all others. A step also comes after the one that made its goroutine ready. The order that
 * follows is kept as vector clocks: `clocks[i][p]` is the last step of goroutine `p` that comes before step `i`, or is it.
 *
 * Things go by names, so that runs with the same beginning can be compared: who touched it first, which is whoever made
 * it, and how many that goroutine had made before.
 *
 * A search runs the program again and again with the same beginning: what is known of the steps before `from` is kept.
 */

import { CONTEXTS } from "../../context/cancel-ctx.ts";
import { G } from "../../runtime/g.ts";
import type { Operation } from "../../runtime/op.ts";
import { casesOf, NOTHING, touchedBy } from "../../runtime/thing.ts";
import type { Watcher } from "./chooser.ts";

/** The things that a step touches, by name; null for anything. */
export type Footprint = readonly number[] | null;

export function independent(a: Footprint, b: Footprint): boolean {
  if (a === null || b === null) return false;
  for (const thing of a) if (b.includes(thing)) return false;
  return true;
}

export function union(a: Footprint, b: Footprint): Footprint {
  if (a === null || b === null) return null;
  return [...a, ...b.filter((thing) => !a.includes(thing))];
}

/** Whether `b` has all that `a` has. */
export function within(a: Footprint, b: Footprint): boolean {
  return b === null || a?.every((thing) => b.includes(thing)) === true;
}

/** More things than one goroutine makes. */
const MANY = 2 ** 24;

export class Trace implements Watcher {
  /** How many steps there are. */
  length = 0;
  /** The first step that is not as in the run before. */
  from = 0;
  /** The last step ended the run. */
  broken = false;
  /** The goroutine of each step, 0 for the clock. */
  readonly who: number[] = [];
  readonly footprints: Footprint[] = [];
  readonly clocks: number[][] = [];
  /** Says what the program did in words of its own: the reason of each operation, and who started whom. */
  readonly #marks: number[] = [];
  readonly #names = new Map<object, number>();
  /** How many things each goroutine has made. */
  readonly #made: number[] = [];
  /** The step that made a goroutine ready last, and its own last step; -1 for none. */
  readonly #ready: number[] = [];
  readonly #last: number[] = [];
  /** A number for each goroutine that does not depend on the order in which they were started. */
  readonly #identity: number[] = [];
  readonly #children: number[] = [];
  /** Who has performed an operation that may touch anything. */
  readonly #anything: boolean[] = [];
  #footprint: number[] = [];
  #any = false;
  #g = 0;

  /** A new run. */
  reset(from: number): void {
    this.length = 0;
    this.broken = false;
    this.from = from;
    this.#names.clear();
    this.#names.set(CONTEXTS, -1);
    this.#made.length = this.#ready.length = this.#last.length = this.#children.length = 0;
    this.#anything.length = 0;
    this.#ready[0] = this.#ready[1] = this.#last[0] = this.#last[1] = -1;
    this.#made[0] = this.#made[1] = this.#children[0] = this.#children[1] = 0;
    this.#identity[0] = 0;
    this.#identity[1] = 1;
  }

  begin(g: G | null, op: Operation<unknown> | null): void {
    this.#g = g === null ? 0 : g.id;
    // What follows an operation that may touch anything runs, if it had to wait, in a step of its own.
    this.#any = g === null || this.#anything[g.id] === true;
    if (g !== null) this.#anything[g.id] = false;
    this.#footprint = [];
    let mark = 0;
    if (op !== null) {
      mark = op.verb.length * 31 + op.verb.charCodeAt(0);
      this.#touched(op);
    }
    this.#marks[this.length] = mark;
  }

  #touched(op: Operation<unknown>): void {
    const cases = casesOf(op);
    if (cases !== undefined) for (const each of cases) this.#touched(each);
    else {
      const touched = touchedBy(op);
      if (touched === null) this.#anything[this.#g] = true;
      this.touch(touched);
    }
  }

  touch(thing: object | null): void {
    if (thing === null) this.#any = true;
    if (thing === null || thing === NOTHING) return;
    const name = thing instanceof G ? -1 - thing.id : this.#name(thing, this.#g);
    if (this.length >= this.from && !this.#footprint.includes(name)) this.#footprint.push(name);
  }

  #name(thing: object, g: number): number {
    let name = this.#names.get(thing);
    if (name === undefined) {
      const made = this.#made[g] as number;
      this.#made[g] = made + 1;
      name = g * MANY + made;
      this.#names.set(thing, name);
    }
    return name;
  }

  broke(): void {
    this.broken = this.#any = true;
  }

  note(choice: number): void {
    this.#marks[this.length] = mix(this.#marks[this.length] as number, choice + 1);
  }

  end(ready: readonly G[]): void {
    const at = this.length++;
    const g = this.#g;
    if (at >= this.from) {
      this.who[at] = g;
      this.footprints[at] = this.#any ? null : this.#footprint;
      this.#order(at, g);
    }
    for (const { id, creator } of ready) {
      if (id === g) continue;
      this.#ready[id] = at;
      if (this.#last[id] !== undefined) continue;
      this.#last[id] = -1;
      this.#made[id] = this.#children[id] = 0;
      const by = creator?.id ?? 0;
      const child = this.#children[by] as number;
      this.#children[by] = child + 1;
      this.#identity[id] = mix(mix(this.#identity[by] as number, child), 7);
    }
    this.#last[g] = at;
  }

  /** Sets the clock of step `at`, and notes its races. */
  #order(at: number, g: number): void {
    let clock = this.clocks[at];
    if (clock === undefined) this.clocks[at] = clock = [];
    clock.length = 0;
    this.#join(clock, this.#last[g] as number);
    this.#join(clock, this.#ready[g] as number);
    const footprint = this.footprints[at] as Footprint;
    for (let before = at - 1; before >= 0; before--) {
      const other = this.who[before] as number;
      if (other === g || (clock[other] ?? -1) >= before) continue;
      if (independent(this.footprints[before] as Footprint, footprint)) continue;
      this.raced?.(before, at);
      this.#join(clock, before);
    }
    clock[g] = at;
  }

  #join(into: number[], at: number): void {
    if (at < 0) return;
    const clock = this.clocks[at] as number[];
    for (let g = 0; g < clock.length; g++) {
      const step = clock[g] ?? -1;
      if (step > (into[g] ?? -1)) into[g] = step;
    }
  }

  /** Told of two steps that depend on each other with none between them that makes it so. Called before the clock of `b` is known. */
  raced: ((a: number, b: number) => void) | null = null;

  /** Whether step `a` comes before the later step `b` in every order that comes to the same. */
  precedes(a: number, b: number): boolean {
    return ((this.clocks[b] as number[])[this.who[a] as number] ?? -1) >= a;
  }

  /**
   * A number that is the same for all runs that differ only in the order of independent steps, and for others most likely
   * different: 53 bits of hash.
   */
  hash(): number {
    const { who, clocks } = this;
    const nth: number[] = [];
    const count: number[] = [];
    let low = 0;
    let high = 0;
    for (let at = 0; at < this.length; at++) {
      const g = who[at] as number;
      nth[at] = count[g] = (count[g] ?? 0) + 1;
      const clock = clocks[at] as number[];
      let past = mix(this.#identity[g] as number, this.#marks[at] as number);
      for (let p = 0; p < clock.length; p++) {
        const step = clock[p] ?? -1;
        if (step >= 0) past = (past + mix(this.#identity[p] as number, nth[step] as number)) | 0;
      }
      low = (low + mix(past, 1)) | 0;
      high = (high + mix(past, 2)) | 0;
    }
    return (low >>> 0) * 2 ** 21 + (high & 0x1fffff);
  }
}

/** Two numbers to one, all bits of which depend on both. */
export function mix(a: number, b: number): number {
  let x = (Math.imul(a, 0x21f0aaad) + Math.imul(b, 0x9e3779b9)) | 0;
  x = Math.imul(x ^ (x >>> 16), 0x735a2d97);
  return (x ^ (x >>> 15)) | 0;
}
