/**
 * What is Synchronization? › 7. Patterns of Synchronization with Channels › 4. Pipeline
 *
 * Stages connected by channels. Each closes its output when its input is closed, so the end travels down the line.
 */
import { chan, go, main, type RecvChan, range } from "millrace";

function generate(...numbers: number[]): RecvChan<number> {
  const out = chan<number>();
  go(function* () {
    for (const n of numbers) yield* out.send(n);
    out.close();
  });
  return out;
}

function square(input: RecvChan<number>): RecvChan<number> {
  const out = chan<number>();
  go(function* () {
    for (const r = range(input); yield* r.next(); ) yield* out.send(r.value * r.value);
    out.close();
  });
  return out;
}

main(function* () {
  for (const r = range(square(square(generate(1, 2, 3)))); yield* r.next(); ) {
    console.log(r.value);
  }
});
