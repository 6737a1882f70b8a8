/** `pipeline`: stages one behind the other. */

import { range } from "millrace";
import { batch, mapStream, pipeline } from "millrace/patterns";
import { now, since, sleep } from "millrace/time";
import { describe, expect, test } from "vitest";
import { both } from "../kit/both.ts";
import { drain, Endless } from "../kit/streams.ts";
import { virtual } from "../kit/virtual.ts";

describe("pipeline", () => {
  both("joins stages of every kind", function* (t) {
    const out = pipeline(
      [1, 2, 3, 4],
      function* (numbers) {
        for (const r = range(numbers); yield* r.next(); ) if (r.value !== 3) yield r.value * 10;
      },
      async function* (tens) {
        for await (const n of tens) yield `<${n}>`;
      },
      (texts) => mapStream(texts, (text) => `${text}!`),
      (all) => batch(all, 2),
    );
    expect(yield* drain(t, out)).toEqual([["<10>!", "<20>!"], ["<40>!"]]);
  });

  both("without stages it is the source", function* (t) {
    expect(yield* drain(t, pipeline([1, 2]))).toEqual([1, 2]);
  });

  both("a stage that ends early stops those before it, and the source", function* (t) {
    const source = new Endless();
    const out = pipeline(
      source,
      (numbers) => mapStream(numbers, (n) => n, { workers: 2, queue: 0 }),
      function* (numbers) {
        for (let i = 0; i < 3; i++) yield yield* numbers.recv();
      },
    );
    expect(yield* drain(t, out)).toEqual([0, 1, 2]);
    expect(source.returned).toBe(1);
    expect(source.read).toBeLessThanOrEqual(3 + 2 + 1);
  });

  both("an error in a stage comes out at the end, and stops the rest", function* (t) {
    const source = new Endless();
    const boom = new Error("boom");
    const out = pipeline(
      source,
      (numbers) =>
        mapStream(numbers, async (n) => {
          if (n === 2) throw boom;
          return n;
        }),
      async function* (numbers) {
        for await (const n of numbers) yield n;
      },
    );
    let error: unknown;
    try {
      for (;;) yield* t.on(out.recv());
    } catch (e) {
      error = e;
    }
    expect(error).toBe(boom);
    yield* t.on(sleep(1));
    expect(source.returned).toBe(1);
  });

  both("stages overlap in time", function* (t) {
    const start = now();
    const stage = (input: AsyncIterable<number>) =>
      mapStream(input, function* (n) {
        yield* sleep(10);
        return n;
      });
    const out = pipeline([1, 2, 3], stage, stage);
    expect(yield* drain(t, out)).toEqual([1, 2, 3]);
    expect(since(start)).toBeCloseTo(20, 6);
  });

  test("its types go through the stages", () =>
    virtual(function* () {
      const out = pipeline(
        [1],
        function* (numbers) {
          for (const r = range(numbers); yield* r.next(); ) yield String(r.value);
        },
        (texts) => mapStream(texts, async (text) => text.length),
      );
      const n: number | undefined = yield* out.recv();
      expect(n).toBe(1);
    }));

  test("refuses what is no stage", () => {
    expect(() => pipeline([], 1 as never)).toThrow("pipeline: expected a function, got 1");
  });
});
