/** What n of a thing take: goroutines that wait, and channels, timers, contexts and locks that nobody uses. */
import { type Chan, chan, go, type RecvChan, run, runtime } from "millrace";
import { background, type Context, withCancel } from "millrace/context";
import { Mutex, WaitGroup } from "millrace/sync";
import { afterFunc, type Timer } from "millrace/time";
import { check, type Meter, type Program } from "../program.ts";

interface Tally {
  parked: number;
  woken: number;
}

function* park(ch: RecvChan<number>, tally: Tally) {
  tally.parked++;
  yield* ch.recv();
  tally.woken++;
}

export function parked(n: number, meter: Meter): Promise<void> {
  return run(function* () {
    const ch = chan<number>();
    const tally: Tally = { parked: 0, woken: 0 };
    meter.empty();
    for (let i = 0; i < n; i++) go(park, ch, tally);
    while (tally.parked < n) yield* runtime.gosched();
    meter.full();
    check(tally.woken, 0);
    ch.close();
    while (tally.woken < n) yield* runtime.gosched();
  });
}

/** Each waits for a channel that nobody else has. */
export function parkedOwn(n: number, meter: Meter): Promise<void> {
  return run(function* () {
    const all = new Array<Chan<number> | null>(n).fill(null);
    const tally: Tally = { parked: 0, woken: 0 };
    meter.empty();
    for (let i = 0; i < n; i++) {
      const ch = chan<number>();
      all[i] = ch;
      go(park, ch, tally);
    }
    while (tally.parked < n) yield* runtime.gosched();
    meter.full();
    check(tally.woken, 0);
    for (const ch of all) ch?.close();
    while (tally.woken < n) yield* runtime.gosched();
  });
}

/** Keeps n of what `make` gives. */
function keep<T>(make: () => (i: number) => T, end?: (thing: T) => void): Program {
  return (n, meter) =>
    run(function* () {
      const all = new Array<T | null>(n).fill(null);
      const one = make();
      meter.empty();
      for (let i = 0; i < n; i++) all[i] = one(i);
      meter.full();
      check(all.length, n);
      if (end) for (const thing of all) end(thing as T);
    });
}

export const channels: Program = keep(() => () => chan<number>());

export const timers: Program = keep<Timer>(
  () => (i) => afterFunc(3_600_000 + i, () => {}),
  (timer) => timer.stop(),
);

export const contexts: Program = keep<Context>(() => {
  const [parent] = withCancel(background());
  return () => withCancel(parent)[0];
});

export const mutexes: Program = keep(() => () => new Mutex());

export const waitGroups: Program = keep(() => () => new WaitGroup());
