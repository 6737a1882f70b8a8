/** Contexts and the platform's `AbortSignal`, both ways. */
import { EventEmitter, getEventListeners, once } from "node:events";
import { createReadStream, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as delay, setInterval as every } from "node:timers/promises";
import { chan, go, run, select, wait } from "millrace";
import * as context from "millrace/context";
import { toSignal } from "millrace/interop";
import { mapConcurrent } from "millrace/patterns";
import { sleep } from "millrace/time";
import { afterAll, describe, expect, test, vi } from "vitest";
import { turns } from "../kit/turns.ts";
import { virtual } from "../kit/virtual.ts";

const { background, Canceled, DeadlineExceeded, cause } = context;

/** What a promise is rejected with. */
async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("it was fulfilled");
}

describe("ctx.signal", () => {
  test("is made on first use and is the same each time; contexts that end together share it", () => {
    const [ctx] = context.withCancel(background());
    expect(ctx.signal).toBe(ctx.signal);
    expect(ctx.signal).toBeInstanceOf(AbortSignal);
    expect(context.withValue(ctx, "a", 1).signal).toBe(ctx.signal);
    expect(context.withCancel(ctx)[0].signal).not.toBe(ctx.signal);
  });

  test("fires once when the context is cancelled; its reason is the cause", () => {
    const [ctx, cancel] = context.withCancelCause(background());
    let fired = 0;
    ctx.signal.addEventListener("abort", () => fired++);
    ctx.signal.onabort = () => fired++;
    cancel("why");
    cancel("again");
    expect([fired, ctx.signal.aborted, ctx.signal.reason]).toEqual([2, true, "why"]);
    expect(() => ctx.signal.throwIfAborted()).toThrow("why");
  });

  test("of a context that has ended has fired", () => {
    const [ctx, cancel] = context.withCancel(background());
    cancel();
    expect([ctx.signal.aborted, ctx.signal.reason]).toEqual([true, Canceled]);
  });

  test("fires when a context above ends, and at the deadline", async () => {
    await virtual(function* () {
      const [top, cancel] = context.withCancelCause(background());
      const [low] = context.withTimeoutCause(context.withValue(top, "a", 1), 50, "late");
      const [late] = context.withTimeoutCause(background(), 50, "late");
      const { signal } = low;
      yield* sleep(10);
      const { signal: second } = late;
      cancel("top");
      expect([signal.aborted, signal.reason, second.aborted]).toEqual([true, "top", false]);
      yield* sleep(40);
      expect([second.aborted, second.reason, cause(late)]).toEqual([true, "late", "late"]);
    });
  });

  test("a listener may cancel, stop and derive", async () => {
    await virtual(function* () {
      const [top, cancel] = context.withCancel(background());
      const [a, cancelA] = context.withCancel(top);
      const [b, cancelB] = context.withCancel(top);
      const seen: string[] = [];
      const stop = context.afterFunc(b, () => seen.push("called"));
      a.signal.addEventListener("abort", () => {
        cancelA();
        cancelB();
        seen.push(stop() ? "stopped" : "too late", String(context.withCancel(b)[0].err() === Canceled));
      });
      go(function* () {
        yield* b.done().recv();
        seen.push("woken");
      });
      yield* sleep(1);
      cancel();
      yield* sleep(1);
      expect(seen).toEqual(["stopped", "true", "woken"]);
    });
  });

  test("of a root never fires and keeps no listeners", () => {
    const { signal } = background();
    for (let i = 0; i < 100; i++) signal.addEventListener("abort", () => {});
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
    expect(context.withoutCancel(background()).signal.aborted).toBe(false);
  });

  test("goes into AbortSignal.any", async () => {
    await virtual(function* () {
      const [ctx] = context.withTimeoutCause(background(), 50, "late");
      const both = AbortSignal.any([ctx.signal, new AbortController().signal]);
      yield* sleep(60);
      expect(both.reason).toBe("late");
    });
  });
});

describe("the platform's functions", () => {
  const folder = mkdtempSync(join(tmpdir(), "millrace-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  test("fetch stops: the server sees the client go", async () => {
    let gone: () => void = () => {};
    const closed = new Promise<void>((resolve) => {
      gone = resolve;
    });
    const server = createServer((_, response) => response.on("close", gone)).listen(0, "127.0.0.1");
    await once(server, "listening");
    const [ctx, cancel] = context.withCancelCause(background());
    const { port } = server.address() as AddressInfo;
    server.on("request", () => cancel(new Error("enough")));
    const fetching = fetch(`http://127.0.0.1:${port}/`, { signal: ctx.signal });
    expect(await rejection(fetching)).toBe(cause(ctx));
    await closed;
    server.close();
  });

  test("fetch inside a goroutine, as a case of a select", async () => {
    const server = createServer((_, response) => response.end("hello")).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const text = await run(function* () {
      const [ctx, cancel] = context.withTimeout(background(), 10_000);
      using _ = cancel;
      const s = yield* select({
        response: wait(fetch(`http://127.0.0.1:${port}/`, { signal: ctx.signal })),
        late: ctx.done().recv(),
      });
      if (s.case === "late") throw ctx.err();
      return yield* wait(s.value.text());
    });
    expect(text).toBe("hello");
    server.close();
  });

  test("timers/promises", async () => {
    const [ctx, cancel] = context.withCancelCause(background());
    const waiting = delay(60_000, undefined, { signal: ctx.signal });
    cancel("enough");
    expect(await rejection(waiting)).toMatchObject({ name: "AbortError", code: "ABORT_ERR", cause: "enough" });
    expect(getEventListeners(ctx.signal, "abort")).toHaveLength(0);
  });

  test("setInterval of timers/promises", async () => {
    const [ctx] = context.withTimeout(background(), 20);
    const ticks = async (): Promise<void> => {
      for await (const _ of every(1, undefined, { signal: ctx.signal }));
    };
    expect(await rejection(ticks())).toMatchObject({ name: "AbortError", cause: DeadlineExceeded });
  });

  test("events.once", async () => {
    const [ctx, cancel] = context.withCancel(background());
    const emitter = new EventEmitter();
    const waiting = once(emitter, "never", { signal: ctx.signal });
    cancel();
    expect(await rejection(waiting)).toMatchObject({ name: "AbortError", cause: Canceled });
    expect(emitter.listenerCount("never")).toBe(0);
  });

  test("node:fs, whole files and streams", async () => {
    const file = join(folder, "data");
    writeFileSync(file, Buffer.alloc(2 ** 20));
    const [ctx, cancel] = context.withCancel(background());
    const stream = createReadStream(file, { signal: ctx.signal, highWaterMark: 1024 });
    let bytes = 0;
    const reading = (async () => {
      for await (const chunk of stream) {
        bytes += (chunk as Buffer).length;
        if (bytes === 4096) cancel();
      }
    })();
    expect(await rejection(reading)).toMatchObject({ name: "AbortError", cause: Canceled });
    expect(bytes).toBeLessThan(2 ** 20);
    expect(await rejection(readFile(file, { signal: ctx.signal }))).toMatchObject({ name: "AbortError" });
  });

  test("stream.pipeline", async () => {
    const [ctx] = context.withTimeout(background(), 10);
    const endless = new PassThrough();
    endless.write("x");
    expect(await rejection(pipeline(endless, new PassThrough(), { signal: ctx.signal }))).toMatchObject({
      name: "AbortError",
      cause: DeadlineExceeded,
    });
  });

  test("an EventTarget's listener is removed by it", () => {
    const [ctx, cancel] = context.withCancel(background());
    const target = new EventTarget();
    let heard = 0;
    target.addEventListener("ping", () => heard++, { signal: ctx.signal });
    target.dispatchEvent(new Event("ping"));
    cancel();
    target.dispatchEvent(new Event("ping"));
    expect(heard).toBe(1);
  });
});

describe("many listeners are no leak: Node does not warn of them", () => {
  /** The warnings that Node gives while `fn` runs. */
  async function warnings(fn: () => Promise<unknown>): Promise<string[]> {
    const seen: string[] = [];
    const listener = (warning: Error): void => void seen.push(warning.name);
    process.on("warning", listener);
    await fn();
    await turns();
    process.off("warning", listener);
    return seen;
  }
  const twenty = Array.from({ length: 20 }, (_, i) => i);

  test("twenty workers that wait with the signal of their context", async () => {
    const all = await warnings(async () => {
      await mapConcurrent(twenty, (_, ctx) => delay(1, undefined, { signal: ctx.signal }), { workers: 20 });
      await mapConcurrent(
        twenty,
        (_, ctx) => {
          const events = new EventEmitter();
          setImmediate(() => events.emit("ready"));
          return once(events, "ready", { signal: ctx.signal });
        },
        { workers: 20 },
      );
    });
    expect(all).toEqual([]);
  });

  test("twenty that wait with the signal of a channel", async () => {
    const quit = chan<void>();
    const signal = toSignal(quit);
    expect(await warnings(() => Promise.all(twenty.map(() => delay(1, undefined, { signal }))))).toEqual([]);
    quit.close();
  });

  test("twenty runs that one signal ends: it has one listener", async () => {
    const { signal } = new AbortController();
    let listeners = 0;
    const all = await warnings(async () => {
      const runs = twenty.map(() => run(() => sleep(1), { signal }));
      listeners = getEventListeners(signal, "abort").length;
      await Promise.all(runs);
    });
    expect([all, listeners, getEventListeners(signal, "abort").length]).toEqual([[], 1, 0]);
  });

  test("a signal ends each of its runs, and only those that are under way", async () => {
    const controller = new AbortController();
    const { signal } = controller;
    expect(await run(() => 1, { signal })).toBe(1);
    const runs = twenty.map((i) => run(() => sleep(60_000), { signal }).catch((reason: unknown) => `${reason} ${i}`));
    controller.abort("enough");
    expect(await Promise.all(runs)).toEqual(twenty.map((i) => `enough ${i}`));
    await expect(run(() => 1, { signal })).rejects.toBe("enough");
  });
});

describe("fromSignal", () => {
  test("ends when the signal aborts; the cause is its reason, the signal is itself", () => {
    const controller = new AbortController();
    const ctx = context.fromSignal(controller.signal);
    expect([ctx.err(), cause(ctx), ctx.deadline(), ctx.value("a")]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(ctx.signal).toBe(controller.signal);
    controller.abort("why");
    expect([ctx.err(), cause(ctx), ctx.done().tryRecv()]).toEqual([Canceled, "why", [undefined, false]]);
  });

  test("of a signal that has aborted has ended", () => {
    const ctx = context.fromSignal(AbortSignal.abort("before"));
    expect([ctx.err(), cause(ctx)]).toEqual([Canceled, "before"]);
  });

  test("wakes who waits, here and below", async () => {
    await virtual(function* () {
      const controller = new AbortController();
      const ctx = context.fromSignal(controller.signal);
      const [below] = context.withTimeout(context.withValue(ctx, "a", 1), 60_000);
      const seen: unknown[] = [];
      for (const each of [ctx, below]) {
        go(function* () {
          yield* each.done().recv();
          seen.push(each.err(), cause(each));
        });
      }
      context.afterFunc(below, () => seen.push("called"));
      yield* sleep(1);
      controller.abort("why");
      yield* sleep(1);
      expect(seen).toEqual([Canceled, "why", Canceled, "why", "called"]);
    });
  });

  test("a timeout is DeadlineExceeded, of the platform's and of ours", async () => {
    const ctx = context.fromSignal(AbortSignal.timeout(5));
    await ctx.done().recv();
    expect([ctx.err(), (cause(ctx) as Error).name]).toEqual([DeadlineExceeded, "TimeoutError"]);
    const back = context.fromSignal(context.withTimeout(background(), 0)[0].signal);
    expect([back.err(), cause(back)]).toEqual([DeadlineExceeded, DeadlineExceeded]);
  });

  test("one listener a signal, however many contexts derive from it and wait", async () => {
    const controller = new AbortController();
    const { signal } = controller;
    await virtual(function* () {
      expect(context.fromSignal(signal)).toBe(context.fromSignal(signal));
      let ended = 0;
      for (let i = 0; i < 1000; i++) {
        const [ctx] = context.withTimeout(context.fromSignal(signal), 60_000);
        go(function* () {
          yield* ctx.done().recv();
          ended++;
        });
        context.afterFunc(ctx, () => ended++);
        ctx.signal.addEventListener("abort", () => ended++);
      }
      yield* sleep(1);
      expect(getEventListeners(signal, "abort")).toHaveLength(1);
      controller.abort();
      yield* sleep(1);
      expect(ended).toBe(3000);
      expect(getEventListeners(signal, "abort")).toHaveLength(0);
    });
  });

  test("what was first counts: the signal or a deadline below", async () => {
    await virtual(function* ({ clock }) {
      const controller = new AbortController();
      const [early] = context.withTimeout(context.fromSignal(controller.signal), 10);
      const [late] = context.withTimeout(context.fromSignal(controller.signal), 30);
      clock.pass(20);
      controller.abort("at 20");
      clock.pass(20);
      expect([early.err(), late.err(), cause(late)]).toEqual([DeadlineExceeded, Canceled, "at 20"]);
      yield* sleep(0);
    });
  });

  test("there and back again", () => {
    const [ctx, cancel] = context.withCancelCause(background());
    const [low] = context.withCancel(context.fromSignal(ctx.signal));
    cancel("why");
    expect([low.err(), cause(low), low.signal.reason]).toEqual([Canceled, "why", "why"]);
  });
});

describe("a context of another make", () => {
  /** A wrapper as a logging library might write it: everything is the inner context's, but for one value. */
  class Wrapper implements context.Context {
    readonly inner: context.Context;

    constructor(inner: context.Context) {
      this.inner = inner;
    }

    deadline = () => this.inner.deadline();
    done = () => this.inner.done();
    err = () => this.inner.err();
    get signal(): AbortSignal {
      return this.inner.signal;
    }
    value(key: unknown): never {
      return (key === "wrapper" ? "mine" : this.inner.value(key)) as never;
    }
    toString = () => "Wrapper";
  }

  test("may be a parent: values, deadline, end and cause", async () => {
    await virtual(function* () {
      const [inner, cancel] = context.withCancelCause(context.withValue(background(), "k", "v"));
      const wrapper = new Wrapper(inner);
      const [ctx] = context.withCancel(context.withValue(wrapper, "l", "w"));
      const [late] = context.withTimeout(wrapper, 50);
      expect(String(ctx)).toBe("Wrapper.WithValue(l, w).WithCancel");
      expect([ctx.value("k"), ctx.value("l"), ctx.value("wrapper"), ctx.deadline()]).toEqual([
        "v",
        "w",
        "mine",
        undefined,
      ]);
      const seen: unknown[] = [];
      context.afterFunc(ctx, () => seen.push("called"));
      go(function* () {
        yield* ctx.done().recv();
        seen.push("woken");
      });
      yield* sleep(1);
      expect([ctx.err(), context.cause(wrapper)]).toEqual([undefined, undefined]);
      cancel("why");
      expect([ctx.err(), cause(ctx), late.err(), cause(wrapper)]).toEqual([Canceled, "why", Canceled, "why"]);
      yield* sleep(1);
      expect(seen.sort()).toEqual(["called", "woken"]);
      expect(context.withCancel(wrapper)[0].err()).toBe(Canceled);
    });
  });

  test("one that has a method afterFunc is asked by it, and left by what that gave", async () => {
    await virtual(function* () {
      const [inner, cancel] = context.withCancel(background());
      const wrapper = new Wrapper(inner) as Wrapper & Pick<context.Context, "afterFunc">;
      wrapper.done = () => {
        throw new Error("not needed");
      };
      let registered = 0;
      wrapper.afterFunc = (fn) => {
        registered++;
        const stop = context.afterFunc(inner, fn);
        return () => {
          registered--;
          return stop();
        };
      };
      const [ctx] = context.withCancel(wrapper);
      const s = yield* select({ done: ctx.done().recv(), late: sleep(1) });
      expect([s.case, registered]).toEqual(["late", 0]);
      let called = 0;
      const stop = context.afterFunc(wrapper, () => called++);
      context.afterFunc(ctx, () => called++);
      expect([registered, stop()]).toEqual([1, true]);
      cancel();
      yield* sleep(1);
      expect([called, ctx.err(), registered]).toEqual([1, Canceled, 0]);
    });
  });

  test("it may answer every key, as a stand-in does", () => {
    const standIn = new Wrapper(context.withCancel(background())[0]);
    standIn.value = () => 42 as never;
    const [ctx] = context.withCancel(standIn);
    expect([cause(standIn), ctx.value("any")]).toEqual([undefined, 42]);
    standIn.err = () => Canceled;
    expect([ctx.err(), cause(ctx), cause(standIn)]).toEqual([Canceled, Canceled, Canceled]);
  });

  test("its deadline shortens those below", async () => {
    await virtual(function* () {
      const wrapper = new Wrapper(context.withTimeout(background(), 20)[0]);
      const [ctx] = context.withTimeout(wrapper, 50);
      expect(ctx.deadline()).toBe(wrapper.deadline());
      yield* ctx.done().recv();
      expect([ctx.err(), cause(ctx)]).toEqual([DeadlineExceeded, DeadlineExceeded]);
    });
  });

  test("another copy of this library made it: its end and its cause come through", async () => {
    vi.resetModules();
    const other = (await import("millrace/context")) as typeof context;
    expect(other.withCancel).not.toBe(context.withCancel);
    await virtual(function* () {
      const [above, cancel] = other.withCancelCause(other.background());
      const [ctx] = context.withTimeout(above, 60_000);
      const seen: unknown[] = [];
      context.afterFunc(ctx, () => seen.push(cause(ctx)));
      yield* sleep(1);
      cancel("why");
      yield* sleep(1);
      expect([seen, ctx.err()?.message, cause(above), other.cause(ctx)]).toEqual([
        ["why"],
        "context canceled",
        "why",
        "why",
      ]);
    });
  });

  test("nothing waits on it while nobody waits below", async () => {
    await virtual(function* ({ p }) {
      const wrapper = new Wrapper(context.withTimeout(background(), 1000)[0]);
      const [ctx] = context.withCancel(wrapper);
      expect(p.timers.length).toBe(0);
      const s = yield* select({ done: ctx.done().recv(), other: sleep(1) });
      expect([s.case, p.timers.length]).toEqual(["other", 0]);
    });
  });
});
