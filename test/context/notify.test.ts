/** Contexts that signals cancel. The process gets real ones: SIGUSR2, which ends no test, because they listen for it. */
import { type Go, go, run, runtime } from "millrace";
import {
  afterFunc,
  background,
  Canceled,
  cause,
  notifyContext,
  SignalError,
  withCancel,
  withTimeout,
} from "millrace/context";
import { afterEach, describe, expect, expectTypeOf, it } from "vitest";
import { node, root } from "../kit/child.ts";

/** One that comes late must not end the test. */
process.on("SIGUSR2", () => {});
const listeners = (): number => process.listenerCount("SIGUSR2") - 1;
const send = (): void => void process.kill(process.pid, "SIGUSR2");

describe("notifyContext", () => {
  afterEach(() => expect(listeners()).toBe(0));

  it("ends with the first signal, which is its cause", async () => {
    await run(function* () {
      const [ctx] = notifyContext("SIGUSR2", "SIGHUP");
      expect(ctx.err()).toBeUndefined();
      const [below] = withTimeout(ctx, 3_600_000);
      send();
      yield* below.done().recv();
      expect(ctx.err()).toBe(Canceled);
      expect(below.err()).toBe(Canceled);
      const reason = cause(below);
      expect(reason).toBeInstanceOf(SignalError);
      expect(reason).toMatchObject({ message: "SIGUSR2 received", signal: "SIGUSR2", name: "SignalError" });
      expect(ctx.signal.reason).toBe(reason);
      expect(String(ctx)).toBe("context.Background.NotifyContext(SIGUSR2, SIGHUP)");
    });
    expect(process.listenerCount("SIGHUP")).toBe(0);
  });

  it("is seen to have ended in a loop that never yields", async () => {
    let told = false;
    await run(function* () {
      const [ctx] = notifyContext("SIGUSR2");
      go(function* waiter(): Go {
        yield* ctx.done().recv();
        told = true;
      });
      const before = runtime.numGoroutine();
      // The watchdog takes a moment to start, and does not hear what came before.
      for (let n = 0; ctx.err() === undefined; n++) if (n % 1_000_000 === 0) send();
      expect(cause(ctx)).toBeInstanceOf(SignalError);
      expect(listeners()).toBe(0);
      while (runtime.numGoroutine() === before) yield* runtime.gosched();
    });
    expect(told).toBe(true);
  });

  it("stops listening when stopped, at the end of a block, and with its parent", () => {
    const [ctx, stop] = notifyContext("SIGUSR2");
    expect(listeners()).toBe(1);
    stop();
    stop();
    expect(listeners()).toBe(0);
    expect(cause(ctx)).toBe(Canceled);

    {
      using pair = notifyContext("SIGUSR2");
      expectTypeOf(pair[0].err).toBeFunction();
      using _ = notifyContext("SIGUSR2")[1];
      expect(listeners()).toBe(2);
    }
    expect(listeners()).toBe(0);

    const [parent, cancel] = withCancel(background());
    const [below] = notifyContext(parent, "SIGUSR2");
    expect(listeners()).toBe(1);
    cancel();
    expect(listeners()).toBe(0);
    expect(cause(below)).toBe(Canceled);
    expect(notifyContext(parent, "SIGUSR2")[0].err()).toBe(Canceled);
  });

  it("tells all contexts, however many listen", async () => {
    await run(function* () {
      const [a] = notifyContext("SIGUSR2");
      const [b] = notifyContext("SIGUSR2");
      let called = 0;
      afterFunc(b, () => void called++);
      send();
      yield* a.done().recv();
      yield* b.done().recv();
      yield* runtime.gosched();
      expect(called).toBe(1);
    });
  });

  it("refuses what is not a signal that can be caught", () => {
    expect(() => notifyContext()).toThrow('notifyContext: expected signals such as "SIGINT", got none');
    expect(() => notifyContext("SIGNOPE")).toThrow(
      'notifyContext: signals[0]: expected the name of a signal such as "SIGINT", got "SIGNOPE"',
    );
    expect(() => notifyContext("SIGINT", 15 as never)).toThrow("signals[1]: expected the name of a signal");
    expect(() => notifyContext("SIGKILL")).toThrow("notifyContext: SIGKILL can't be caught");
    expect(() => notifyContext(null as never, "SIGINT")).toThrow("notifyContext: got null");
    expect(() => notifyContext({} as never, "SIGINT")).toThrow("notifyContext: expected a context");
    expect(process.listenerCount("SIGINT")).toBe(0);
  });
});

describe("in a process of its own", () => {
  const program = (body: string, signals: NodeJS.Signals[] = []) =>
    node(
      [
        "--input-type=module",
        "-e",
        `import { chan, go, main, run } from "millrace"; import { notifyContext, cause } from "millrace/context"; ${body}`,
      ],
      {
        cwd: root,
        whenReady: (child) => void signals.map((signal) => child.kill(signal)),
      },
    );

  it("holds nothing open by itself", async () => {
    expect(await program('notifyContext("SIGINT", "SIGTERM")')).toMatchObject({ code: 0, stderr: "" });
  });

  it("gives a signal back to the host when it is stopped", async () => {
    const ended = await program(
      'notifyContext("SIGTERM")[1](); process.kill(process.pid, "SIGTERM"); setTimeout(() => {}, 60_000)',
    );
    expect(ended).toMatchObject({ signal: "SIGTERM" });
  });

  it.each(["main", "run"])("a goroutine that waits for it is not deadlocked: %s", async (way) => {
    const ended = await program(
      `${way}(function* () { const [ctx] = notifyContext("SIGINT"); setImmediate(() => console.log("ready")); yield* ctx.done().recv(); console.log(cause(ctx).signal); })`,
      ["SIGINT"],
    );
    expect(ended).toEqual({ code: 0, signal: null, stdout: "ready\nSIGINT\n", stderr: "" });
  });

  it("after it has ended a deadlock is one again", async () => {
    const ended = await program(
      'main(function* () { const [, stop] = notifyContext("SIGINT"); setTimeout(stop, 1); yield* chan().recv(); })',
    );
    expect(ended).toMatchObject({ code: 2, stderr: expect.stringContaining("all goroutines are asleep - deadlock!") });
  });

  it("the second signal is the host's", async () => {
    const ended = await program(
      `main(function* () { const [ctx] = notifyContext("SIGTERM"); setImmediate(() => console.log("ready")); yield* ctx.done().recv(); process.kill(process.pid, "SIGTERM"); yield* chan().recv(); })`,
      ["SIGTERM"],
    );
    expect(ended).toMatchObject({ code: null, signal: "SIGTERM" });
  });

  it("signals do not reach other threads", async () => {
    const ended = await program(`
      import { Worker } from "node:worker_threads";
      new Worker('import("millrace/context").then(({ notifyContext }) => { try { notifyContext("SIGINT"); } catch (error) { console.log(error.message); } })', { eval: true });
    `);
    expect(ended.stdout).toBe(
      "notifyContext: signals reach the first thread only; call it there and pass the context on\n",
    );
  });
});
