/** A shop in which something is wrong: what it shows in the inspector is known. It ends when it is told to. */
import { chan, go, main, select } from "millrace";
import { Mutex, WaitGroup } from "millrace/sync";
import { sleep, Ticker } from "millrace/time";

main(function* shop() {
  const orders = chan<{ id: number }>(4, { name: "orders" });
  const receipts = chan<string>(2, { name: "receipts" });
  const quit = chan<void>(0, { name: "quit" });
  const till = new Mutex();
  const packers = new WaitGroup();

  go(function* customers() {
    for (let id = 1; ; id++) yield* orders.send({ id });
  });
  for (let i = 0; i < 3; i++) {
    packers.go(function* packer() {
      for (;;) {
        const order = yield* orders.recv();
        yield* receipts.send(`receipt ${order?.id}`);
      }
    });
  }
  // Takes two receipts and then keeps the till for ever, while others want it.
  go(function* cashier() {
    yield* till.lock();
    for (let i = 0; i < 2; i++) yield* receipts.recv();
    yield* quit.recv();
  });
  yield* sleep(1);
  for (let i = 0; i < 4; i++) {
    go(function* clerk() {
      yield* till.lock();
    });
  }
  go(function* clock() {
    const ticker = new Ticker(40);
    for (;;) yield* select({ tick: ticker.c.recv(), quit: quit.recv() });
  });
  console.log("ready");
  yield* packers.wait();
});
