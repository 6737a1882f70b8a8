/** The inspector in a program's own thread: each question, about programs of which the answer is known. */
import { chan, go, run, select } from "millrace";
import { Mutex, RWMutex, Semaphore, WaitGroup } from "millrace/sync";
import { sleep } from "millrace/time";
import { afterEach, describe, expect, test } from "vitest";
import type { GoroutineRow, Questions } from "../../src/inspector/protocol.ts";
import { type Watch, watch } from "../../src/inspector/watch.ts";
import { tap } from "../../src/runtime/events.ts";
import { m } from "../../src/runtime/m.ts";

let source: Watch;
let end: AbortController;
afterEach(() => {
  source.stop();
  end.abort();
});

const PAGE = { offset: 0, limit: 100 };

/** Runs `main` until all of it waits, watched. It is ended after the test. */
async function started(
  main: () => unknown,
  before = (): void => {
    source = watch({ program: "p.ts" });
  },
): Promise<void> {
  before();
  end = new AbortController();
  run(main, { name: "test", seed: 1, signal: end.signal }).catch(() => {});
  do await new Promise((resolve) => setImmediate(resolve));
  while ([...m.runs].some((p) => p.busy) || m.owesHost);
}

async function rows(about: Partial<Questions["goroutines"]["ask"]> = {}): Promise<readonly GoroutineRow[]> {
  return (await source.ask("goroutines", { ...PAGE, ...about })).rows;
}

async function named(name: string): Promise<GoroutineRow> {
  const row = (await rows()).find((each) => each.name === name);
  if (row === undefined) throw new Error(`no goroutine ${name}`);
  return row;
}

describe("goroutines", () => {
  test("have a name, a state, a reason, an origin and who started them", async () => {
    await started(function* main() {
      const jobs = chan<number>(0, { name: "jobs" });
      go(function* worker() {
        yield* jobs.recv();
      });
      yield* sleep(100_000);
    });
    const [main, worker] = (await rows()) as [GoroutineRow, GoroutineRow];
    expect(main).toMatchObject({ name: "main", state: "waiting", reason: "sleep", by: "", thread: 0 });
    expect(main.on).toEqual([expect.stringMatching(/^timer\/\d+\.\d+$/)]);
    expect(worker).toMatchObject({ name: "worker", state: "waiting", reason: "chan receive", by: main.id });
    expect(worker.origin).toMatch(/test\/inspector\/watch\.test\.ts:\d+$/);
    const [jobs] = (await source.ask("channels", PAGE)).rows;
    expect(worker.on).toEqual([jobs?.id]);
  });

  test("in detail: where they stand, where they were started, what they did last", async () => {
    await started(function* main() {
      const jobs = chan<number>(0, { name: "jobs" });
      go(function* worker() {
        yield* jobs.recv();
      });
      yield* jobs.send(1);
      yield* chan().recv();
    });
    const main = await source.ask("goroutine", { id: (await named("main")).id });
    expect(main?.stack).toEqual([expect.stringMatching(/^main \(.*watch\.test\.ts:\d+:\d+\)$/)]);
    const worker = await source.ask("goroutine", { id: (await named("worker")).id });
    expect(worker).toMatchObject({ state: "ended", stack: [], holds: [] });
    expect(worker?.originStack[0]).toMatch(/^main \(.*watch\.test\.ts:\d+:\d+\)$/);
    expect(worker?.recent.map(({ text }) => text.replace(/\d+\/\d+/, "N"))).toEqual([
      "is started by main (N)",
      "begins",
      "receives 1 from jobs",
      "ends",
    ]);
    expect(await source.ask("goroutine", { id: "77/1" })).toBeNull();
    expect(await source.ask("goroutine", { id: "nonsense" })).toBeNull();
  });

  test("are filtered, grouped and sorted", async () => {
    await started(function* main() {
      const [a, b] = [chan(), chan()];
      for (let i = 0; i < 3; i++) go(function* reader() { yield* a.recv(); }); // biome-ignore format: a line is enough
      for (let i = 0; i < 2; i++) go(function* sleeper() { yield* sleep(100_000); }); // biome-ignore format: the same
      yield* b.recv();
    });
    const answer = await source.ask("goroutines", {
      ...PAGE,
      group: "reason",
      in: "sleep",
      sort: "id",
      descending: true,
    });
    expect(answer).toMatchObject({ total: 6, matching: 2 });
    expect(answer.groups).toEqual([
      { key: "chan receive", count: 4 },
      { key: "sleep", count: 2 },
    ]);
    expect(answer.rows.map(({ id }) => id.replace(/^\d+/, "R"))).toEqual(["R/6", "R/5"]);
    expect((await rows({ filter: "READ" })).map(({ name }) => name)).toEqual(["reader", "reader", "reader"]);
    expect((await rows({ filter: "/4" })).map(({ id }) => id.replace(/^\d+/, "R"))).toEqual(["R/4"]);
    expect(await rows({ states: ["ended"] })).toEqual([]);
    expect((await rows({ sort: "name", offset: 4 })).map(({ name }) => name)).toEqual(["sleeper", "sleeper"]);
  });

  test("async ones await something, and the channel knows that somebody waits", async () => {
    await started(function* main() {
      const ch = chan<number>(0, { name: "ch" });
      go(async function reader() {
        await ch.recv();
      });
      yield* chan().recv();
    });
    expect(await named("reader")).toMatchObject({ state: "waiting", reason: "await" });
    expect((await source.ask("channels", { ...PAGE, filter: "ch" })).rows[0]).toMatchObject({ receivers: 1 });
  });

  test("that were there before are met as they stand", async () => {
    await started(
      function* main() {
        const ch = chan<number>(1, { name: "old" });
        yield* ch.send(1);
        go(function* sender() {
          yield* ch.send(2);
        });
        yield* chan().recv();
      },
      () => {},
    );
    source = watch();
    expect(await named("sender")).toMatchObject({ state: "waiting", reason: "chan send", origin: "" });
    const [id] = (await named("sender")).on;
    expect(await source.ask("channel", { id: id as string })).toMatchObject({
      length: 1,
      capacity: 1,
      slots: ["1"],
      sendq: [{ name: "sender", value: "2", select: false }],
    });
  });
});

describe("channels", () => {
  test("are drawn as they are: slots, indices, both queues", async () => {
    await started(function* main() {
      const ch = chan<unknown>(3, { name: "ring" });
      yield* ch.send("a");
      yield* ch.send({ id: 7 });
      yield* ch.recv();
      yield* ch.send([1, 2]);
      yield* ch.send(null);
      go(function* late() {
        yield* ch.send(5);
      });
      go(function* either() {
        yield* select({ out: ch.send(6), never: chan().recv() });
      });
      yield* chan().recv();
    });
    const [row] = (await source.ask("channels", { ...PAGE, filter: "ring" })).rows;
    expect(row).toMatchObject({
      name: "ring",
      capacity: 3,
      length: 3,
      closed: false,
      senders: 2,
      sent: 4,
      received: 1,
    });
    const detail = await source.ask("channel", { id: row?.id as string });
    expect(detail).toMatchObject({ sendx: 1, recvx: 1, slots: ["null", "{ id: 7 }", "[1, 2]"], recvq: [] });
    expect(detail?.sendq.map(({ name, value, select: inSelect }) => [name, value, inSelect])).toEqual([
      ["late", "5", false],
      ["either", "6", true],
    ]);
    expect(detail?.origin).toMatch(/watch\.test\.ts:\d+$/);
    expect(await source.ask("channel", { id: "chan/999999" })).toBeNull();
  });

  test("count what went through, also from senders that waited", async () => {
    await started(function* main() {
      const ch = chan<number>(1, { name: "busy" });
      go(function* sender() {
        for (let i = 0; i < 5; i++) yield* ch.send(i);
        ch.close();
      });
      for (let i = 0; i < 5; i++) yield* ch.recv();
      yield* ch.recv();
      yield* chan().recv();
    });
    const { rows: found } = await source.ask("channels", { ...PAGE, sort: "traffic" });
    expect(found[0]).toMatchObject({ name: "busy", sent: 5, received: 5, length: 0, closed: true });
  });
});

test("locks, groups, semaphores and timers: who holds them and who waits", async () => {
  await started(function* main() {
    const [mu, rw, sem, wg] = [new Mutex(), new RWMutex(), new Semaphore(2), new WaitGroup()];
    yield* mu.lock();
    yield* rw.rLock();
    yield* sem.acquire(2);
    wg.add(3);
    wg.done();
    go(function* locker() { yield* mu.lock(); }); // biome-ignore format: a line each
    go(function* writer() { yield* rw.lock(); }); // biome-ignore format: a line each
    go(function* user() { yield* sem.acquire(); }); // biome-ignore format: a line each
    go(function* waiter() { yield* wg.wait(); }); // biome-ignore format: a line each
    yield* sleep(100_000);
  });
  const { rows: things, total } = await source.ask("things", PAGE);
  expect(total).toBe(5);
  const by = Object.fromEntries(things.map((each) => [each.kind, each]));
  const main = await named("main");
  for (const [kind, name] of [
    ["mutex", "locker"],
    ["rwmutex", "writer"],
    ["semaphore", "user"],
  ] as const) {
    expect(by[kind]).toMatchObject({ holders: [{ g: main.id }], waiting: [(await named(name)).id] });
  }
  expect(by.waitgroup).toMatchObject({ holders: [], waiting: [(await named("waiter")).id], value: 2 });
  expect(by.timer?.waiting).toEqual([main.id]);
  expect(by.timer?.value).toBeGreaterThan(99_000);
  expect((await named("locker")).on).toEqual([by.mutex?.id]);
  expect((await source.ask("goroutine", { id: main.id }))?.holds).toHaveLength(3);
});

describe("the graph", () => {
  test("shows a cycle of locks, and who waits beside it", async () => {
    await started(function* main() {
      const [a, b] = [new Mutex(), new Mutex()];
      const meet = new WaitGroup();
      meet.add(2);
      const both = (first: Mutex, second: Mutex) =>
        function* () {
          yield* first.lock();
          meet.done();
          yield* meet.wait();
          yield* second.lock();
        };
      go(both(a, b));
      go(both(b, a));
      for (let i = 0; i < 3; i++) go(function* outside() { yield* meet.wait(); yield* a.lock(); }); // biome-ignore format: a line is enough
      yield* chan(0, { name: "nothing" }).recv();
    });
    const { nodes, edges, more } = await source.ask("graph", {});
    const cycle = edges.filter((edge) => edge.cycle);
    expect(cycle.map(({ label }) => label).sort()).toEqual(["held by", "held by", "wants", "wants"]);
    expect(nodes.find(({ count }) => count === 3)).toMatchObject({
      kind: "goroutine",
      label: expect.stringMatching(/^outside/),
    });
    expect(edges.find(({ label }) => label === "receives from")).toMatchObject({ cycle: false });
    expect(more).toBe(0);
  });

  test("leads through joins, and through the only user of a channel's other end", async () => {
    await started(function* main() {
      const ch = chan<number>(0, { name: "ch" });
      const worker = go(function* worker() {
        yield* ch.recv();
        yield* ch.recv();
      });
      yield* ch.send(1);
      yield* worker.join();
    });
    const { edges } = await source.ask("graph", {});
    expect(edges.map(({ label, cycle }) => [label, cycle])).toEqual([
      ["joins", true],
      ["receives from", true],
      ["only sender is", true],
    ]);
  });
});

describe("the timeline", () => {
  test("is stretches, arrows and marks", async () => {
    let now = 1000;
    await started(
      function* main() {
        const ch = chan<number>(0, { name: "ch" });
        go(function* worker() {
          yield* ch.recv();
        });
        yield* ch.send(1);
        ch.close();
        yield* chan().recv();
      },
      () => {
        source = watch({ clock: () => now++ });
      },
    );
    const part = await source.ask("timeline", { ...PAGE, from: 0, to: 100, width: 1000 });
    const kinds = part.tracks.map(({ name, spans }) => [
      name,
      Array.from({ length: spans.length / 4 }, (_, i) => part.labels[spans[4 * i + 3] as number]),
    ]);
    expect(kinds).toEqual([
      ["main", ["runnable", "running", "chan send ch", "runnable", "running", expect.stringMatching(/^chan receive/)]],
      ["worker", ["runnable", "running"]],
    ]);
    expect(part.arrows.map(({ label }) => label).sort()).toEqual(["ch", "go"]);
    expect(part.marks.map(({ kind, label }) => [kind, label])).toEqual([["close", "close ch"]]);
    expect(part).toMatchObject({ begin: 0, tracksInAll: 2, thinned: false });
  });

  test("merges what is too fine", async () => {
    let now = 1000;
    await started(
      function* main() {
        for (let i = 0; i < 1000; i++) yield* chan(1).send(i);
        for (let i = 0; i < 1000; i++) {
          const g = go(function* () {});
          yield* g.join();
        }
        yield* chan().recv();
      },
      () => {
        source = watch({ clock: () => now++ });
      },
    );
    const { now: until } = await source.ask("status", {});
    const ask = { offset: 0, limit: 1, from: 0, to: until };
    const coarse = await source.ask("timeline", { ...ask, width: 100 });
    expect(coarse.tracks[0]?.spans.length).toBeLessThan(100 * 4 * 2);
    expect(coarse.labels).toContain("several");
    const fine = await source.ask("timeline", { ...ask, width: 20_000 });
    expect(fine.labels).not.toContain("several");
    expect(fine.tracks[0]?.spans.length).toBeGreaterThan(1000 * 4);
  });
});

describe("events", () => {
  test("are numbered, in words, and read from any number on", async () => {
    await started(function* main() {
      const ch = chan<string>(1, { name: "ch" });
      yield* ch.send("hi");
      yield* ch.recv();
      yield* chan().recv();
    });
    const all = await source.ask("events", { after: 0, limit: 1000 });
    expect(all.map(({ n }) => n)).toEqual(all.map((_, i) => i + 1));
    expect(all.map(({ text }) => text)).toContain('sends "hi" to ch');
    expect(all.map(({ text }) => text)).toContain('receives "hi" from ch');
    expect(await source.ask("events", { after: 3, limit: 2 })).toEqual(all.slice(3, 5));
    expect(await source.ask("events", { after: -1, limit: 2 })).toEqual(all.slice(-2));
    expect(await source.ask("events", { after: all.length, limit: 10 })).toEqual([]);
  });
});

test("status: counts, runs and threads", async () => {
  await started(function* main() {
    go(function* done() {});
    yield* chan().recv();
  });
  const status = await source.ask("status", {});
  expect(status).toMatchObject({
    mode: "live",
    program: "p.ts",
    ended: null,
    runs: [{ name: "test", ended: null }],
    counts: { running: 0, runnable: 0, waiting: 1, ended: 1, panicked: 0 },
    channels: 1,
    threads: [{ thread: 0, goroutines: 1, runnable: 0, switches: expect.any(Number) }],
    forgotten: 0,
  });
  expect(await source.ask("stepper", {})).toBeNull();
  source.stop("");
  expect(await source.ask("status", {})).toMatchObject({ ended: "" });
});

test("once it is stopped the runtime has nobody to tell", async () => {
  await started(function* main() {
    yield* chan().recv();
  });
  expect(tap).toMatchObject({ listener: expect.any(Function), meet: expect.any(Function) });
  source.stop();
  expect(tap).toMatchObject({ listener: null, meet: null, everywhere: [] });
});

test.each([
  ["nothing", {}, /expected one of the questions status, .*, got "nothing"/],
  ["__proto__", {}, /expected one of the questions/],
  ["goroutines", { offset: 0 }, /goroutines: limit: expected a whole number from 0 to 1000, got undefined/],
  ["goroutines", { ...PAGE, sort: "size" }, /goroutines: sort: expected one of id, .*, got "size"/],
  ["goroutines", { ...PAGE, states: ["idle"] }, /states: expected a list of running, .*, got an array of 1/],
  ["channels", { ...PAGE, group: "name" }, /channels: it has no "group"/],
  ["timeline", { ...PAGE, from: 5, to: 5, width: 10 }, /timeline: to: expected a time after from, got 5 and 5/],
  [
    "timeline",
    { ...PAGE, from: Number.NaN, to: 5, width: 10 },
    /timeline: from: expected a number of milliseconds, got NaN/,
  ],
  ["goroutine", { id: 7 }, /goroutine: id: expected a string of at most 1000 characters, got 7/],
  ["status", null, /status: expected an object, got null/],
])("what is no question is refused: %s %j", async (question, about, message) => {
  await started(function* () {});
  await expect(source.ask(question as "status", about as Record<never, never>)).rejects.toThrow(message);
});
