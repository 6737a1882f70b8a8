/** Sets n timers and stops each; sets n timers that fire within 100 ms. */
import { chan, run } from "millrace";
import { afterFunc, Timer } from "millrace/time";
import { check, within } from "./program.ts";

export function timerStop(n: number): Promise<void> {
  return run(function* () {
    let stopped = 0;
    for (let i = 0; i < n; i++) if (new Timer(60_000).stop()) stopped++;
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
