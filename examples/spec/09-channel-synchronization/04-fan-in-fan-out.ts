/**
 * What is Channel Synchronization? › Real-world Patterns › 4. Fan-in / Fan-out
 *
 * Three squarers take numbers from one channel (fan-out) and send the squares to one channel (fan-in).
 */
import { chan, go, main, range } from "millrace";
import { WaitGroup } from "millrace/sync";

main(function* () {
  const numbers = chan<number>();
  const squares = chan<number>();
  const wg = new WaitGroup();

  for (let i = 0; i < 3; i++) {
    wg.go(function* () {
      for (const r = range(numbers); yield* r.next(); ) yield* squares.send(r.value * r.value);
    });
  }
  go(function* () {
    for (let n = 1; n <= 10; n++) yield* numbers.send(n);
    numbers.close();
    yield* wg.wait();
    squares.close(); // all senders are done
  });

  let sum = 0;
  for (const r = range(squares); yield* r.next(); ) sum += r.value;
  console.log("1² + … + 10² =", sum);
});
