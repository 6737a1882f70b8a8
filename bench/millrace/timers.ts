/** Timers that are stopped, timers that fire within 100 ms, and goroutines that sleep as long. */
import { chan, type Go, go, run } from "millrace";
import { afterFunc, sleep, Timer } from "millrace/time";
import { check, later, within } from "../program.ts";

/** Each is stopped as soon as it is set. */
export function timerStop(n: number): Promise<void> {
  return run(function* () {
    let stopped = 0;
    for (let i = 0; i < n; i++) if (new Timer(60_000).stop()) stopped++;
    check(stopped, n);
  });
}

/** All are set, then all stopped. */
export function timerBatch(n: number): Promise<void> {
  return run(function* () {
    const timers = Array.from({ length: n }, (_, i) => new Timer(later(i)));
    let stopped = 0;
    for (const timer of timers) if (timer.stop()) stopped++;
    check(stopped, n);
  });
}

export function timerFire(n: number): Promise<void> {
  return run(function* () {
    const done = chan<void>();
    let fired = 0;
    for (let i = 0; i < n; i++) {
      afterFunc(within(i), () => {
        if (++fired === n) done.close();
      });
    }
    yield* done.recv();
    check(fired, n);
  });
}

export function sleepers(n: number): Promise<void> {
  return run(function* () {
    const done = chan<void>();
    let woken = 0;
    function* sleeper(i: number): Go {
      yield* sleep(within(i));
      if (++woken === n) done.close();
    }
    for (let i = 0; i < n; i++) go(sleeper, i);
    yield* done.recv();
    check(woken, n);
  });
}

export function sleepersAwait(n: number): Promise<void> {
  return run(async () => {
    const done = chan<void>();
    let woken = 0;
    async function sleeper(i: number): Promise<void> {
      await sleep(within(i));
      if (++woken === n) done.close();
    }
    for (let i = 0; i < n; i++) go(sleeper, i);
    await done.recv();
    check(woken, n);
  });
}
