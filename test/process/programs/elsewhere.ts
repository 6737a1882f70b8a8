/** A goroutine on another thread, which waits until the program's input ends. */
import { chan, go, main, wait } from "millrace";
import { parallel, type SharedChan, sharedChan } from "millrace/threads";
import { sleep } from "millrace/time";

export const far = parallel(import.meta, "far", function* (orders: SharedChan<number>, results: SharedChan<number>) {
  for (;;) {
    const [order, ok] = yield* orders.recvOk();
    if (!ok) break;
    yield* results.send(order * 2);
  }
});

main(function* () {
  const orders = sharedChan<number>(0, { name: "orders" });
  const results = sharedChan<number>(1, { name: "results" });
  const there = go(far, orders, results);
  yield* orders.send(21);
  console.log(yield* results.recv());
  console.log("ready");
  if (process.argv[2] === "stay") {
    const input = chan<void>();
    process.stdin.resume().on("end", () => input.close());
    yield* input.recv();
  }
  while (!orders.trySend(1)) yield* sleep(1); // so it has waited for it
  yield* results.recv();
  orders.close();
  yield* there.join();
  yield* wait(new Promise((done) => setTimeout(done, 50))); // what the other thread tells of its end
});
