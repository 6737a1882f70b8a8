/** One goroutine sends 1 … n, another adds them up; the channel is unbuffered, so every value is handed over. */
import { chan, go, run, type SendChan } from "millrace";
import { check, sumTo } from "../program.ts";

export function* producer(ch: SendChan<number>, n: number) {
  for (let i = 1; i <= n; i++) yield* ch.send(i);
}

export function oneToOne(capacity: number, n: number): Promise<void> {
  return run(function* () {
    const ch = chan<number>(capacity, { zero: 0 });
    go(producer, ch, n);
    let sum = 0;
    for (let i = 0; i < n; i++) sum += yield* ch.recv();
    check(sum, sumTo(n));
  });
}

async function asyncProducer(ch: SendChan<number>, n: number): Promise<void> {
  for (let i = 1; i <= n; i++) await ch.send(i);
}

/** The same with async functions as goroutines. */
export function oneToOneAwait(capacity: number, n: number): Promise<void> {
  return run(async () => {
    const ch = chan<number>(capacity, { zero: 0 });
    go(asyncProducer, ch, n);
    let sum = 0;
    for (let i = 0; i < n; i++) sum += await ch.recv();
    check(sum, sumTo(n));
  });
}

export function handOff(n: number): Promise<void> {
  return oneToOne(0, n);
}

export function handOffAwait(n: number): Promise<void> {
  return oneToOneAwait(0, n);
}
