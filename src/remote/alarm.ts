/** A timer of a run that can be set again and again, and does not start a goroutine when it is due. */
import type { P } from "../runtime/proc.ts";
import { RuntimeTimer } from "../runtime/timers.ts";

export class Alarm {
  readonly p: P;
  readonly #entry: RuntimeTimer;

  /** @param weak it does not keep the run waiting for it */
  constructor(p: P, ring: () => void, weak = false) {
    this.p = p;
    this.#entry = new RuntimeTimer(p.timers, ring as (arg: never) => void, undefined, weak);
  }

  get isSet(): boolean {
    return this.#entry.index !== -1;
  }

  /** Rings at `when`, by the run's clock, and no longer when it would have before. */
  at(when: number): void {
    const { timers } = this.p;
    if (this.isSet) {
      if (this.#entry.when === when) return;
      timers.remove(this.#entry);
    }
    timers.add(this.#entry, when, timers.order());
  }

  in(ms: number): void {
    this.at(this.p.clock.now() + ms);
  }

  stop(): void {
    this.p.timers.remove(this.#entry);
  }
}
