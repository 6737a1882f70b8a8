/** Recorded traces in the inspector: what the recorder wrote, what was cut off, and what is no trace at all. */

import fc from "fast-check";
import { chan, type Go, go, run, select } from "millrace";
import { Mutex } from "millrace/sync";
import { log, start, stop } from "millrace/trace";
import { beforeAll, describe, expect, test } from "vitest";
import { parseTrace } from "../../src/inspector/recorded/parse.ts";
import { openTrace } from "../../src/inspector/recorded/recorded.ts";
import { m } from "../../src/runtime/m.ts";
import { ArgumentError } from "../../src/runtime/panic.ts";

const PAGE = { offset: 0, limit: 100 };
let text = "";

function* program(): Go<void> {
  const jobs = chan<number>(2, { name: "jobs" });
  const mu = new Mutex();
  for (const _ of [1, 2]) {
    go(function* worker() {
      for (;;) {
        const [job, ok] = yield* jobs.recvOk();
        if (!ok) break;
        log("job", String(job));
      }
      yield* mu.lock();
      yield* select({ never: chan<void>().recv(), nor: chan<void>().recv() });
    });
  }
  for (let i = 0; i < 5; i++) yield* jobs.send(i);
  jobs.close();
  yield* chan<void>(0, { name: "nothing" }).recv();
}

beforeAll(async () => {
  const pieces: string[] = [];
  start((piece) => void pieces.push(piece));
  const end = new AbortController();
  const over = run(program, { name: "recorded", seed: 1, signal: end.signal }).catch(() => {});
  do await new Promise((resolve) => setImmediate(resolve));
  while ([...m.runs].some((p) => p.busy) || m.owesHost);
  end.abort(new Error("enough"));
  await over;
  stop();
  text = pieces.join("");
});

describe("a trace that was recorded", () => {
  test("has the goroutines as they were at its end", async () => {
    const source = openTrace(text, "trace.json");
    const { rows } = await source.ask("goroutines", { ...PAGE, sort: "id" });
    expect(rows.map(({ name, state, reason }) => [name, state, reason])).toEqual(
      [
        ["main", "waiting", "chan receive"],
        ["program", "waiting", "chan receive"],
        ["worker", "waiting", "select"],
        ["worker", "waiting", "sync.Mutex.Lock"],
      ].slice(rows.length === 4 ? 0 : 1),
    );
    expect(await source.ask("status", {})).toMatchObject({
      mode: "trace",
      program: "trace.json",
      ended: "Error: enough",
      runs: [{ name: "recorded", ended: "Error: enough" }],
    });
  });

  test("has channels, locks, arrows, marks and events", async () => {
    const source = openTrace(text, "trace.json");
    const { rows: channels } = await source.ask("channels", { ...PAGE, filter: "jobs" });
    expect(channels).toMatchObject([{ name: "jobs", sent: 5, received: 5, length: 0, closed: true }]);
    const { rows: things } = await source.ask("things", PAGE);
    expect(things).toMatchObject([{ kind: "mutex", holders: [{}], waiting: [expect.any(String)] }]);
    const { now } = await source.ask("status", {});
    const part = await source.ask("timeline", { ...PAGE, from: 0, to: now, width: 20_000 });
    expect(part.tracks.map(({ name }) => name)).toEqual(expect.arrayContaining(["worker", "worker"]));
    expect(part.arrows.filter(({ label }) => label === "jobs")).toHaveLength(5);
    expect(part.marks.map(({ kind }) => kind)).toEqual(expect.arrayContaining(["close", "log"]));
    const events = await source.ask("events", { after: 0, limit: 1000 });
    expect(events.map(({ text: words }) => words)).toEqual(
      expect.arrayContaining(["job: 0", "closes jobs", "waits: chan receive nothing"]),
    );
    expect((await source.ask("graph", {})).edges.map(({ label }) => label)).toContain("held by");
  });

  test("may be cut off anywhere", async () => {
    const whole = (await openTrace(text, "t").ask("status", {})).events;
    for (const at of [0.3, 0.5, 0.7, 0.99].map((part) => Math.floor(text.length * part))) {
      const { events } = await openTrace(text.slice(0, at), "t").ask("status", {});
      expect(events).toBeGreaterThan(0);
      expect(events).toBeLessThanOrEqual(whole + 4);
    }
  });

  test("may be one line, or an object with the list in it", async () => {
    const list = JSON.parse(text) as unknown;
    const whole = await openTrace(text, "t").ask("status", {});
    for (const other of [JSON.stringify(list), JSON.stringify({ traceEvents: list })]) {
      expect(await openTrace(other, "t").ask("status", {})).toEqual(whole);
    }
  });
});

describe("what is none", () => {
  test.each([
    ["", /a trace is JSON, got "": /],
    ["hello", /a trace is JSON, got "hello": /],
    ["{}", /a trace is a list of events, got an object/],
    ["[]", /t has no events of a program in it/],
    ["[\n]", /t has no events of a program in it/],
    ["[7]", /a trace: event 0 is no event but 7/],
    ['[{"ph":"X","pid":-1}]', /event 0: pid: expected a number from 0 to 2147483648, got -1/],
    ['[{"ph":"X","pid":1,"tid":1,"ts":1e300}]', /event 0: ts: expected a number from 0 to .*, got 1e\+300/],
    ['[{"ph":7}]', /event 0: ph: expected a string, got 7/],
    ['[\n{"ph":"M"},\nnonsense,\n{"ph":"M"}\n]', /line 3 is no event: "nonsense"/],
  ])("is an error that says what: %s", (bad, message) => {
    expect(() => openTrace(bad, "t")).toThrow(ArgumentError);
    expect(() => openTrace(bad, "t")).toThrow(message);
  });

  test("never anything but that error, whatever it is", () => {
    const opens = (anything: string): void => {
      try {
        openTrace(anything, "t");
      } catch (error) {
        expect(error).toBeInstanceOf(ArgumentError);
      }
    };
    fc.assert(fc.property(fc.string(), opens), { numRuns: 300 });
    const value = fc.oneof(fc.integer(), fc.double(), fc.string(), fc.constant(null), fc.constant("blocked"));
    const event = fc.record(
      {
        ph: fc.oneof(fc.constantFrom("X", "M", "i", "s", "f", "b", "e", "C"), value),
        pid: value,
        tid: value,
        ts: value,
        dur: value,
        cat: fc.oneof(
          fc.constantFrom("running", "runnable", "blocked", "lock", "region", "chan", "end", "panic"),
          value,
        ),
        id: value,
        name: fc.oneof(fc.constantFrom("select: a, b", "chan receive #3", "holds Mutex 1", "thread_name"), value),
        args: fc.oneof(fc.record({ name: value }), value),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.array(event), (events) => opens(JSON.stringify(events))),
      { numRuns: 300 },
    );
    // A real one with a piece of it replaced.
    fc.assert(
      fc.property(fc.nat(text.length), fc.nat(200), fc.string(), (at, length, piece) =>
        opens(text.slice(0, at) + piece + text.slice(at + length)),
      ),
      { numRuns: 100 },
    );
  });

  test("lines are read one by one", () => {
    const seen: string[] = [];
    parseTrace('[\n{"ph":"i","name":"a"},\n{"ph":"i","name":"b"},\n{"ph":"i","na', ({ name }) => seen.push(name));
    expect(seen).toEqual(["a", "b"]);
  });
});
