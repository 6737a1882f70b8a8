/** `run(fn, { debug: true })`: spawn sites, and warnings of operations that were made and never performed. */
import { type Chan, chan, go, run, runtime, select, wait } from "millrace";
import { Mutex, Once, WaitGroup } from "millrace/sync";
import { afterEach, beforeEach, expect, type MockInstance, test, vi } from "vitest";

let written: MockInstance<typeof process.stderr.write>;
beforeEach(() => {
  written = vi.spyOn(process.stderr, "write").mockReturnValue(true);
});
afterEach(() => {
  written.mockRestore();
});

const warnings = (): string[] =>
  written.mock.calls.map(([text]) => String(text)).filter((t) => t.includes("never performed"));

test("a forgotten yield* is named: who, what, which channel, where", async () => {
  await run(
    function* main() {
      const jobs = chan<number>(1, { name: "jobs" });
      go(function* worker() {
        jobs.send(1);
        yield* runtime.gosched();
      });
      for (let i = 0; i < 3; i++) yield* runtime.gosched();
    },
    { debug: true },
  );
  expect(warnings().length).toBe(1);
  expect(warnings()[0]).toMatch(/goroutine 2 \(worker\).*chan send "jobs".*debug\.test\.ts:\d+:\d+.*yield\*/);
});

test.each<[string, (ch: Chan<number>) => unknown, RegExp]>([
  ["recv", (ch) => ch.recv(), /chan receive/],
  ["recvOk", (ch) => ch.recvOk(), /chan receive/],
  ["send", (ch) => ch.send(1), /chan send/],
  ["select", (ch) => select({ v: ch.recv() }), /: select/],
  ["join", () => go(() => {}).join(), /: join/],
  ["wait", () => wait(Promise.resolve()), /: promise/],
  ["gosched", () => runtime.gosched(), /runtime\.Gosched/],
  ["lock", () => new Mutex().lock(), /: sync\.Mutex\.Lock/],
  ["withLock", () => new Mutex().withLock(() => 1), /: Mutex\.withLock, made at .*debug\.test\.ts:/],
  ["Once.do", () => new Once().do(() => 1), /: Once\.do/],
])("%s that was made and dropped is one warning", async (_, make, reason) => {
  await run(
    function* () {
      make(chan<number>());
      yield* runtime.gosched();
    },
    { debug: true },
  );
  expect(warnings().length).toBe(1);
  expect(warnings()[0]).toMatch(reason);
});

test("operations that were performed, in any way, are no warnings", async () => {
  await run(
    function* () {
      const ch = chan<number>(20);
      const idle = chan<number>();
      const quit = chan<void>();
      yield* ch.send(1);
      yield* ch.recv();
      go(async () => {
        await ch.send(2);
        await select({ v: ch.recv(), idle: idle.recv(), default: true });
      });
      go(() => ch.send(3));
      ch.send(4).then(() => {});
      for (let i = 0; i < 20; i++) {
        // Losing cases, polled or not, and what a nested select holds.
        yield* select(
          { out: ch.send(i), never: idle.recv(), inner: select([quit.recv(), idle.send(1)]) },
          { order: "listed" },
        );
        yield* select([ch.recv(), ch.recv(), ch.recvOk(), idle.recv()]);
      }
      yield* wait(Promise.resolve());
      const parked = go(function* () {
        yield* select({ a: idle.recv(), quit: quit.recv() });
      });
      yield* runtime.gosched();
      quit.close();
      yield* parked.join();
    },
    { debug: true },
  );
  expect(warnings()).toStrictEqual([]);
});

test("a select that was dropped is one warning, not one for each of its cases", async () => {
  await run(
    function* () {
      const ch = chan<number>();
      select({ a: ch.recv(), b: ch.recv(), c: ch.send(1) });
      yield* runtime.gosched();
    },
    { debug: true },
  );
  expect(warnings().length).toBe(1);
});

test("what a goroutine leaves is reported when it ends, the rest when the run ends", async () => {
  await run(
    function* () {
      const ch = chan<number>();
      const g = go(function* first() {
        ch.recv();
      });
      yield* g.join();
      expect(warnings().length).toBe(1);
      go(function* parked() {
        ch.recvOk();
        yield* ch.recv();
      });
      yield* runtime.gosched();
      expect(warnings().length).toBe(1);
    },
    { debug: true },
  );
  expect(warnings().length).toBe(2);
  expect(warnings()[1]).toContain("parked");
});

test("without debug nothing is written", async () => {
  await run(function* () {
    chan<number>().recv();
    yield* runtime.gosched();
  });
  expect(warnings()).toStrictEqual([]);
});

test("spawn sites: file and line of the go statement, in debug mode only", async () => {
  const site = (debug: boolean): Promise<string | undefined> =>
    run(
      function* () {
        const g = go(function* child() {
          yield* chan<never>().recv();
        });
        yield* runtime.gosched();
        return runtime.goroutines().find((each) => each.id === g.id)?.createdBy?.site;
      },
      { debug },
    );
  expect(await site(true)).toMatch(/debug\.test\.ts:\d+:\d+$/);
  expect(await site(false)).toBe(undefined);
});

test("actions that were performed, in either way, are no warnings", async () => {
  await run(
    function* () {
      const mu = new Mutex();
      yield* mu.withLock(() => 1);
      go(async () => void (await mu.withLock(() => 1)));
      yield* mu.withLock(() => 1);
      for (let i = 0; i < 5; i++) yield* wait(Promise.resolve());
    },
    { debug: true },
  );
  expect(warnings()).toEqual([]);
});

test("operations that have an iterator of their own keep it", async () => {
  const running = run(
    function* () {
      const wg = new WaitGroup();
      wg.add(1);
      go(function* () {
        yield* runtime.gosched();
        wg.done();
        wg.add(1);
      });
      yield* wg.wait();
    },
    { debug: true },
  );
  await expect(running).rejects.toMatchObject({ code: "WAITGROUP_REUSED" });
});
