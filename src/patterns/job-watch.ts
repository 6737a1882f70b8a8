/** What may have a job given up besides its own pool: contexts that are not the pool's, and the time. */
import { cause } from "../context/cancel.ts";
import { DeadlineExceeded } from "../context/errors.ts";
import { follow } from "../context/follow.ts";
import { thrownFor } from "../context/thrown-for.ts";
import type { Context } from "../context/types.ts";
import type { P } from "../runtime/proc.ts";
import { RuntimeTimer } from "../runtime/timers.ts";

export class JobWatch {
  readonly #p: P;
  readonly #giveUp: (error: unknown, cause: unknown) => void;
  #unfollow: (() => void)[] = [];
  #timer: RuntimeTimer | null = null;

  constructor(p: P, giveUp: (error: unknown, cause: unknown) => void) {
    this.#p = p;
    this.#giveUp = giveUp;
  }

  follow(contexts: readonly Context[]): void {
    for (const ctx of contexts) {
      this.#unfollow.push(follow("WorkerPool", ctx, () => this.#giveUp(thrownFor(ctx), cause(ctx))));
    }
  }

  /** @param ms milliseconds from now */
  limit(ms: number): void {
    const { timers, clock } = this.#p;
    this.#timer = new RuntimeTimer(timers, () => this.#giveUp(DeadlineExceeded, DeadlineExceeded), undefined);
    timers.add(this.#timer, clock.now() + ms, timers.order());
  }

  leave(): void {
    for (const unfollow of this.#unfollow) unfollow();
    this.#unfollow = [];
    if (this.#timer !== null) this.#p.timers.remove(this.#timer);
  }
}
