/** Go statements and program execution. Source: https://go.dev/ref/spec#Go_statements */
import { type Goroutine, go, runtime } from "millrace";
import { expect } from "vitest";
import { panics } from "../kit/panics.ts";
import type { Chapter } from "./kit.ts";

export const goes: Chapter = (t) => ({
  *"execution does not wait for the function: its body begins later"() {
    const order: string[] = [];
    t.go(function* () {
      order.push("body");
    });
    order.push("after go");
    yield* t.settle();
    expect(order).toStrictEqual(["after go", "body"]);
  },

  *"function value and arguments are evaluated in the calling goroutine"() {
    const got: unknown[] = [];
    let fn = (...args: unknown[]): void => void got.push("first", ...args);
    let x = 1;
    go(fn, x, "b");
    fn = () => void got.push("second");
    x = 2;
    yield* t.settle();
    expect(got).toStrictEqual(["first", 1, "b"]);
    expect([typeof fn, x]).toStrictEqual(["function", 2]);
  },

  *"starts in the order of the go statements"() {
    const order: number[] = [];
    for (let i = 0; i < 10; i++) {
      t.go(function* () {
        order.push(i);
      });
    }
    yield* t.settle();
    expect(order).toStrictEqual([...Array(10).keys()]);
  },

  *"generator, async and plain functions and ones that return an operation, on the same channel"() {
    const ch = t.chan<string>();
    go(function* () {
      yield* ch.send("generator");
    });
    go(async () => {
      await ch.send("async");
    });
    go(() => ch.send("operation"));
    const buffered = t.chan<string>(1);
    go((value: string) => void buffered.trySend(value), "plain");
    go(() => {
      void ch.send("then").then(() => {});
    });
    const got: unknown[] = [];
    for (let i = 0; i < 4; i++) got.push(yield* t.on(ch.recv()));
    got.push(yield* t.on(buffered.recv()));
    expect(got.sort()).toStrictEqual(["async", "generator", "operation", "plain", "then"]);
  },

  *"a goroutine that uses both: await inside, yield* in what it starts"() {
    const ch = t.chan<number>();
    go(async () => {
      const inner: Goroutine<number> = go(function* () {
        const got = yield* ch.recv();
        return (got as number) + 1;
      });
      await ch.send(await inner.join());
    });
    yield* t.on(ch.send(1));
    expect(yield* t.on(ch.recv())).toBe(2);
  },

  *"join gives what the function returned, in every style"() {
    const returns = [
      go(function* () {
        yield* runtime.gosched();
        return "generator";
      }),
      go(async () => "async"),
      go(() => "plain"),
      go(() => Promise.resolve("promise")),
    ];
    const got: unknown[] = [];
    for (const g of returns) got.push(yield* t.on(g.join()));
    expect(got).toStrictEqual(["generator", "async", "plain", "promise"]);
    const ch = t.chan<string>(1);
    ch.trySend("operation");
    expect(yield* t.on(go(() => ch.recv()).join())).toBe("operation");
  },

  *"join may come before or after the end, and often"() {
    const gate = t.chan<void>();
    const g = t.go(function* () {
      yield* t.on(gate.recv());
      return 5;
    });
    const early = [t.perform(g.join()), t.perform(g.join())];
    yield* t.settle();
    expect(early.map((j) => j.done)).toStrictEqual([false, false]);
    gate.close();
    yield* t.settle();
    expect(early.map((j) => j.value)).toStrictEqual([5, 5]);
    const op = g.join();
    expect([yield* t.on(op), yield* t.on(op)]).toStrictEqual([5, 5]);
  },

  *"joiners wake in the order they came"() {
    const gate = t.chan<void>();
    const g = t.go(function* () {
      yield* t.on(gate.recv());
    });
    const order: number[] = [];
    for (let i = 0; i < 4; i++) {
      t.go(function* () {
        yield* t.on(g.join());
        order.push(i);
      });
      yield* t.settle();
    }
    gate.close();
    yield* t.settle();
    expect(order).toStrictEqual([0, 1, 2, 3]);
  },

  *"numbers go up, the name is the function's"() {
    function* worker() {}
    const a = go(worker);
    const b = go(worker);
    const c = go(() => {});
    expect([a.name, b.name]).toStrictEqual(["worker", "worker"]);
    expect(typeof c.name).toBe("string");
    expect(a.id).toBeGreaterThan(1);
    expect(b.id).toBe(a.id + 1);
    yield* t.settle();
    expect(a.name).toBe("worker");
  },

  *"a goroutine is no promise"() {
    expect("then" in (go(() => 1) as object)).toBe(false);
  },

  *"a nil function panics at the go statement"() {
    panics("NIL_FUNCTION", () => go(null as never));
    panics("NIL_FUNCTION", () => go(undefined as never));
  },

  *"what a goroutine throws and catches itself is nobody's business"() {
    const worker = t.go(function* () {
      try {
        throw new Error("mine");
      } catch (error) {
        return (error as Error).message;
      }
    });
    expect(yield* t.on(worker.join())).toBe("mine");
  },

  *"recursion: a goroutine may start goroutines that start goroutines"() {
    const sum = t.chan<number>();
    function* tree(depth: number): Generator<unknown, void, unknown> {
      if (depth === 0) {
        yield* t.on(sum.send(1));
        return;
      }
      t.go(() => tree(depth - 1));
      t.go(() => tree(depth - 1));
    }
    t.go(() => tree(6));
    let total = 0;
    for (let i = 0; i < 64; i++) total += (yield* t.on(sum.recv())) as number;
    expect(total).toBe(64);
  },
});
