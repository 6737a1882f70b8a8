/**
 * The Go Runtime Model › Visual Summary › Runtime scheduling
 *
 *     [M:OS Thread] <----> [P:Logical Processor] <----> [G:Goroutine Queue]
 *
 * One thread, one scheduler, and its queue of goroutines: they get their turns first in, first out.
 */
import { type Go, go, main, runtime } from "millrace";

main(function* () {
  const turns: string[] = [];

  function* worker(name: string): Go {
    for (let i = 0; i < 3; i++) {
      turns.push(name);
      yield* runtime.gosched(); // to the tail of the queue
    }
  }
  const workers = ["G1", "G2", "G3"].map((name) => go(worker, name));
  const queue = runtime.goroutines().filter(({ state }) => state === "runnable");
  console.log(`[M: this thread] <----> [P: running main] <----> [G: ${queue.length} goroutines]`);

  for (const g of workers) yield* g.join();
  console.log(turns.join(" "));
});
