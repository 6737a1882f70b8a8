/**
 * The timer behind a channel, by the rules before Go 1.23, for runs with `asyncTimerChan`.
 *
 * It is in the heap from when it is set until it fires or is stopped, and then puts the time into a channel of capacity 1,
 * where it stays until somebody receives it: also after `stop`, which says `false` then, and after `reset`. A tick that
 * finds the buffer full is dropped.
 */
import { Hchan } from "../chan/hchan.ts";
import type { RecvChan } from "../chan/types.ts";
import type { P } from "../runtime/proc.ts";
import { RuntimeTimer } from "../runtime/timers.ts";
import { type Time, timeAt } from "./time.ts";

export class BufferedTimer {
  readonly c: RecvChan<Time>;
  readonly #ch: Hchan;
  readonly p: P;
  readonly #entry: RuntimeTimer;
  #active = true;
  #period: number;

  constructor(p: P, name: string, when: number, seq: number, period: number) {
    this.p = p;
    this.#ch = new Hchan(1, undefined, name);
    this.c = this.#ch as RecvChan<unknown, unknown> as RecvChan<Time>;
    this.#period = period;
    this.#entry = new RuntimeTimer(p.timers, expire, this);
    p.timers.add(this.#entry, when, seq);
  }

  stop(): boolean {
    const was = this.#active;
    this.#active = false;
    this.p.timers.remove(this.#entry);
    return was;
  }

  reset(d: number, period: number): boolean {
    const was = this.stop();
    const { clock, timers } = this.p;
    this.#active = true;
    this.#period = period;
    timers.add(this.#entry, clock.now() + d, timers.order());
    return was;
  }

  expire(): void {
    const { clock, timers } = this.p;
    const { when, seq } = this.#entry;
    const period = this.#period;
    if (period === 0) this.#active = false;
    else timers.add(this.#entry, when + period * (1 + Math.floor((clock.now() - when) / period)), seq);
    this.#ch.trySend(timeAt(clock, when));
  }
}

function expire(timer: BufferedTimer): void {
  timer.expire();
}
