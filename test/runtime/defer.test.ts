/** `defer`: Go's, by way of `using`. */
import { chan, defer, go, run, runtime } from "millrace";
import { expect, test } from "vitest";

test("runs at the end of the block, last in first out", () => {
  const log: number[] = [];
  {
    using _a = defer(() => log.push(1));
    using _b = defer(() => log.push(2));
    log.push(0);
  }
  expect(log).toStrictEqual([0, 2, 1]);
});

test("runs when the block is left by return, throw or goexit, also after operations", async () => {
  const log: string[] = [];
  await run(function* () {
    const ch = chan<number>(1);
    const returning = go(function* () {
      using _ = defer(() => log.push("return"));
      yield* ch.send(1);
      return "value";
    });
    expect(yield* returning.join()).toBe("value");
    const throwing = go(function* () {
      try {
        using _ = defer(() => log.push("throw"));
        yield* ch.recv();
        throw new Error("boom");
      } catch {}
    });
    yield* throwing.join();
    const exiting = go(function* () {
      using _ = defer(() => log.push("goexit"));
      yield* runtime.goexit();
    });
    yield* exiting.join();
  });
  expect(log).toStrictEqual(["return", "throw", "goexit"]);
});

test("its result is ignored, and what it throws is thrown at the end of the block", () => {
  expect(() => {
    using _ = defer(() => {
      throw new Error("deferred");
    });
  }).toThrow("deferred");
});

test.each([undefined, null, 5, "fn"])("%o is no function to defer", (fn) => {
  expect(() => defer(fn as never)).toThrow(/defer: expected a function, got/);
});
