import { chan, type Go, go, range, run, runtime } from "millrace";
import { expect, test } from "vitest";
import { bounded } from "../../examples/digest/bounded.ts";
import { inOrder } from "../../examples/digest/in-order.ts";
import { type Line, readLines } from "../../examples/digest/lines.ts";

/** The numbers from 0 below `n`. */
function numbers(n: number) {
  const jobs = chan<number>();
  go(function* () {
    for (let i = 0; i < n; i++) yield* jobs.send(i);
    jobs.close();
  });
  return jobs;
}

test("never more than n jobs at once, and each job once", async () => {
  await run(function* () {
    let now = 0;
    let most = 0;
    function* work(job: number): Go<number> {
      most = Math.max(most, ++now);
      for (let i = 0; i <= job % 3; i++) yield* runtime.gosched();
      now--;
      return job * job;
    }
    const results: number[] = [];
    for (const r = range(bounded(3, numbers(20), work)); yield* r.next(); ) results.push(r.value);
    expect(most).toBe(3);
    expect(results.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i * i));
  });
});

test("a job without a result gives none", async () => {
  await run(function* () {
    function* odd(job: number): Go<number | undefined> {
      return job % 2 === 0 ? undefined : job;
    }
    const results: number[] = [];
    for (const r = range(bounded(2, numbers(6), odd)); yield* r.next(); ) results.push(r.value);
    expect(results.sort()).toEqual([1, 3, 5]);
  });
});

test("when nobody receives results, no more jobs are taken", async () => {
  await run(function* () {
    let taken = 0;
    function* work(job: number): Go<number> {
      taken++;
      return job;
    }
    const results = bounded(3, numbers(1000), work);
    for (let i = 0; i < 100; i++) yield* runtime.gosched();
    // Three wait in the channel, three workers hold one each.
    expect([taken, results.length]).toEqual([6, 3]);
  });
});

test("results come back in the order of their jobs", async () => {
  await run(function* () {
    const results = chan<{ at: number }>();
    go(function* () {
      for (const at of [2, 0, 1, 4, 3]) yield* results.send({ at });
      results.close();
    });
    const order: number[] = [];
    for (const r = range(inOrder(results)); yield* r.next(); ) order.push(r.value.at);
    expect(order).toEqual([0, 1, 2, 3, 4]);
  });
});

/** The lines of a text that comes in these pieces. */
function linesOf(...pieces: string[]): Promise<string[]> {
  return run(function* () {
    const lines = chan<Line>();
    const text = (async function* () {
      yield* pieces;
    })();
    go(readLines, text, lines, chan<void>());
    const all: string[] = [];
    for (const l = range(lines); yield* l.next(); ) {
      expect(l.value.at).toBe(all.length);
      all.push(l.value.text);
    }
    return all;
  });
}

test("lines are the same however the text is cut into pieces", async () => {
  expect(await linesOf("one\ntwo\r\n\nfour\n")).toEqual(["one", "two", "", "four", ""]);
  expect(await linesOf("o", "ne\ntw", "o\r", "\n\nfo", "ur", "\n")).toEqual(["one", "two", "", "four", ""]);
  expect(await linesOf("no end")).toEqual(["no end"]);
  expect(await linesOf()).toEqual([""]);
});

test("a text that breaks off gives its error as a value, after the lines it had", async () => {
  await run(function* () {
    const lines = chan<Line>();
    const broken = (async function* () {
      yield "one\ntw";
      throw new Error("broken off");
    })();
    const reader = go(readLines, broken, lines, chan<void>());
    const all: string[] = [];
    for (const l = range(lines); yield* l.next(); ) all.push(l.value.text);
    expect(all).toEqual(["one"]);
    expect(yield* reader.join()).toEqual(new Error("broken off"));
  });
});

test("reading stops when the work is done with", async () => {
  await run(function* () {
    const lines = chan<Line>();
    const done = chan<void>();
    const endless = (async function* () {
      for (;;) yield "line\n";
    })();
    const reader = go(readLines, endless, lines, done);
    yield* lines.recv();
    done.close();
    expect(yield* reader.join()).toBeUndefined();
    expect(yield* lines.recvOk()).toEqual([undefined, false]);
  });
});
