/** What the inspector's model costs grows with what it is told, not with the square of that, and what it keeps has a limit. */

import { expect, test } from "vitest";
import { answer } from "../../src/inspector/model/answer.ts";
import { Model } from "../../src/inspector/model/model.ts";
import { openTrace } from "../../src/inspector/recorded/recorded.ts";
import type { RuntimeEvent } from "../../src/runtime/events.ts";
import { Chunk } from "../../src/trace/chunk.ts";
import { keyOf } from "../../src/trace/timeline.ts";

const receives = { verb: "receive", on: { kind: "chan", id: 7, run: 1 }, reason: "chan receive", chan: 7 } as const;

type Events = Iterable<RuntimeEvent>;

function modelOf(events: Events): Model {
  const model = new Model({ mode: "live", program: "test", origin: 0, clock: () => 0 });
  let chunk = new Chunk();
  let time = 0;
  for (const event of events) {
    time += 0.01;
    chunk.push(event, time);
    if (!chunk.full) continue;
    model.take(chunk, 0);
    chunk = new Chunk();
  }
  if (!chunk.empty) model.take(chunk, 0);
  return model;
}

const main = { run: 1, g: 1 };

function* started(n: number): Events {
  for (let g = 1; g <= n; g++) {
    yield { kind: "go-create", run: 1, g, name: "worker", by: 0 };
    yield { kind: "go-start", run: 1, g };
  }
}

/** Programs in which a list that is searched from its beginning, or a sweep for each event, would show. */
const PROGRAMS: Readonly<Record<string, (n: number) => Events>> = {
  *"locks that one goroutine holds"(n) {
    yield* started(1);
    for (let i = 0; i < n; i++)
      yield { kind: "lock", ...main, lock: `Mutex ${i}`, on: { kind: "Mutex", id: i, run: 1 } };
  },
  *"readers of one lock"(n) {
    const lock = { lock: "RWMutex 1", on: { kind: "RWMutex", id: 1, run: 1 } };
    for (let g = 1; g <= n; g++) yield { kind: "lock", run: 1, g, ...lock };
    for (let g = n; g >= 1; g--) yield { kind: "unlock", run: 1, g, ...lock };
  },
  *"runs that come and go beside goroutines that stay"(n) {
    yield* started(n);
    for (let run = 2; run < n; run++) {
      yield { kind: "run-start", run, name: "" };
      yield { kind: "go-create", run, g: 1, name: "", by: 0 };
      yield { kind: "go-start", run, g: 1 };
      yield { kind: "run-end", run, name: "", error: undefined };
    }
  },
  *"runs that come and go beside timers that stay"(n) {
    for (let timer = 0; timer < n; timer++) yield { kind: "timer-start", run: 1, g: 0, timer, when: 5 };
    for (let run = 2; run < n; run++) yield { kind: "run-end", run, name: "", error: undefined };
  },
  *"goroutines that are met again after their end"(n) {
    yield* started(n);
    for (let g = 1; g <= n; g++) yield { kind: "go-end", run: 1, g };
    for (let g = n; g >= 1; g--) yield { kind: "go-start", run: 1, g };
  },
  *"regions that end in the order in which they began"(n) {
    yield* started(1);
    for (let i = 0; i < n; i++) yield { kind: "region-start", ...main, name: `region ${i}` };
    for (let i = 0; i < n; i++) yield { kind: "region-end", ...main, name: `region ${i}` };
  },
};

/** Milliseconds of processor time. */
function cost(action: () => unknown): number {
  const before = process.cpuUsage();
  action();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e3;
}

test.each(Object.keys(PROGRAMS))("%s", (name) => {
  const program = PROGRAMS[name] as (typeof PROGRAMS)[string];
  modelOf(program(5_000));
  const little = cost(() => modelOf(program(15_000)));
  // Six times as much: 36 times as long if it were the square, about six if not.
  expect(cost(() => modelOf(program(90_000)))).toBeLessThan(18 * (little + 20));
});

const span = (name: string, i: number, cat: string): string =>
  JSON.stringify({ ph: "X", pid: 1, tid: 1, ts: i * 10, dur: 10, cat, name });

test.each([
  [
    "locks",
    (n: number): string[] =>
      Array.from(
        { length: n },
        (_, i) => `{"ph":"b","pid":1,"tid":1,"ts":${i},"cat":"lock","id":${i},"name":"holds L${i}"}`,
      ).concat(Array.from({ length: n }, (_, i) => `{"ph":"e","pid":1,"tid":1,"ts":${n + i},"cat":"lock","id":${i}}`)),
  ],
  [
    "long selects",
    (n: number): string[] =>
      Array.from({ length: n / 10 }, (_, i) =>
        span(`select: ${Array.from({ length: 60 }, (_, j) => `chan receive #${i * 60 + j}`).join(", ")}`, i, "blocked"),
      ),
  ],
])("a recorded trace of %s opens", (_, lines) => {
  const trace = (n: number): string => `[\n${lines(n).join(",\n")}\n]`;
  openTrace(trace(1_000), "test");
  const little = cost(() => openTrace(trace(5_000), "test"));
  expect(cost(() => openTrace(trace(30_000), "test"))).toBeLessThan(18 * (little + 20));
});

test("goroutines that have not ended are kept up to a number, and the rest is told of", () => {
  const n = 150_000;
  const model = modelOf(
    (function* () {
      yield { kind: "chan-make", ...main, chan: 7, name: undefined, capacity: 0 };
      for (let g = 1; g <= n; g++) {
        yield { kind: "go-create", run: 1, g, name: "worker", by: 0 };
        yield { kind: "go-start", run: 1, g };
        yield { kind: "go-park", run: 1, g, wait: 0, ...receives };
      }
    })() as Events,
  );
  const { routines, channels } = model;
  expect(routines.size).toBeLessThanOrEqual(110_000);
  expect(routines.size + routines.forgottenLive).toBe(n);
  expect(routines.counts).toMatchObject({ waiting: routines.size, runnable: 0, ended: 0 });
  expect(channels.get("chan/7")?.recvq.length).toBe(routines.size);
  expect(answer(model, "findings", {}).map(({ rule }) => rule)).toContain("too-many");
  // One that was forgotten is met again when it does something.
  const chunk = new Chunk();
  chunk.push({ kind: "go-ready", ...main, wait: 0, by: 2, byRun: 1 }, n);
  model.take(chunk, 0);
  expect(routines.get(keyOf(1, 1))?.state).toBe("runnable");
});

test("waits of async functions are kept up to a number", () => {
  const model = modelOf(
    (function* () {
      for (let wait = 1; wait <= 150_000; wait++) {
        yield { kind: "go-park", run: 1, g: 0, wait, ...receives };
      }
    })() as Events,
  );
  expect(model.channels.get("chan/7")?.recvq.length).toBeLessThanOrEqual(110_000);
});

test("locks are kept up to a number, and one that was forgotten is held by no goroutine", () => {
  const locks = 80_000;
  const model = modelOf(
    (function* () {
      yield* started(1);
      for (let i = 0; i < locks; i++)
        yield { kind: "lock", ...main, lock: `Mutex ${i}`, on: { kind: "Mutex", id: i, run: 1 } };
    })() as Events,
  );
  const known = [...model.things].length;
  expect(known).toBeLessThanOrEqual(55_000);
  expect(model.routines.get(keyOf(1, 1))?.detail([]).holds).toHaveLength(known);
});
