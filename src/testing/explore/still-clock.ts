import { type Clock, EPOCH } from "../../runtime/clock.ts";

/** Time that goes on only when the execution says so. */
export class StillClock implements Clock {
  ms = 0;
  /** The next moment that code looks for without a timer: a poll of a deadline, or of a timer's channel. */
  next: number = Infinity;
  /** Whether code has looked for one. */
  polled: boolean = false;
  now = (): number => this.ms;
  wall = (): number => EPOCH + this.ms;
  start(): this {
    return this;
  }
  stop(): void {}
  hold(): void {}

  looked(when: number): void {
    this.polled = true;
    if (when < this.next) this.next = when;
  }

  moveOn(when: number): void {
    this.ms = Math.max(this.ms, when);
    if (this.next <= this.ms) this.next = Infinity;
  }
}
