/** The timer behind `afterFunc`: when it is due, a goroutine of the run it was made in calls the function. */

import { nilChan } from "../chan/nil.ts";
import type { RecvChan } from "../chan/types.ts";
import type { Body } from "../runtime/body.ts";
import type { P } from "../runtime/proc.ts";
import { RuntimeTimer } from "../runtime/timers.ts";
import type { Time } from "./time.ts";

export class FuncTimer {
  readonly #p: P;
  readonly #fn: Body;
  readonly #entry: RuntimeTimer;
  /** It has been set and has neither fired nor been stopped. */
  #active = false;

  constructor(p: P, d: number, fn: Body) {
    this.#p = p;
    this.#fn = fn;
    this.#entry = new RuntimeTimer(p.timers, expire, this);
    this.reset(d);
  }

  get c(): RecvChan<Time> {
    return nilChan<Time>();
  }

  stop(): boolean {
    const was = this.#active;
    this.#active = false;
    this.#p.timers.remove(this.#entry);
    return was;
  }

  reset(d: number): boolean {
    const was = this.stop();
    const { clock, timers } = this.#p;
    this.#active = true;
    timers.add(this.#entry, clock.now() + d, timers.order());
    return was;
  }

  expire(): void {
    this.#active = false;
    this.#p.go(this.#fn, [], null);
  }
}

function expire(timer: FuncTimer): void {
  timer.expire();
}
