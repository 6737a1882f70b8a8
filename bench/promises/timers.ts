/** The programs about timers, for whatever sets one and stops it. */
import { check, later, type Program, within } from "../program.ts";

/** Calls back after some milliseconds. */
export interface Timers<T> {
  set(ms: number, call: () => void): T;
  stop(timer: T): void;
}

export function timerPrograms<T>({
  set,
  stop,
}: Timers<T>): Record<"timer-stop" | "timer-batch" | "timer-fire" | "timer-memory", Program> {
  return {
    async "timer-stop"(n) {
      let fired = 0;
      for (let i = 0; i < n; i++) stop(set(60_000, () => fired++));
      check(fired, 0);
    },
    async "timer-batch"(n) {
      let fired = 0;
      const timers = Array.from({ length: n }, (_, i) => set(later(i), () => fired++));
      for (const timer of timers) stop(timer);
      check(fired, 0);
    },
    "timer-fire": (n) => countdown(n, (i, done) => set(within(i), done)),
    async "timer-memory"(n, meter) {
      const all = new Array<T | null>(n).fill(null);
      meter.empty();
      for (let i = 0; i < n; i++) all[i] = set(3_600_000 + i, () => {});
      meter.full();
      check(all.length, n);
      for (const timer of all) stop(timer as T);
    },
  };
}

/** Those that sleep are async functions. */
export function sleepersProgram(sleep: (ms: number) => PromiseLike<unknown>): Program {
  return (n) =>
    countdown(n, async (i, done) => {
      await sleep(within(i));
      done();
    });
}

/** Starts n, and waits until each has said that it is done. */
export function countdown(n: number, start: (i: number, done: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    let left = n;
    const done = () => {
      if (--left === 0) resolve();
    };
    for (let i = 0; i < n; i++) start(i, done);
  });
}
