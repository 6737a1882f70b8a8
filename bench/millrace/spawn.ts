/** Starts n goroutines that each send one value on the same unbuffered channel, and takes them all. */
import { chan, go, run, type SendChan } from "millrace";
import { check, sumTo } from "../program.ts";

function* sendOnce(ch: SendChan<number>, i: number) {
  yield* ch.send(i);
}

export function spawn(n: number): Promise<void> {
  return run(function* () {
    const ch = chan<number>(0, { zero: 0 });
    for (let i = 1; i <= n; i++) go(sendOnce, ch, i);
    let sum = 0;
    for (let i = 0; i < n; i++) sum += yield* ch.recv();
    check(sum, sumTo(n));
  });
}
