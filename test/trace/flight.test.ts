/** The flight recorder: the last stretch of a program, however long it has run. */
import "../kit/ticking.ts"; // before the runtime, which takes its clock once

import { chan, go, run, runtime } from "millrace";
import { FlightRecorder } from "millrace/trace";
import { afterEach, expect, test, vi } from "vitest";
import { Chunk } from "../../src/trace/chunk.ts";
import { hostClock, tickingClock } from "../kit/ticking.ts";
import { Trace } from "../kit/trace.ts";

afterEach(hostClock);

/** On a slow machine goroutines would be preempted else. */
const SEEDED = { seed: 1 };

function written(recorder: FlightRecorder): Trace {
  const pieces: string[] = [];
  recorder.writeTo((text) => void pieces.push(text));
  const trace = new Trace(pieces.join(""));
  expect(trace.overlaps()).toEqual([]);
  return trace;
}

/** When the earliest and the latest thing happened, in milliseconds since the recorder started. */
function reach({ events }: Trace): [number, number] {
  const times = events.filter((each) => each.ph === "X" && each.cat === "running").map((each) => each.ts ?? 0);
  return [Math.min(...times) / 1000, Math.max(...times) / 1000];
}

test("has everything while it is young", async () => {
  using recorder = new FlightRecorder();
  recorder.start();
  await run(function* main() {
    const ch = chan<number>(0, { name: "ch" });
    go(function* sender() {
      yield* ch.send(1);
    });
    yield* ch.recv();
  }, SEEDED);
  const trace = written(recorder);
  expect(trace.spans("main")).toEqual(["running", "chan receive ch", "running"]);
  expect(trace.arrows("chan")).toEqual(["sender → main ch"]);
  expect(trace.note).toBe("the last stretch");
});

test("forgets what is older than asked for, and still knows names and waits from before", async () => {
  tickingClock(0.01);
  using recorder = new FlightRecorder({ minAge: 100 });
  recorder.start();
  let trace: Trace | undefined;
  await run(function* main() {
    const ch = chan<number>(0, { name: "never" });
    go(function* patient() {
      yield* ch.recv();
    });
    for (let i = 0; i < 50_000; i++) yield* runtime.gosched();
    trace = written(recorder);
  });
  const [from, to] = reach(trace as Trace);
  expect(to - from).toBeGreaterThanOrEqual(100);
  // A chunk is 2048 events, and each read of the clock is a step.
  expect(to - from).toBeLessThan(100 + 2 * 2048 * 0.1);
  expect(trace?.spans("patient")).toEqual(["chan receive never"]);
  expect(trace?.spans("main").length).toBeGreaterThan(10);
});

test("keeps within its memory", async () => {
  using recorder = new FlightRecorder({ minAge: 3_600_000, maxBytes: 4 * Chunk.bytes });
  recorder.start();
  const made = vi.spyOn(Chunk.prototype, "clear");
  await run(function* main() {
    for (let i = 0; i < 20_000; i++) yield* runtime.gosched();
  });
  expect(made.mock.calls.length).toBeGreaterThan(10); // chunks that were used again
  const events = written(recorder).events.filter((each) => each.ph === "X").length;
  expect(events).toBeLessThanOrEqual(4 * 2048);
  expect(events).toBeGreaterThan(2048);
});

test("can be written more than once, and goes on", async () => {
  using recorder = new FlightRecorder();
  recorder.start();
  await run(function* first() {
    yield* runtime.gosched();
  }, SEEDED);
  const before = written(recorder);
  expect(written(recorder).spans("first")).toEqual(before.spans("first"));
  await run(function* second() {
    yield* runtime.gosched();
  }, SEEDED);
  expect(written(recorder).spans("second")).toEqual(["running", "runtime.Gosched", "running"]);
});

test("starts and stops", () => {
  const recorder = new FlightRecorder();
  expect(recorder.enabled).toBe(false);
  expect(() => recorder.writeTo(() => {})).toThrow("FlightRecorder.writeTo: it was not started");
  recorder.start();
  recorder.start();
  expect(recorder.enabled).toBe(true);
  recorder.stop();
  recorder.stop();
  expect(recorder.enabled).toBe(false);
});

test("refuses what makes no sense", () => {
  expect(() => new FlightRecorder({ minAge: 0 })).toThrow(
    "new FlightRecorder: minAge: expected a number above 0, got 0",
  );
  expect(() => new FlightRecorder({ maxBytes: -1 })).toThrow(
    "new FlightRecorder: maxBytes: expected a number above 0, got -1",
  );
});
