import { type Clock, EPOCH } from "../../runtime/clock.ts";

/** Time that goes on only when the execution says so. */
export class StillClock implements Clock {
  ms = 0;
  now = (): number => this.ms;
  wall = (): number => EPOCH + this.ms;
  start(): this {
    return this;
  }
  stop(): void {}
  hold(): void {}
}
