/** What the tests of `millrace/time` and `millrace/context` are written with: runs on a virtual clock, and their deadlocks. */
import { DeadlockError, type RunOptions } from "millrace";
import type { Body } from "../../src/runtime/body.ts";
import { type Clock, VirtualClock } from "../../src/runtime/clock.ts";
import type { Outcome } from "../../src/runtime/options.ts";
import { P } from "../../src/runtime/proc.ts";

/** A run on a virtual clock, from the inside. */
export interface Virtual {
  readonly p: P;
  readonly clock: VirtualClock;
}

/** Runs `fn` on a clock of its own, which jumps when nothing can run. Rejects with a `DeadlockError` when nothing ever can. */
export async function virtual<R>(fn: (v: Virtual) => unknown, options: RunOptions = {}): Promise<R> {
  const p = new P(options);
  const clock = new VirtualClock((stuck) => stuck.dry()).attach(p);
  const outcome = await new Promise<Outcome>((resolve) => p.start((() => fn({ p, clock })) as Body, resolve));
  if (!outcome.ok) throw outcome.error;
  return outcome.value as R;
}

/** What each goroutine of a deadlock waits for. */
export async function deadlocked(
  fn: (v: Virtual) => unknown,
  options: RunOptions = {},
): Promise<(string | undefined)[]> {
  try {
    await virtual(fn, options);
  } catch (error) {
    if (error instanceof DeadlockError) return error.goroutines.map((g) => g.reason);
    throw error;
  }
  throw new Error("it ended without a deadlock");
}

interface Alarm {
  readonly ring: () => void;
  readonly when: number;
  wanted: boolean;
}

/** A clock that is moved by hand. It keeps one alarm, and says so when it is asked for two. */
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

/** What `fn` throws. */
export function thrown(fn: () => unknown): unknown {
  try {
    fn();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

/** Resolves once the host has had `n` turns. */
export async function turns(n: number): Promise<void> {
  for (let i = 0; i < n; i++) await new Promise<void>((resolve) => setImmediate(resolve));
}

/** Collects garbage, and lets what waits for that happen. */
export async function collect(): Promise<void> {
  const { gc } = globalThis;
  if (gc === undefined) throw new Error("needs --expose-gc");
  for (let i = 0; i < 4; i++) {
    gc();
    await turns(3);
  }
}

/** Bytes on the heap that are in use. */
export async function heapUsed(): Promise<number> {
  await collect();
  return process.memoryUsage().heapUsed;
}
