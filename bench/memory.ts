/** What n goroutines take that are all parked on a receive, and what n channels take that nobody uses. */
import { type Chan, chan, go, type RecvChan, run, runtime } from "millrace";
import { check, type Meter } from "./program.ts";

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

export async function channels(n: number, meter: Meter): Promise<void> {
  const keep = new Array<Chan<number> | null>(n).fill(null);
  meter.empty();
  for (let i = 0; i < n; i++) keep[i] = chan<number>();
  meter.full();
  check(keep.length, n);
}
