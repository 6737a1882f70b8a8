/**
 * Which cases the selects of a program take: to see those that are ready and never taken.
 *
 * A select is told apart by the goroutine's name and origin and by its cases. At most `MOST` are known.
 */
import type { Routine } from "./routines.ts";

const MOST = 2_000;

export interface SelectCase {
  readonly name: string;
  /** What it waits for: "chan receive jobs". */
  readonly label: string;
  taken: number;
  /** How often it was ready when another was taken. */
  passed: number;
}

export interface Select {
  readonly routine: Routine;
  readonly cases: readonly SelectCase[];
  readonly since: number;
}

export class Selects implements Iterable<Select> {
  readonly #all = new Map<string, Select>();

  [Symbol.iterator](): IterableIterator<Select> {
    return this.#all.values();
  }

  took(
    routine: Routine,
    taken: string,
    cases: readonly { readonly name: string; readonly label: string; readonly ready: boolean }[],
    time: number,
  ): void {
    const key = cases.reduce((text, { name, label }) => `${text}\n${name} ${label}`, routine.family);
    let select = this.#all.get(key);
    if (select === undefined) {
      if (this.#all.size >= MOST) this.#all.delete(this.#all.keys().next().value as string);
      select = { routine, since: time, cases: cases.map(({ name, label }) => ({ name, label, taken: 0, passed: 0 })) };
      this.#all.set(key, select);
    }
    for (const [i, { name, ready }] of cases.entries()) {
      const known = select.cases[i] as SelectCase;
      if (name === taken) known.taken++;
      else if (ready) known.passed++;
    }
  }
}
