/**
 * Primes on every core: the range is cut into pieces, each counted by a goroutine on whichever thread is free.
 *
 *     npx millrace run examples/threads/primes.ts -- 3000000
 */
import { go, main, type SendChan } from "millrace";
import { parallel, sharedChan } from "millrace/threads";

/** Counts the primes from `from` up to but not including `to`, and sends how many there are. */
export const countPrimes = parallel(
  import.meta,
  "countPrimes",
  function* (from: number, to: number, out: SendChan<number>) {
    let count = 0;
    for (let n = from; n < to; n++) if (isPrime(n)) count++;
    yield* out.send(count);
  },
);

function isPrime(n: number): boolean {
  if (n < 4) return n > 1;
  if (n % 2 === 0) return false;
  for (let d = 3; d * d <= n; d += 2) if (n % d === 0) return false;
  return true;
}

main(function* () {
  const below = Number(process.argv[2] ?? 1_000_000);
  if (!Number.isSafeInteger(below) || below < 2)
    throw new RangeError(`expected a whole number from 2 up, got ${process.argv[2]}`);
  // Large numbers take longer, so there are many more pieces than threads.
  const pieces = 64;
  const size = Math.ceil(below / pieces);
  const counts = sharedChan<number>(pieces, { name: "counts" });
  for (let from = 0; from < below; from += size) go(countPrimes, from, Math.min(from + size, below), counts);

  let total = 0;
  for (let from = 0; from < below; from += size) total += (yield* counts.recv()) ?? 0;
  console.log(`${total} primes below ${below}`);
});
