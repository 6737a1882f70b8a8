/** The prime sieve: one goroutine counts, and each prime found puts one more filter into the chain. */
import { chan, go, type RecvChan, run, type SendChan } from "millrace";
import { check } from "../program.ts";

function* naturals(ch: SendChan<number>) {
  for (let i = 2; ; i++) yield* ch.send(i);
}

function* filter(from: RecvChan<number, number>, to: SendChan<number>, prime: number) {
  for (;;) {
    const i = yield* from.recv();
    if (i % prime !== 0) yield* to.send(i);
  }
}

/** Finds the first n primes. The goroutines are still at work when the main goroutine returns, which ends them. */
export function sieve(n: number): Promise<void> {
  return run(function* () {
    let ch = chan<number>(0, { zero: 0 });
    go(naturals, ch);
    let prime = 0;
    for (let k = 0; k < n; k++) {
      prime = yield* ch.recv();
      const next = chan<number>(0, { zero: 0 });
      go(filter, ch, next, prime);
      ch = next;
    }
    if (n === 1000) check(prime, 7919);
  });
}
