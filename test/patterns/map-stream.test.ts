/** `mapStream`: bounds, order, errors, cancellation, back-pressure. */

import fc from "fast-check";
import { type Chan, chan } from "millrace";
import { background, Canceled, withCancel } from "millrace/context";
import { mapConcurrent, mapStream, type Source } from "millrace/patterns";
import { now, since, sleep } from "millrace/time";
import { describe, expect, test } from "vitest";
import { both } from "../kit/both.ts";
import { AsyncEndless, drain, Endless, failure, filled } from "../kit/streams.ts";
import { virtual } from "../kit/virtual.ts";
import { lasting, sources } from "./map-kit.ts";

describe("mapStream", () => {
  for (const [kind, source] of sources) {
    both(`gives the results of ${kind} in its order`, function* (t) {
      expect(yield* drain(t, mapStream(source(), lasting))).toEqual([3, 1, 2]);
    });

    both(`gives the results of ${kind} as they are made`, function* (t) {
      expect(yield* drain(t, mapStream(source(), lasting, { ordered: false }))).toEqual([1, 2, 3]);
    });
  }

  for (const ordered of [true, false]) {
    both(`a source is never read further ahead than workers and queue, ordered: ${ordered}`, function* (t) {
      const source = new Endless();
      const out = mapStream(source, (n) => n, { workers: 3, queue: 5, ordered });
      expect(source.read).toBe(0);
      for (let received = 0; received < 100; received++) {
        yield* t.on(out.recv());
        yield* t.settle();
        expect(source.read).toBeLessThanOrEqual(received + 1 + 3 + 5);
      }
      out.stop();
    });
  }

  both("nor is an async one, nor a channel", function* (t) {
    const source = new AsyncEndless();
    const out = mapStream(source, (n) => n, { workers: 2, queue: 0 });
    for (let i = 0; i < 5; i++) yield* t.on(out.recv());
    yield* t.on(sleep(1));
    expect(source.read).toBeLessThanOrEqual(5 + 2 + 1);
    out.stop();
    const ch = filled(
      Array.from({ length: 100 }, (_, i) => i),
      true,
    );
    const from = mapStream(ch, (n) => n, { workers: 2, queue: 0 });
    for (let i = 0; i < 5; i++) yield* t.on(from.recv());
    yield* t.on(sleep(1));
    expect(ch.length).toBeGreaterThanOrEqual(100 - 5 - 2);
    from.stop();
  });

  both("ten million items: what is dropped was hardly read", function* (t) {
    let read = 0;
    const source = (function* () {
      for (; read < 10_000_000; read++) yield read;
    })();
    const out = mapStream(source, async (n) => n, { workers: 8 });
    yield* t.on(out.recv());
    yield* t.on(sleep(1));
    expect(read).toBeLessThanOrEqual(1 + 8 + 8 + 1);
  });

  both("jobs go on while the reader is busy, as far as there is room", function* (t) {
    const out = mapStream([1, 1, 1, 1], lasting, { workers: 2, queue: 2 });
    yield* t.on(out.recv());
    yield* t.on(sleep(10));
    const start = now();
    for (let i = 0; i < 3; i++) yield* t.on(out.recv());
    expect(since(start)).toBe(0);
  });

  both("waits for jobs on a channel while the reader is busy", function* (t) {
    const jobs = chan<number>();
    const out = mapStream(jobs, (n) => n * 2, { workers: 2 });
    const first = t.perform(out.recv());
    yield* t.on(jobs.send(1));
    yield* t.on(first.g.join());
    // Nobody receives now, and the workers take jobs all the same.
    yield* t.on(jobs.send(2));
    yield* t.on(jobs.send(3));
    jobs.close();
    expect([first.value, ...(yield* drain(t, out))]).toEqual([2, 4, 6]);
  });

  both("the first error is thrown by every receive", function* (t) {
    const boom = new Error("boom");
    const out = mapStream(
      [1, 2, 3],
      async (n) => {
        if (n === 2) throw boom;
        return n;
      },
      { workers: 1, queue: 0 },
    );
    expect(yield* t.on(out.recv())).toBe(1);
    expect(yield* failure(t, out.recv())).toBe(boom);
    expect(yield* failure(t, out.recv())).toBe(boom);
  });

  both("with all errors collected, the results come first", function* (t) {
    const out = mapStream(
      [1, 2, 3, 4],
      async (n) => {
        if (n % 2 === 0) throw new Error(`no ${n}`);
        return n;
      },
      { errors: "all" },
    );
    expect([yield* t.on(out.recv()), yield* t.on(out.recv())]).toEqual([1, 3]);
    expect(yield* failure(t, out.recv())).toMatchObject({ message: "2 of 4 jobs failed" });
  });

  both("stopping it cancels the jobs that run", function* (t) {
    const ended: unknown[] = [];
    const out = mapStream([1, 2, 3], function* (_, ctx) {
      yield* ctx.done().recv();
      ended.push(ctx.err());
    });
    t.perform(out.recvOk());
    yield* t.on(sleep(1));
    out.stop();
    yield* t.on(sleep(1));
    expect(ended).toEqual([Canceled, Canceled, Canceled]);
  });

  both("a hung job is cancelled through the context, which closes the channel", function* (t) {
    const [ctx, cancel] = withCancel(background());
    const ended: unknown[] = [];
    const out = mapStream(
      [1],
      async (_, job) => {
        await new Promise((resolve) => job.signal.addEventListener("abort", resolve));
        ended.push(job.err());
      },
      { ctx },
    );
    const waiting = t.perform(out.recvOk());
    yield* t.on(sleep(1));
    cancel();
    yield* t.on(waiting.g.join());
    yield* t.on(sleep(1));
    expect([waiting.value, ended]).toEqual([[undefined, false], [Canceled]]);
  });

  test("for any jobs and options: every value once, in order where that is asked for, within the bounds", () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ ms: fc.nat(5), kind: fc.constantFrom("plain", "async", "generator") }), { maxLength: 30 }),
        fc.record({
          workers: fc.integer({ min: 1, max: 5 }),
          queue: fc.nat(4),
          ordered: fc.boolean(),
          slow: fc.nat(4),
          channel: fc.boolean(),
        }),
        (jobs, { workers, queue, ordered, slow, channel }) =>
          virtual(
            function* () {
              let active = 0;
              let begun = 0;
              const source: Source<number> = channel ? filled([...jobs.keys()]) : jobs.keys();
              const out = mapStream(
                source,
                (i) => {
                  begun++;
                  const { ms, kind } = jobs[i] as { ms: number; kind: string };
                  if (kind === "plain") return i;
                  expect(++active).toBeLessThanOrEqual(workers);
                  if (kind === "async") {
                    return sleep(ms).then(() => {
                      active--;
                      return i;
                    });
                  }
                  return (function* () {
                    yield* sleep(ms);
                    active--;
                    return i;
                  })();
                },
                { workers, queue, ordered },
              );
              const got: unknown[] = [];
              for (;;) {
                const [value, ok] = yield* out.recvOk();
                if (!ok) break;
                got.push(value);
                expect(begun - got.length).toBeLessThanOrEqual(workers + queue);
                if (slow > 0) yield* sleep(slow);
              }
              const all = [...jobs.keys()];
              expect(ordered ? got : [...(got as number[])].sort((a, b) => a - b)).toEqual(all);
            },
            { leaks: true },
          ),
      ),
      { numRuns: 150 },
    ));
});

test("the types are those of the functions", () =>
  virtual(function* () {
    const a: string[] = yield* mapConcurrent([1], (n) => String(n));
    const b: string[] = yield* mapConcurrent(new Set([1]), async (n) => String(n));
    const c: string[] = yield* mapConcurrent(filled([1]), function* (n) {
      yield* sleep(1);
      return String(n);
    });
    const ch: Chan<number> = chan();
    ch.close();
    const d: (string | undefined)[] = [yield* mapStream(ch, async (n) => String(n)).recv()];
    expect([a, b, c, d]).toEqual([["1"], ["1"], ["1"], [undefined]]);
  }));
