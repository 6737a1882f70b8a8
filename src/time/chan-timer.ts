/**
 * The timer behind a channel, by Go 1.23's rules: that of `Timer.c`, `after`, `Ticker.c` and `tick`.
 *
 * Whether it has fired follows from the clock, so it need not run: it is in the heap exactly while it is active and
 * somebody is parked on its channel. What follows from that: a timer nobody waits for costs its own memory and can be
 * collected; a case that lost takes its timer out of the heap at once; `stop` and `reset` can't leave a stale value,
 * because there is no buffer that could hold one. To the program it is a channel of capacity 0 with a sender that comes
 * when the timer is due.
 */
import { RecvOnly } from "../chan/recv-only.ts";
import { m } from "../runtime/m.ts";
import { NO } from "../runtime/op.ts";
import type { P } from "../runtime/proc.ts";
import { RuntimeTimer } from "../runtime/timers.ts";
import { type Time, timeAt } from "./time.ts";

export class ChanTimer extends RecvOnly<Time> {
  /** It has not been stopped, nor received from if it fires once. */
  #active = true;
  /** When it is due, in milliseconds of the run's clock. */
  #when: number;
  /** The place among timers that are due at the same moment. */
  #seq: number;
  /** Milliseconds between ticks; 0 for a timer that fires once. */
  #period: number;
  #entry: Entry | null = null;

  constructor(p: P, name: string, when: number, seq: number, period: number) {
    super(p, name);
    this.#when = when;
    this.#seq = seq;
    this.#period = period;
  }

  override get touches(): object {
    return this.p.timers;
  }

  get c(): this {
    return this;
  }

  stop(): boolean {
    if (m.touch !== null) m.touch(this.p.timers);
    const was = this.#active;
    this.#active = false;
    this.unwatched();
    return was;
  }

  reset(d: number, period: number): boolean {
    const was = this.stop();
    this.#active = true;
    this.#when = this.p.clock.now() + d;
    this.#seq = this.p.timers.order();
    this.#period = period;
    if (this.queue.first !== null) this.watched();
    return was;
  }

  override ready(): boolean {
    return this.#active && this.p.clock.now() >= this.#when;
  }

  override take(): Time | NO {
    if (!this.#active) return NO;
    const now = this.p.clock.now();
    if (now < this.#when) {
      this.p.clock.looked?.(this.#when);
      return NO;
    }
    const time = this.#fired(now);
    this.received(time, false);
    return time;
  }

  /** Its receiver waits for nothing else. */
  get wakesOne(): boolean {
    const { first } = this.queue;
    return first !== null && first.root === first;
  }

  /** It is due while somebody is parked here. */
  expire(): void {
    const w = this.queue.shift();
    if (w === null) return;
    const time = this.#fired(this.p.clock.now());
    this.received(time, true);
    w.complete(time, true);
  }

  /** It has fired. A ticker goes on to the first tick after `now`, in its phase; those in between are dropped. */
  #fired(now: number): Time {
    const when = this.#when;
    const period = this.#period;
    if (period === 0) this.#active = false;
    else this.#when += period * (1 + Math.floor((now - when) / period));
    this.unwatched();
    if (this.queue.first !== null) this.watched();
    return timeAt(this.p.clock, when);
  }

  protected override watched(): void {
    if (!this.#active) return;
    this.#entry ??= new Entry(this.p.timers, expire, this);
    this.p.timers.add(this.#entry, this.#when, this.#seq);
  }

  protected override unwatched(): void {
    if (this.#entry !== null) this.p.timers.remove(this.#entry);
  }
}

/** Its place in the heap. */
class Entry extends RuntimeTimer {
  override get wakesOne(): boolean {
    return (this.arg as ChanTimer).wakesOne;
  }
}

function expire(timer: ChanTimer): void {
  timer.expire();
}
