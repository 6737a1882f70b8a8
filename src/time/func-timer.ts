/** The timer behind `afterFunc`: when it is due, a goroutine of the run it was made in calls the function. */
import { nilChan } from "../chan/nil.ts";
import type { RecvChan } from "../chan/types.ts";
import { startAnywhere } from "../runtime/anywhere.ts";
import { type AsyncScope, capture } from "../runtime/async-scope.ts";
import type { Body } from "../runtime/body.ts";
import type { P } from "../runtime/proc.ts";
import { RuntimeTimer } from "../runtime/timers.ts";
import type { Time } from "./time.ts";

export class FuncTimer extends RuntimeTimer {
  readonly #p: P;
  readonly #scope: AsyncScope;
  /** It has been set and has neither fired nor been stopped. */
  #active = false;

  constructor(p: P, d: number, fn: Body) {
    super(p.timers, expire, fn);
    this.#p = p;
    this.#scope = capture(p.scope);
    this.reset(d);
  }

  override get wakesOne(): boolean {
    return true;
  }

  get c(): RecvChan<Time> {
    return nilChan<Time>();
  }

  stop(): boolean {
    const was = this.#active;
    this.#active = false;
    this.timers.remove(this);
    return was;
  }

  reset(d: number): boolean {
    const was = this.stop();
    this.#active = true;
    this.timers.add(this, this.#p.clock.now() + d, this.timers.order());
    return was;
  }

  expire(): void {
    this.#active = false;
    startAnywhere(this.#p, this.arg as Body, [], null, this.#scope);
  }
}

function expire(_fn: Body, timer: RuntimeTimer): void {
  (timer as FuncTimer).expire();
}
