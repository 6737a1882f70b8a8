/** What is not in a bubble: what comes from outside, async functions, and what outlives it. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { chan, go, LeakError, run, runtime, select, wait } from "millrace";
import { background, withCancel } from "millrace/context";
import { fromReadable } from "millrace/interop";
import { bubble, OutsideError, settle } from "millrace/testing";
import * as time from "millrace/time";
import { describe, expect, test } from "vitest";
import { thrown } from "../kit/thrown.ts";
import { failure } from "./bubble-kit.ts";

describe("goroutines that outlive the bubble", () => {
  test("fail it, with their stacks", async () => {
    const error = await failure(function* () {
      go(function* forgotten() {
        yield* chan<number>(0, { name: "c" }).send(1);
      });
      go(function* asleep() {
        yield* time.sleep(1);
      });
    }, LeakError);
    expect(error.goroutines.map(({ name, reason }) => [name, reason])).toEqual([
      ["forgotten", "chan send"],
      ["asleep", "sleep"],
    ]);
    expect(error.message).toMatch(/2 goroutines leaked[\s\S]*forgotten\(\)\n\t.*bubble-outside\.test\.ts:\d+/);
  });

  test("may end by themselves, as long as that takes no time", async () => {
    const log: string[] = [];
    const result = await bubble(function* () {
      const [ctx, cancel] = withCancel(background());
      go(function* () {
        yield* ctx.done().recv();
        for (let i = 0; i < 10; i++) yield* runtime.gosched();
        log.push("cleaned up");
      });
      go(async () => {
        await ctx.done().recv();
        for (let i = 0; i < 10; i++) await null;
        log.push("cleaned up, too");
      });
      yield* settle();
      cancel();
      return "result";
    });
    expect([result, ...log].sort()).toEqual(["cleaned up", "cleaned up, too", "result"]);
  });

  test("one that waits for the host does as well", async () => {
    const error = await failure(function* () {
      go(() => wait(new Promise(() => {})));
    }, LeakError);
    expect(error.goroutines.map(({ reason }) => reason)).toEqual(["promise"]);
  });
});

describe("what comes from outside", () => {
  test("a request is named", async () => {
    const server = createServer(() => {}).listen(0);
    await new Promise((done) => server.once("listening", done));
    const url = `http://localhost:${(server.address() as AddressInfo).port}`;
    const abort = new AbortController();
    const error = await failure(function* client() {
      yield* select({ answer: wait(fetch(url, { signal: abort.signal }).catch(() => {})), late: time.after(9).recv() });
    }, OutsideError);
    abort.abort();
    server.close();
    expect(error.goroutines.map(({ name, reason }) => [name, reason])).toEqual([["client", "select"]]);
    expect(error.message).toMatch(
      /a goroutine waits for something outside of the bubble\n\(the host is busy with: .+\)/,
    );
    expect(error.message).toMatch(/client\(\)\n\t.*bubble-outside\.test\.ts:\d+/);
  });

  test("a timer of the host is named", async () => {
    let timer: NodeJS.Timeout | undefined;
    const error = await failure(function* () {
      yield* wait(new Promise((done) => (timer = setTimeout(done, 600_000))));
    }, OutsideError);
    clearTimeout(timer);
    expect(error.message).toContain("Timeout");
    expect(error.goroutines.map(({ reason }) => reason)).toEqual(["promise"]);
  });

  test("a stream is named", async () => {
    const stream = new Readable({ read() {} });
    const error = await failure(function* reader() {
      yield* fromReadable(stream).recv();
    }, OutsideError);
    expect(error.goroutines.map(({ name }) => name)).toEqual(["reader"]);
    stream.destroy();
  });

  test("a channel of somebody else is named, also as a case", async () => {
    const foreign = chan<number>(0, { name: "theirs" });
    expect((await failure(() => foreign.recv(), OutsideError)).message).toContain('channel "theirs"');
    const error = await failure(() => select({ theirs: foreign.recv(), late: time.after(1).recv() }), OutsideError);
    expect(error.goroutines).toHaveLength(1);
  });

  test("an async function is named", async () => {
    const error = await failure(function* () {
      yield* go(async function download() {
        await new Promise(() => {});
      }).join();
    }, OutsideError);
    expect(error.goroutines.map(({ name, reason }) => [name, reason])).toEqual([["download", "await"]]);
  });

  test("is waited for with patience, and time stands still meanwhile", async () => {
    const server = createServer((_, response) => void response.end("pong")).listen(0);
    await new Promise((done) => server.once("listening", done));
    const url = `http://localhost:${(server.address() as AddressInfo).port}`;
    const ping = async () => (await fetch(url, { headers: { connection: "close" } })).text();
    const seen = await bubble(
      function* () {
        const start = time.now();
        const s = yield* select({ answer: wait(ping()), late: time.after(1).recv() });
        const answer = yield* go(ping).join();
        return [s.value, answer, time.since(start)];
      },
      { patience: 50_000 },
    );
    server.close();
    expect(seen).toEqual(["pong", "pong", 0]);
    const never = bubble(() => wait(new Promise(() => {})), { patience: 20 });
    await expect(never).rejects.toBeInstanceOf(OutsideError);
  });
});

describe("async functions", () => {
  test("are goroutines of the bubble", async () => {
    const log = await bubble(async () => {
      const log: string[] = [];
      const ch = chan<string>();
      const start = time.now();
      const worker = go(async () => {
        for (const word of ["a", "b"]) {
          await time.sleep(time.Hour);
          await ch.send(word);
        }
        ch.close();
      });
      for await (const word of ch) log.push(`${word} ${time.since(start) / time.Hour}`);
      await worker.join();
      return log;
    });
    expect(log).toEqual(["a 1", "b 2"]);
  });

  test("may be called from generators, and may call each other", async () => {
    const pause = async (n: number): Promise<number> => {
      for (let i = 0; i < n; i++) await time.sleep(1);
      return n;
    };
    const both = async () => (await Promise.all([pause(3), pause(5)])).join();
    const seen = await bubble(function* () {
      const start = time.now();
      return [yield* wait(both()), time.since(start)];
    });
    expect(seen).toEqual(["3,5", 5]);
  });

  test("beside another run as well", async () => {
    let end = () => {};
    const other = run(() => wait(new Promise<void>((done) => (end = done))));
    const passed = await bubble(async () => {
      const start = time.now();
      await null;
      await time.sleep(time.Hour);
      return time.since(start);
    });
    expect(passed).toBe(time.Hour);
    end();
    await other;
  });
});

describe("timers of a bubble, used outside of it", () => {
  test("are refused by reset: they would never fire", async () => {
    const made = await bubble(() => {
      const watched = new time.Timer(1);
      void watched.c;
      return {
        timer: new time.Timer(1),
        watched,
        func: time.afterFunc(1, () => {}),
        ticker: new time.Ticker(1),
      };
    });
    const { ticker, ...timers } = made;
    const refused = { code: "TIMER_BUBBLE", message: "synctest timer accessed from outside bubble" };
    for (const timer of Object.values(timers)) {
      expect(thrown(() => timer.reset(1))).toMatchObject(refused);
      await run(() => void expect(thrown(() => timer.reset(1))).toMatchObject(refused));
      await bubble(() => void expect(thrown(() => timer.reset(1))).toMatchObject(refused));
      timer.stop();
    }
    expect(thrown(() => ticker.reset(1))).toMatchObject(refused);
    ticker.stop();
  });

  test("are at home in runs and async functions of the bubble", async () => {
    await bubble(async () => {
      const timer = new time.Timer(10);
      await time.sleep(1);
      expect(timer.reset(1)).toBe(true);
    });
    await bubble(function* () {
      const timer = new time.Timer(10);
      yield* wait(
        run(function* () {
          timer.reset(2);
          yield* timer.c.recv();
        }),
      );
      expect(timer.reset(1)).toBe(false);
    });
  });
});
