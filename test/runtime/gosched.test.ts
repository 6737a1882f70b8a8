/** The order in which goroutines run: first started, first run; a woken one goes to the tail. */
import { chan, go, run, runtime, select } from "millrace";
import { expect, test } from "vitest";

for (const options of [{}, { seed: 1 }]) {
  const mode = "seed" in options ? "with a seed" : "without a seed";

  test(`gosched goes to the tail of the run queue, ${mode}`, async () => {
    const order: string[] = [];
    await run(function* () {
      for (const name of ["a", "b", "c"]) {
        go(function* () {
          for (let i = 0; i < 3; i++) {
            order.push(`${name}${i}`);
            yield* runtime.gosched();
          }
        });
      }
      for (let i = 0; i < 4; i++) yield* runtime.gosched();
    }, options);
    expect(order).toStrictEqual(["a0", "b0", "c0", "a1", "b1", "c1", "a2", "b2", "c2"]);
  });

  test(`go does not run the new goroutine before the one that started it yields, ${mode}`, async () => {
    const order: string[] = [];
    await run(function* () {
      go(function* outer() {
        order.push("outer");
        go(function* inner() {
          order.push("inner");
        });
        order.push("outer goes on");
      });
      go(() => order.push("second"));
      order.push("main");
      yield* runtime.gosched();
      order.push("main again");
      yield* runtime.gosched();
      order.push("main at last");
    }, options);
    expect(order).toStrictEqual(["main", "outer", "outer goes on", "second", "main again", "inner", "main at last"]);
  });

  test(`a woken goroutine goes to the tail, behind those that were started before it woke, ${mode}`, async () => {
    const order: string[] = [];
    await run(function* () {
      const ch = chan<number>();
      go(function* waiter() {
        yield* ch.recv();
        order.push("woken");
      });
      yield* runtime.gosched();
      go(() => order.push("started before"));
      yield* ch.send(1);
      go(() => order.push("started after"));
      yield* runtime.gosched();
    }, options);
    expect(order).toStrictEqual(["started before", "woken", "started after"]);
  });

  test(`a send to a waiting receiver does not give the processor away, ${mode}`, async () => {
    const order: string[] = [];
    await run(function* () {
      const ch = chan<number>();
      const g = go(function* () {
        for (let i = 0; i < 2; i++) order.push(`got ${yield* ch.recv()}`);
      });
      yield* runtime.gosched();
      yield* ch.send(1);
      order.push("sent 1");
      yield* ch.send(2);
      order.push("sent 2");
      yield* g.join();
    }, options);
    // The second send has to wait for the receiver; it hands over and goes on before the sender is back.
    expect(order).toStrictEqual(["sent 1", "got 1", "got 2", "sent 2"]);
  });

  test(`everybody a close wakes runs in the order in which they waited, ${mode}`, async () => {
    const order: number[] = [];
    await run(function* () {
      const done = chan<void>();
      for (let i = 0; i < 6; i++) {
        go(function* () {
          if (i % 2 === 0) yield* done.recv();
          else yield* select({ done: done.recv(), never: null });
          order.push(i);
        });
      }
      yield* runtime.gosched();
      done.close();
      yield* runtime.gosched();
    }, options);
    expect(order).toStrictEqual([0, 1, 2, 3, 4, 5]);
  });
}

test("gosched with await lets the runnable goroutines run", async () => {
  const order: string[] = [];
  await run(async () => {
    go(function* () {
      order.push("goroutine");
    });
    await runtime.gosched();
    await runtime.gosched();
    order.push("main");
  });
  expect(order).toStrictEqual(["goroutine", "main"]);
});

test("gosched as a case of a select is chosen when nothing else is ready", async () => {
  await run(function* () {
    const ch = chan<number>(1);
    const op = select({ v: ch.recv(), others: runtime.gosched() });
    expect((yield* op).case).toBe("others");
    ch.trySend(1);
    expect((yield* op).case).toBe("v");
  });
});
