/** Looking at goroutines: to see where they stand must not move them. */
import { chan, type Go, type GoroutineInfo, go, type Op, type Parked, run, runtime } from "millrace";
import { describe, expect, test } from "vitest";
import { formatAll } from "../../src/runtime/traceback.ts";

const named = (name: string): GoroutineInfo | undefined => runtime.goroutines().find((info) => info.name === name);

/** The functions of a stack, innermost first, without places. */
const functions = (stack: string | undefined): string[] =>
  (stack ?? "").split("\n").filter((line) => !line.startsWith("\t"));

describe("where a goroutine stands", () => {
  test("one that has not begun does not begin by being looked at", async () => {
    const log: string[] = [];
    await run(function* () {
      go(function* worker() {
        log.push("began");
        yield* runtime.gosched();
      });
      expect(named("worker")).toMatchObject({ state: "runnable", reason: undefined, stack: "" });
      log.push("looked");
      yield* runtime.gosched();
      log.push("looked again");
      expect(functions(named("worker")?.stack)).toEqual(["worker()"]);
    });
    expect(log).toEqual(["looked", "began", "looked again"]);
  });

  test("one that waits, one that is ready, and the one that looks", async () => {
    await run(function* looker() {
      const ch = chan<number>(0, { name: "numbers" });
      function* inner(): Go {
        yield* ch.recv();
      }
      go(function* receiver() {
        yield* inner();
      });
      yield* runtime.gosched();
      const waiting = named("receiver");
      expect(waiting).toMatchObject({
        id: 2,
        state: "waiting",
        reason: "chan receive",
        channel: { name: "numbers" },
        createdBy: { id: 1, name: "looker" },
      });
      expect(functions(waiting?.stack)).toEqual(["inner()", "receiver()"]);

      yield* ch.send(1);
      const ready = named("receiver");
      expect(ready).toMatchObject({ state: "runnable", reason: undefined, since: undefined });
      expect(functions(ready?.stack)).toEqual(["inner()", "receiver()"]);

      const self = named("looker");
      expect(self).toMatchObject({ state: "running", reason: undefined, createdBy: undefined });
      expect(functions(self?.stack).at(-1)).toBe("looker()");
    });
  });

  test("a hundred looks leave everything as it is", async () => {
    const got = await run(function* () {
      const ch = chan<number>();
      const receiver = go(function* receiver() {
        return [yield* ch.recv(), yield* ch.recv()];
      });
      for (let i = 1; i <= 2; i++) {
        yield* runtime.gosched();
        for (let look = 0; look < 100; look++) runtime.goroutines();
        yield* ch.send(i);
        runtime.goroutines();
      }
      return yield* receiver.join();
    });
    expect(got).toEqual([1, 2]);
  });

  test("at most 100 frames are shown, the innermost", async () => {
    await run(function* () {
      const ch = chan<number>();
      function* descend(n: number): Go {
        if (n === 0) yield* ch.recv();
        else yield* descend(n - 1);
      }
      go(function* diver() {
        yield* descend(300);
      });
      yield* runtime.gosched();
      const lines = named("diver")?.stack.split("\n") ?? [];
      expect(lines.length).toBe(200);
      expect(new Set(functions(lines.join("\n")))).toEqual(new Set(["descend()"]));
      yield* ch.send(1);
    });
  });

  test("a goroutine whose function returns an operation has no frames of its own", async () => {
    await run(function* () {
      const ch = chan<number>();
      go(function sender(): Op<void> {
        return ch.send(1);
      });
      yield* runtime.gosched();
      expect(named("sender")).toMatchObject({ state: "waiting", reason: "chan send", stack: "" });
      expect(yield* ch.recv()).toBe(1);
    });
  });

  test("an iterator of another make is not resumed to look at it", async () => {
    const log: string[] = [];
    const options = { seed: 1 }; // on a slow machine it would be preempted else, and resumed once more
    await run(function* () {
      const ch = chan<number>();
      go(function foreign(): Iterator<Parked, void, unknown> & Iterable<Parked> {
        const op = ch.recv()[Symbol.iterator];
        let inner: Iterator<Parked, unknown, unknown> | undefined;
        return {
          next() {
            log.push("resumed");
            inner ??= op.call(ch.recv());
            const step = inner.next();
            return step.done ? { done: true, value: void log.push(`got ${step.value}`) } : step;
          },
          [Symbol.iterator]() {
            return this;
          },
        };
      });
      yield* runtime.gosched();
      expect(named("foreign")).toMatchObject({ state: "waiting", reason: "chan receive", stack: "" });
      yield* ch.send(7);
      yield* runtime.gosched();
    }, options);
    expect(log).toEqual(["resumed", "resumed", "got 7"]);
  });

  test("async goroutines have no stack; what one awaits is known while it is the only one", async () => {
    await run(async function alone() {
      const ch = chan<number>(0, { name: "numbers" });
      const received = ch.recv().then((value) => value);
      await null;
      expect(named("alone")).toMatchObject({ state: "waiting", reason: "chan receive", channel: { name: "numbers" } });
      go(async function other() {
        await ch.send(1);
      });
      await received;
      expect(named("alone")).toMatchObject({ state: "waiting", reason: "await", stack: "" });
    });
  });
});

describe("the format", () => {
  const info: GoroutineInfo = {
    id: 7,
    name: "worker",
    state: "waiting",
    reason: "chan send",
    since: undefined,
    stack: "worker()\n\t/src/pool.ts:12:20",
    createdBy: undefined,
  };
  const headline = (minutes: number): string =>
    formatAll([{ ...info, since: Date.now() - minutes * 60_000 }]).split("\n")[0] ?? "";

  test("minutes are shown from one up", () => {
    expect(headline(0.99)).toBe("goroutine 7 [chan send]:");
    expect(headline(1)).toBe("goroutine 7 [chan send, 1 minutes]:");
    expect(headline(2.5)).toBe("goroutine 7 [chan send, 2 minutes]:");
    expect(headline(600)).toBe("goroutine 7 [chan send, 600 minutes]:");
  });

  test("everything there is to say", () => {
    const created = { id: 1, name: "main", site: "/src/main.ts:3:5" };
    const all = formatAll([
      info,
      { ...info, id: 8, stack: "", createdBy: created, channel: { id: 3, name: "results" } },
    ]);
    expect(all).toBe(
      [
        "goroutine 7 [chan send]:",
        "worker()",
        "\t/src/pool.ts:12:20",
        "",
        'goroutine 8 [chan send]: channel "results"',
        "worker()",
        "created by main in goroutine 1",
        "\t/src/main.ts:3:5",
      ].join("\n"),
    );
  });

  test("runtime.stack shows the program's frames", async () => {
    function deeper(): string {
      return runtime.stack();
    }
    const stack = await run(function* caller() {
      return deeper();
    });
    expect(functions(stack).slice(0, 2)).toEqual(["deeper()", "caller()"]);
    expect(stack).not.toContain("/src/runtime/");
  });
});
