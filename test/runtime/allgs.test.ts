/** Nothing is left where something waited, and no goroutine is lost from the list, in whatever order things end. */
import { chan, go, range, run, runtime, select } from "millrace";
import { expect, test } from "vitest";

test("a recvOk and a range that lose leave the channel's queue", async () => {
  await run(function* () {
    const lost = chan<number>();
    const won = chan<number>(2);
    yield* won.send(1);
    yield* won.send(2);
    for (const op of [lost.recvOk(), range(lost).next()]) {
      go(function* () {
        yield* won.send(3); // nobody could take it when the select began to wait
      });
      while (won.tryRecv() !== undefined);
      const s = yield* select({ lost: op, won: won.recv() });
      expect(s).toEqual({ case: "won", value: 3 });
      expect(lost.trySend(1)).toBe(false);
    }
  });
});

test("a select that completes while it is registered registers no more cases", async () => {
  await run(function* () {
    const ch = chan<number>();
    const s = yield* select([runtime.gosched(), ch.recv()]);
    expect(s.index).toBe(0);
    expect(ch.trySend(1)).toBe(false);
  });
});

test("the list of goroutines is right in whatever order they end", async () => {
  await run(function* main() {
    const gates = Array.from({ length: 6 }, () => chan<void>());
    const named = gates.map((gate, i) => ({ *[`g${i}`]() { yield* gate.recv(); } })[`g${i}`] as () => Generator); // biome-ignore format: a line
    for (const fn of named) go(fn);
    yield* runtime.gosched();
    const left = new Set(["main", ...named.map((fn) => fn.name)]);
    for (const i of [2, 5, 0, 4, 1]) {
      gates[i]?.close();
      left.delete(`g${i}`);
      yield* runtime.gosched();
      expect(runtime.goroutines().map(({ name }) => name).sort()).toEqual([...left].sort()); // biome-ignore format: a line
      expect(runtime.numGoroutine()).toBe(left.size);
    }
  });
});
