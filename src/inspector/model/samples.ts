/** How many goroutines of each origin, and how many timers, there were over the last while: to see what only grows. */
import type { Model } from "./model.ts";

/** Milliseconds between two samples, at least. */
const STEP = 250;
const MOST = 40;
/** Origins that are counted in one sample. */
const MOST_ORIGINS = 1000;

export interface Sample {
  readonly time: number;
  /** Goroutines that live, by their family. */
  readonly routines: ReadonlyMap<string, number>;
  readonly timers: number;
  /** Goroutines that sleep, which takes a timer each. */
  readonly sleepers: number;
}

export class Samples {
  readonly #model: Model;
  all: Sample[] = [];

  constructor(model: Model) {
    this.#model = model;
  }

  take(time: number): void {
    if (time - (this.all.at(-1)?.time ?? Number.NEGATIVE_INFINITY) < STEP) return;
    const routines = new Map<string, number>();
    let sleepers = 0;
    for (const { live, family, wait } of this.#model.routines) {
      if (!live) continue;
      if (wait.verb === "sleep") sleepers++;
      const count = routines.get(family);
      if (count !== undefined || routines.size < MOST_ORIGINS) routines.set(family, (count ?? 0) + 1);
    }
    this.all.push({ time, routines, timers: this.#model.things.timers.size, sleepers });
    if (this.all.length > MOST) this.all.shift();
  }
}
