/** A clock for tests of `millrace/time` that is moved by hand. */
import type { Clock } from "../../src/runtime/clock.ts";

interface Alarm {
  readonly ring: () => void;
  readonly when: number;
  wanted: boolean;
}

/** It keeps one alarm, and says so when it is asked for two. */
export class HandClock implements Clock {
  time = 0;
  alarm: Alarm | null = null;
  started = 0;

  now(): number {
    return this.time;
  }

  wall(): number {
    return this.time;
  }

  start(ring: () => void, delay: number): Alarm {
    if (this.alarm !== null) throw new Error("two alarms");
    this.started++;
    this.alarm = { ring, when: this.time + delay, wanted: true };
    return this.alarm;
  }

  stop(alarm: unknown): void {
    if (alarm !== this.alarm) throw new Error("not the alarm that was set");
    this.alarm = null;
  }

  hold(alarm: unknown, wanted: boolean): void {
    if (alarm !== this.alarm) throw new Error("not the alarm that was set");
    (alarm as Alarm).wanted = wanted;
  }

  /** Passes `ms` milliseconds, ringing on the way. */
  pass(ms: number): void {
    const end = this.time + ms;
    while (this.alarm !== null && this.alarm.when <= end) {
      const { ring, when } = this.alarm;
      this.alarm = null;
      this.time = Math.max(this.time, when);
      ring();
    }
    this.time = end;
  }
}
