/**
 * Other clocks in the place of the host's, as test runners and Sinon put there: they move the program's timers, and nothing
 * that the runtime does by itself.
 */
import { mock } from "node:test";
import FakeTimers from "@sinonjs/fake-timers";
import { chan, go, run, runtime } from "millrace";
import { background, withTimeout } from "millrace/context";
import * as time from "millrace/time";
import { afterEach, describe, expect, test, vi } from "vitest";
import { turns } from "../kit/turns.ts";

const ALL = [
  "setTimeout",
  "clearTimeout",
  "setImmediate",
  "setInterval",
  "performance",
  "Date",
  "queueMicrotask",
  "nextTick",
] as const;

let uninstall = (): void => {};
afterEach(() => {
  uninstall();
  vi.useRealTimers();
  mock.timers.reset();
});

function install(...toFake: (typeof ALL)[number][]): FakeTimers.Clock {
  const clock = FakeTimers.install({ toFake, now: 0 });
  uninstall = () => void clock.uninstall();
  return clock;
}

describe("a clock that stands still", () => {
  test("does not keep goroutines from running, nor from yielding to the host", async () => {
    install(...ALL);
    const sum = await run(function* () {
      const ch = chan<number>();
      go(function* () {
        for (let i = 0; i < 10_000; i++) yield* ch.send(i);
        ch.close();
      });
      let sum = 0;
      for (;;) {
        const [value, ok] = yield* ch.recvOk();
        if (!ok) return sum;
        sum += value;
        if (value % 1000 === 0) yield* runtime.gosched();
      }
    });
    expect(sum).toBe(49_995_000);
  });
});

describe("moves the program's timers", () => {
  const sleeper = (): { woken: boolean } => {
    const seen = { woken: false };
    void run(function* () {
      yield* time.sleep(1000);
      seen.woken = true;
    });
    return seen;
  };

  test("Sinon's, with everything", async () => {
    const clock = install("setTimeout", "clearTimeout", "performance", "Date");
    const seen = sleeper();
    await turns();
    await clock.tickAsync(999);
    expect(seen.woken).toBe(false);
    await clock.tickAsync(1);
    await turns();
    expect(seen.woken).toBe(true);
  });

  test("vitest's", async () => {
    vi.useFakeTimers();
    const seen = sleeper();
    await vi.advanceTimersByTimeAsync(1000);
    expect(seen.woken).toBe(true);
  });

  test("node:test's, which leaves performance alone", async () => {
    mock.timers.enable({ apis: ["setTimeout", "Date"] });
    const seen = sleeper();
    const late: number[] = [];
    void (async () => {
      const [ctx] = withTimeout(background(), 500);
      await ctx.done().recv();
      late.push(500);
      await time.sleep(200);
      late.push(700);
    })();
    await turns();
    mock.timers.tick(500);
    await turns();
    expect([seen.woken, ...late]).toEqual([false, 500]);
    mock.timers.tick(200);
    await turns();
    mock.timers.tick(300);
    await turns();
    expect([seen.woken, ...late]).toEqual([true, 500, 700]);
  });
});

describe("what is left behind does not stop later timers", () => {
  let over = false;
  afterEach(() => {
    over = true;
  });
  const poll = (): void => {
    over = false;
    go(function* poller() {
      while (!over) yield* time.sleep(50);
    });
  };
  const woken = async (): Promise<string> => {
    await time.sleep(1);
    await run(() => time.sleep(1));
    return "woken";
  };

  test("of a fake clock, once the host's is back", async () => {
    const clock = install("setTimeout", "clearTimeout", "performance", "Date");
    poll();
    await clock.tickAsync(10);
    uninstall();
    expect(await woken()).toBe("woken");
  });

  test("of the host's, under a fake clock, and back", async () => {
    poll();
    await time.sleep(0);
    const clock = install("setTimeout", "clearTimeout", "performance", "Date");
    const inRun = run(() => time.sleep(1000));
    const inDefault = time.sleep(1000).then(() => "woken");
    // Each of the two runs has set its timer.
    await vi.waitFor(() => expect(clock.countTimers()).toBe(2));
    await clock.tickAsync(1000);
    await inRun;
    expect(await inDefault).toBe("woken");
    uninstall();
    expect(await woken()).toBe("woken");
  });
});
