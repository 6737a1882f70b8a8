/**
 * Concurrency vs parallelism › 6. Visual Representation › Concurrency (single-core)
 *
 * One thread switches between two tasks. The picture is drawn from what the runtime did: whose turn it was, in order.
 */
import { type Go, main, runtime } from "millrace";
import { WaitGroup } from "millrace/sync";

main(function* () {
  const turns: string[] = [];
  const wg = new WaitGroup();

  function* task(name: string): Go {
    for (let i = 0; i < 2; i++) {
      turns.push(name);
      yield* runtime.gosched(); // the other's turn
    }
  }
  wg.go(() => task("A"));
  wg.go(() => task("B"));
  yield* wg.wait();

  console.log(`Time: |${turns.map((name) => `----${name}----|`).join("")}`);
});
