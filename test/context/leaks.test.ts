/** What contexts leave behind that nobody cancelled, and what a million cost. */
import { getEventListeners } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { chan, go, type RecvChan, run, select } from "millrace";
import * as context from "millrace/context";
import { sleep } from "millrace/time";
import { afterEach, describe, expect, test } from "vitest";
import { CancelCtx } from "../../src/context/cancel-ctx.ts";
import { m } from "../../src/runtime/m.ts";
import { HandClock } from "../kit/hand-clock.ts";
import { collect, heapUsed } from "../kit/heap.ts";
import { virtual } from "../kit/virtual.ts";

const MB = 2 ** 20;
const HOUR = 3_600_000;
const { background, Canceled } = context;

/** How many watchers a context has. */
const holds = (ctx: context.Context): number => (ctx instanceof CancelCtx ? (ctx.hold?.count ?? 0) : 0);

describe("contexts that nobody cancels or refers to", () => {
  const [parent, cancel] = context.withTimeout(background(), 2 * HOUR);
  const uses: Record<string, (ctx: context.Context) => unknown> = {
    "made only": () => {},
    "asked for err and deadline": (ctx) => [ctx.err(), ctx.deadline()],
    "asked for done": (ctx) => ctx.done().tryRecv(),
    "asked for their signal": (ctx) => ctx.signal,
    "whose signal was listened to for a while": (ctx) => {
      const listener = (): void => {};
      ctx.signal.addEventListener("abort", listener);
      ctx.signal.removeEventListener("abort", listener);
    },
    "whose signal was looked at, and listened to once": (ctx) => {
      const { signal } = ctx;
      const listener = (): void => {};
      if (!signal.aborted) signal.addEventListener("abort", listener, { once: true });
      signal.removeEventListener("abort", listener);
      signal.throwIfAborted();
    },
    "with a function that was stopped": (ctx) => context.afterFunc(ctx, () => {})(),
  };

  test.each(Object.entries(uses))("%s: neither timer nor entry nor memory", async (_, use) => {
    const n = 20_000;
    const make = (count: number): void => {
      for (let i = 0; i < count; i++) {
        use(context.withCancel(parent)[0]);
        use(context.withValue(context.withTimeout(parent, HOUR)[0], "k", i));
      }
    };
    // The tables of the collector grow once.
    make(n);
    await collect();
    await collect();
    const before = await heapUsed();
    make(n);
    await collect();
    await collect();
    expect([holds(parent), m.current().timers.length]).toEqual([0, 0]);
    expect(((await heapUsed()) - before) / (2 * n)).toBeLessThan(20);
    expect(parent.err()).toBeUndefined();
  });

  test("below a signal: no listener", async () => {
    const controller = new AbortController();
    const before = await heapUsed();
    for (let i = 0; i < 20_000; i++) {
      const [ctx] = context.withCancel(context.fromSignal(controller.signal));
      ctx.done().tryRecv();
      ctx.signal.throwIfAborted();
    }
    await collect();
    await collect();
    expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
    expect(((await heapUsed()) - before) / 20_000).toBeLessThan(20);
  });

  describe("below a request's signal, made by AbortSignal.any of one that lives on", () => {
    const requests: Record<string, (signal: AbortSignal) => Promise<unknown> | undefined> = {
      "cancelled after a wait": async (signal) => {
        const [ctx, cancel] = context.withTimeout(context.fromSignal(signal), HOUR);
        await select({ done: ctx.done().recv(), work: sleep(0) });
        cancel();
      },
      "cancelled without one": async (signal) => context.withTimeout(context.fromSignal(signal), HOUR)[1](),
      "cancelled after it was passed on as a signal": async (signal) => {
        const [ctx, cancel] = context.withTimeout(context.fromSignal(signal), HOUR);
        await delay(0, undefined, { signal: ctx.signal });
        cancel();
      },
      "forgotten with its deadline": async (signal) => context.withTimeout(context.fromSignal(signal), HOUR)[0].err(),
      "that ends a run": (signal) => run(() => sleep(0), { signal }),
    };
    test.each(Object.entries(requests))("%s: the signal is collected", async (_, request) => {
      const shutdown = new AbortController();
      const refs: WeakRef<AbortSignal>[] = [];
      const handle = async (): Promise<void> => {
        const signal = AbortSignal.any([shutdown.signal, new AbortController().signal]);
        refs.push(new WeakRef(signal));
        await request(signal);
      };
      for (let i = 0; i < 100; i++) await handle();
      await collect();
      await collect();
      await handle(); // the last one may still be in a register
      expect(refs.slice(0, 100).filter((ref) => ref.deref() !== undefined)).toHaveLength(0);
      expect(shutdown.signal.aborted).toBe(false);
    });
  });

  afterEach(() => {
    expect(parent.err()).toBeUndefined();
    if (holds(parent) > 0) cancel();
  });
});

describe("an abandoned context whose signal somebody uses still fires", () => {
  /** Gives what `use` makes of the signal of a context that is then forgotten. */
  async function abandoned<T extends object>(use: (signal: AbortSignal) => T): Promise<{ used: T; cancel(): void }> {
    const [parent, cancel] = context.withCancel(background());
    const used = use(context.withCancel(parent)[0].signal);
    await collect();
    await collect();
    return { used, cancel };
  }

  test("a listener", async () => {
    const seen: unknown[] = [];
    const { cancel } = await abandoned((signal) => {
      signal.addEventListener("abort", () => seen.push(signal.reason));
      return {};
    });
    cancel();
    expect(seen).toEqual([Canceled]);
  });

  test("onabort", async () => {
    const seen: unknown[] = [];
    const { cancel } = await abandoned((signal) => {
      signal.onabort = () => seen.push("fired");
      return {};
    });
    cancel();
    expect(seen).toEqual(["fired"]);
  });

  test("one made of it by AbortSignal.any", async () => {
    const { used, cancel } = await abandoned((signal) => AbortSignal.any([signal]));
    cancel();
    expect([used.aborted, used.reason]).toEqual([true, Canceled]);
  });

  test("one made of it by AbortSignal.any that is listened to only later", async () => {
    const seen: unknown[] = [];
    const { used, cancel } = await abandoned((signal) => AbortSignal.any([new AbortController().signal, signal]));
    used.addEventListener("abort", () => seen.push(used.reason));
    await collect();
    cancel();
    expect(seen).toEqual([Canceled]);
  });

  test("one made by AbortSignal.any of one made of it, which is forgotten", async () => {
    const { used, cancel } = await abandoned((signal) => AbortSignal.any([AbortSignal.any([signal])]));
    cancel();
    expect([used.aborted, used.reason]).toEqual([true, Canceled]);
  });

  test("one made of it by AbortSignal.any after a listener came and went", async () => {
    const listener = (): void => {};
    const { used, cancel } = await abandoned((signal) => {
      signal.addEventListener("abort", listener);
      signal.removeEventListener("abort", listener);
      return AbortSignal.any([signal]);
    });
    cancel();
    expect([used.aborted, used.reason]).toEqual([true, Canceled]);
  });

  test("the signal alone, which is looked at later", async () => {
    const { used, cancel } = await abandoned((signal) => signal);
    expect(used.aborted).toBe(false);
    cancel();
    expect([used.aborted, used.reason]).toEqual([true, Canceled]);
  });

  test("the signal alone, which is listened to later and then forgotten too", async () => {
    const seen: unknown[] = [];
    const holder: { signal: AbortSignal | null } = { signal: null };
    const { cancel } = await abandoned((signal) => {
      holder.signal = signal;
      return {};
    });
    await collect();
    listenTo(holder, () => seen.push("fired"));
    await collect();
    await collect();
    cancel();
    expect(seen).toEqual(["fired"]);
  });

  test("the signal alone, of which AbortSignal.any is made later, and which is then forgotten too", async () => {
    const holder: { signal: AbortSignal | null } = { signal: null };
    const { cancel } = await abandoned((signal) => {
      holder.signal = signal;
      return {};
    });
    await collect();
    const both = anyOf(holder);
    await collect();
    await collect();
    cancel();
    expect(both.reason).toBe(Canceled);
  });

  test("a deadline", async () => {
    await run(async () => {
      const { timers } = m.current();
      const clock = new HandClock();
      m.current().clock = clock;
      const seen: string[] = [];
      forget((signal) => signal.addEventListener("abort", () => seen.push((signal.reason as Error).message)));
      await collect();
      await collect();
      expect(timers.length).toBe(1);
      clock.pass(1001);
      expect(seen).toEqual(["context deadline exceeded"]);
      expect(timers.length).toBe(0);
    });
  });

  function listenTo(holder: { signal: AbortSignal | null }, listener: () => void): void {
    holder.signal?.addEventListener("abort", listener);
    holder.signal = null;
  }

  function anyOf(holder: { signal: AbortSignal | null }): AbortSignal {
    const both = AbortSignal.any([holder.signal as AbortSignal]);
    holder.signal = null;
    return both;
  }

  function forget(use: (signal: AbortSignal) => void): void {
    use(context.withTimeout(background(), 1000)[0].signal);
  }
});

describe("a child that has ended leaves its parent", () => {
  test("by cancel, by its deadline, by giving up the wait", async () => {
    await virtual(function* ({ p }) {
      const [parent] = context.withCancel(background());
      const [a, cancelA] = context.withCancel(context.withValue(parent, "k", 1));
      const [b] = context.withTimeout(parent, 10);
      const [c] = context.withCancel(parent);
      for (const ctx of [a, b]) go(() => ctx.done().recv());
      const stop = context.afterFunc(c, () => {});
      yield* sleep(1);
      expect(holds(parent)).toBe(3);
      cancelA();
      expect(holds(parent)).toBe(2);
      stop();
      expect(holds(parent)).toBe(1);
      yield* sleep(20);
      expect([holds(parent), p.timers.length]).toEqual([0, 0]);
    });
  });
});

test("a select over done a million times adds nothing", async () => {
  await run(function* () {
    const [top] = context.withTimeout(background(), HOUR);
    const [ctx] = context.withCancel(context.withValue(context.withTimeout(top, HOUR / 2)[0], "k", 1));
    const ch = chan<number>();
    const n = 1_000_000;
    go(function* () {
      for (let i = 0; i < n; i++) yield* ch.send(i);
    });
    const used: number[] = [];
    for (let i = 0; i < n; i++) {
      const s = yield* select({ m: ch.recv(), done: ctx.done().recv() });
      if (s.case === "done") throw new Error("it ended");
      if (holds(ctx) > 0) throw new Error("it is held");
      if (i % 200_000 !== 199_999) continue;
      globalThis.gc?.();
      used.push(process.memoryUsage().heapUsed);
    }
    expect([holds(top), m.current().timers.length]).toEqual([0, 0]);
    expect((used[4] as number) - (used[0] as number)).toBeLessThan(MB);
  });
}, 120_000);

describe("a million contexts", () => {
  const n = 1_000_000;

  /** Parks a goroutine on the first, the middle and the last. */
  function* waiters(all: readonly context.Context[], woken: number[]): Generator<unknown, void, unknown> {
    for (const at of [0, n / 2, n - 1]) {
      go(function* (done: RecvChan<void>) {
        yield* done.recv();
        woken.push(at);
      }, (all[at] as context.Context).done());
    }
    yield* sleep(0.1);
  }

  test("in a row: derived, waited on at the ends, cancelled, without recursion", async () => {
    await run(function* () {
      const [top, cancel] = context.withCancelCause(background());
      const all: context.Context[] = [];
      let ctx = top;
      for (let i = 0; i < n; i++) {
        [ctx] = context.withCancel(ctx);
        all.push(ctx);
      }
      const woken: number[] = [];
      yield* waiters(all, woken);
      expect([ctx.err(), String(ctx).length]).toEqual([
        undefined,
        "context.Background".length + (n + 1) * ".WithCancel".length,
      ]);
      cancel("why");
      yield* sleep(1);
      expect(woken).toHaveLength(3);
      expect([ctx.err(), context.cause(ctx), context.withValue(ctx, "k", 1).value("other")]).toEqual([
        Canceled,
        "why",
        undefined,
      ]);
    });
  }, 120_000);

  test("side by side, every one waited for: cancelled in one go", async () => {
    await run(function* () {
      const [top, cancel] = context.withCancel(background());
      let called = 0;
      for (let i = 0; i < n; i++) context.afterFunc(context.withCancel(top)[0], () => called++);
      expect(holds(top)).toBe(n);
      // In time that grows with their number alone: else the test has no end.
      cancel();
      expect(holds(top)).toBe(0);
      while (called < n) yield* sleep(1);
    });
  }, 120_000);

  test("with deadlines, nobody waiting: no timer, and each has ended when its time has come", async () => {
    await virtual(function* ({ p, clock }) {
      const all: context.Context[] = [];
      for (let i = 0; i < n; i++) all.push(context.withTimeout(background(), 1 + (i % 1000))[0]);
      expect(p.timers.length).toBe(0);
      clock.pass(500.5);
      expect(all.filter((ctx) => ctx.err() !== undefined)).toHaveLength(n / 2);
      yield* sleep(0);
    });
  }, 120_000);
});
