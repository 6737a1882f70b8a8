/** An inspector that can't keep up: the program goes on, what was lost is counted, and then all is told as it stands. */
import { EventEmitter } from "node:events";
import { chan, go, range, run, runtime, wait } from "millrace";
import { Mutex } from "millrace/sync";
import { expect, test, vi } from "vitest";
import { Model } from "../../src/inspector/model/model.ts";
import { feed } from "../../src/inspector/recorder.ts";
import type { ToInspector, ToProgram } from "../../src/inspector/server/messages.ts";
import { ModelSource } from "../../src/inspector/source.ts";
import { monotonic } from "../../src/runtime/host.ts";

/** The inspector's thread, which takes what it gets and says so when the test has it say so. */
class Inspector extends EventEmitter {
  static last: Inspector;
  readonly model: Model = new Model({ mode: "live", program: "busy.ts", origin: monotonic(), clock: monotonic });
  /** Events that it has got and not yet said to have taken. */
  owed = 0;

  constructor() {
    super();
    Inspector.last = this;
    queueMicrotask(() => this.say({ kind: "ready", url: "here" }));
  }

  postMessage(message: ToInspector): void {
    if (message.kind !== "batch") return;
    feed(this.model, message.batch);
    for (const { events } of message.batch.chunks) this.owed += events;
  }

  say(message: ToProgram): void {
    this.emit("message", message);
  }

  ref(): void {}
  unref(): void {}
  terminate(): void {}
}

vi.mock("node:worker_threads", async (real) => ({ ...(await real<object>()), Worker: Inspector }));

test("events are lost beyond a million, and it is told how everything stands when it has caught up", {
  timeout: 60_000,
}, async () => {
  const { Feed } = await import("../../src/inspector/server/feed.ts");
  const inspected = await Feed.start({ program: "busy.ts", port: 0 });
  const inspector = Inspector.last;
  const source = new ModelSource(inspector.model, { program: { look: () => [] }, refresh: () => {} });
  const page = { offset: 0, limit: 100 };
  await run(function* () {
    const before = chan<number>(1, { name: "before" });
    go(function* early() {
      for (const r = range(before); yield* r.next(); );
    });
    go(function* passing() {
      yield* before.send(0);
    });
    // Until the inspector has as much as it may have, and more.
    const busy = chan<number>(512);
    while (inspector.owed < 950_000) {
      busy.trySend(0);
      yield* busy.recv();
    }
    const got = inspector.owed;
    for (let i = 0; i < 80_000; i++) {
      busy.trySend(i);
      yield* busy.recv();
    }
    expect(inspector.owed).toBeLessThanOrEqual(1_000_000);
    expect(inspector.owed).toBeGreaterThanOrEqual(got);
    // Where a whole chunk finds no room a few events still may.
    const handOver = (): void => inspector.say({ kind: "look", id: 1, look: { at: "goroutine", key: 0 } });
    handOver();
    for (let had = -1; had !== inspector.owed; ) {
      had = inspector.owed;
      busy.trySend(0);
      yield* busy.recv();
      handOver();
    }

    // This happens unheard: one ends, others come and wait.
    before.close();
    const late = chan<string>(2, { name: "late" });
    handOver(); // and lose, that it was made
    const lock = new Mutex();
    yield* lock.lock();
    late.trySend("a");
    go(function* latecomer() {
      yield* lock.lock();
    });
    go(function* reader() {
      for (const r = range(late); yield* r.next(); );
    });
    yield* runtime.gosched();
    const unheard = wait(source.ask("channels", page));
    expect((yield* unheard).rows.map(({ name }) => name)).not.toContain("late");

    inspector.say({ kind: "taken", events: inspector.owed });
    const { rows } = yield* wait(source.ask("goroutines", page));
    const alive = rows.filter(({ state }) => state !== "ended").map(({ name, state, reason }) => [name, state, reason]);
    expect(alive.map(([name]) => name).sort()).toEqual(["latecomer", "main", "reader"]);
    expect(alive).toContainEqual(["latecomer", "waiting", "sync.Mutex.Lock"]);
    expect(alive).toContainEqual(["reader", "waiting", "chan receive"]);
    const channels = yield* wait(source.ask("channels", page));
    const told = channels.rows.map(({ name, capacity, closed }) => [name, capacity, closed]);
    expect(told).toContainEqual(["late", 2, false]);
    expect(told).toContainEqual(["before", 1, true]);
    const { events } = yield* wait(source.ask("status", {}));
    expect(inspector.model.lost).toBeGreaterThan(0);
    // Each was heard or is counted.
    expect(events).toBeGreaterThan(1_000_000);
  });
  inspected.over(0);
  expect((await source.ask("status", {})).ended).toBe("");
});
