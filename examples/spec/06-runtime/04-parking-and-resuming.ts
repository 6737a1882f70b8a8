/**
 * The Go Runtime Model › 4. Parking & Resuming Goroutines
 *
 * What the runtime knows of its goroutines: who runs, who is in the run queue, who is parked, on what and why.
 */
import { chan, type Go, go, main, type RecvChan, runtime, type SendChan } from "millrace";
import * as time from "millrace/time";

function* consumer(orders: RecvChan<string>, results: SendChan<string>): Go {
  const order = yield* orders.recv();
  yield* results.send(`${order} is served`);
}

function show(when: string): void {
  console.log(`${when}:`);
  for (const { id, state, reason, channel } of runtime.goroutines()) {
    const why = reason === undefined ? "" : `: ${reason} on ${channel?.name}`;
    console.log(`  ${id === 1 ? "main" : "consumer"} is ${state}${why}`);
  }
}

main(function* () {
  const orders = chan<string>(0, { name: "orders" });
  const results = chan<string>(0, { name: "results" });

  go(consumer, orders, results);
  show("started");
  yield* time.sleep(time.Millisecond);
  show("consumer had a turn");
  yield* orders.send("tea");
  show("an order came");
  yield* time.sleep(time.Millisecond);
  show("consumer had a turn");
  console.log(yield* results.recv());
});
