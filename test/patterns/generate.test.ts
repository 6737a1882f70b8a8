import { runtime, select } from "millrace";
import { generate } from "millrace/patterns";
import { sleep } from "millrace/time";
import { describe, expect, test } from "vitest";
import { virtual } from "../kit/virtual.ts";
import { both } from "../sync/kit.ts";
import { drain, failure, filled } from "./kit.ts";

describe("generate", () => {
  both("runs only as far as values are received", function* (t) {
    const steps: string[] = [];
    const out = generate(function* () {
      steps.push("begun");
      yield* sleep(10);
      yield 1;
      steps.push("went on");
      yield 2;
      steps.push("ended");
    });
    yield* t.on(sleep(50));
    expect(steps).toEqual([]);
    expect(yield* t.on(out.recv())).toBe(1);
    yield* t.on(sleep(50));
    expect(steps).toEqual(["begun"]);
    expect(yield* t.on(out.recv())).toBe(2);
    expect(yield* t.on(out.recvOk())).toEqual([undefined, false]);
    expect(steps).toEqual(["begun", "went on", "ended"]);
  });

  both("takes functions of every kind", function* (t) {
    expect(
      yield* drain(
        t,
        generate(() => [1, 2]),
      ),
    ).toEqual([1, 2]);
    expect(
      yield* drain(
        t,
        generate(() => filled([1, 2])),
      ),
    ).toEqual([1, 2]);
    const asyncs = generate(async function* () {
      await sleep(1);
      yield* [1, 2];
    });
    expect(yield* drain(t, asyncs)).toEqual([1, 2]);
  });

  both("helpers may be delegated to, and may yield values too", function* (t) {
    function* twice(n: number) {
      yield* runtime.gosched();
      yield n;
      yield* sleep(1);
      yield n;
    }
    const out = generate(function* () {
      for (let n = 1; n <= 2; n++) yield* twice(n);
    });
    expect(yield* drain(t, out)).toEqual([1, 1, 2, 2]);
  });

  both("what it throws, every receive throws", function* (t) {
    const boom = new Error("boom");
    const out = generate(function* () {
      yield 1;
      yield* sleep(1);
      throw boom;
    });
    expect(yield* t.on(out.recv())).toBe(1);
    for (let i = 0; i < 2; i++) expect(yield* failure(t, out.recv())).toBe(boom);
  });

  both("a goexit in it closes the channel", function* (t) {
    const out = generate(function* () {
      yield 1;
      yield* runtime.goexit();
      yield 2;
    });
    expect(yield* drain(t, out)).toEqual([1]);
  });

  both("yielding an operation without the star is an error that says so", function* (t) {
    const out = generate(function* oops() {
      yield sleep(1) as unknown as number;
    });
    expect((yield* failure(t, out.recv())) as Error).toMatchObject({
      message: "oops: yielded an operation; write yield* before it",
    });
  });

  both("stopping it is seen by its context, where it waits", function* (t) {
    let ended = false;
    const out = generate(function* (ctx) {
      yield 1;
      yield* ctx.done().recv();
      ended = true;
    });
    yield* t.on(out.recv());
    t.perform(out.recvOk());
    yield* t.on(sleep(1));
    out.stop();
    yield* t.on(sleep(1));
    expect(ended).toBe(true);
  });

  test("the goroutine that runs it has the function's name and stack", () =>
    virtual(function* () {
      const out = generate(function* clock() {
        yield* sleep(1000);
        yield 1;
      });
      yield* select([out.recv(), sleep(1)]);
      const info = runtime.goroutines().find(({ reason }) => reason === "sleep");
      expect(info?.name).toBe("clock");
      expect(info?.stack).toMatch(/^clock\(\)\n\t.*generate\.test\.ts:/);
      yield* sleep(1000);
    }));

  test("refuses what is no function", () => {
    expect(() => generate(1 as never)).toThrow("generate: expected a function, got 1");
  });
});
