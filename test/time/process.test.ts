/** How long timers and contexts keep a process open: exactly while somebody waits on them. */
import { describe, expect, test } from "vitest";
import { node } from "../kit/child.ts";

/** Runs a program with everything imported; `took()` prints the milliseconds since its start. */
async function program(body: string): Promise<{ code: number | null; stdout: string; stderr: string; ms: number }> {
  const source = `
    import { chan, go, main, run, select, wait } from "millrace";
    import * as time from "millrace/time";
    import * as context from "millrace/context";
    const start = performance.now();
    process.on("exit", () => console.log("ms", Math.floor(performance.now() - start)));
    ${body}`;
  const { code, stdout, stderr } = await node(["--input-type=module", "-e", source]);
  return { code, stdout, stderr, ms: Number(/ms (\d+)\n$/.exec(stdout)?.[1]) };
}

const LONG = 20_000;

describe("exits at once with", () => {
  test.each([
    ["an after nobody waits on", "time.after(30_000)"],
    ["a timer nobody waits on", "new time.Timer(30_000).c.tryRecv()"],
    ["a ticker nobody waits on", "new time.Ticker(10).c"],
    ["an after that lost a select", "await select({ t: time.after(30_000).recv(), n: time.sleep(1) })"],
    ["a sleep that lost a select", "await select({ t: time.sleep(30_000), n: time.sleep(1) })"],
    ["an afterFunc that was stopped", "time.afterFunc(30_000, () => {}).stop()"],
    [
      "a goroutine that waits on a stopped timer",
      "const t = new time.Timer(30_000); go(() => t.c.recv()); await time.sleep(1); t.stop()",
    ],
    [
      "a context whose end nobody waits for",
      "const [ctx] = context.withTimeout(context.background(), 30_000); ctx.done(); ctx.err()",
    ],
    [
      "a context whose done lost a select",
      "const [ctx] = context.withTimeout(context.background(), 30_000); await select({ d: ctx.done().recv(), n: time.sleep(1) })",
    ],
    [
      "a signal of a context, as with AbortSignal.timeout",
      "context.withTimeout(context.background(), 30_000)[0].signal.addEventListener('abort', () => {})",
    ],
    [
      "a run that has ended with timers pending",
      "await run(function* () { go(() => time.sleep(30_000)); time.afterFunc(30_000, () => {}); yield* time.sleep(1); })",
    ],
    ["a context of fromSignal", "context.fromSignal(AbortSignal.timeout(30_000)).done()"],
  ])("%s", async (_, body) => {
    const { code, stderr, ms } = await program(body);
    expect(stderr).toBe("");
    expect(code).toBe(0);
    expect(ms).toBeLessThan(LONG);
  });
});

describe("stays open for", () => {
  test.each([
    ["an awaited sleep", "await time.sleep(60); console.log('done')"],
    ["a goroutine that sleeps", "go(function* () { yield* time.sleep(60); console.log('done') })"],
    [
      "a goroutine that waits on an after",
      "const c = time.after(60); go(function* () { yield* c.recv(); console.log('done') })",
    ],
    [
      "a goroutine that waits on a ticker",
      "const t = new time.Ticker(20); go(function* () { for (let i = 0; i < 3; i++) yield* t.c.recv(); console.log('done') })",
    ],
    ["an afterFunc", "time.afterFunc(60, () => console.log('done'))"],
    [
      "the done of a context",
      "const [ctx] = context.withTimeout(context.background(), 60); ctx.done().recv().then(() => console.log('done'))",
    ],
    [
      "the done of a context far below",
      "let [ctx] = context.withTimeout(context.background(), 60); for (let i = 0; i < 5; i++) [ctx] = context.withCancel(ctx); go(function* () { yield* ctx.done().recv(); console.log('done') })",
    ],
    [
      "a function to be called after a context",
      "context.afterFunc(context.withTimeout(context.background(), 60)[0], () => console.log('done'))",
    ],
    [
      "a wait that followed others, which lost",
      "for (let i = 0; i < 5; i++) await select({ t: time.after(30_000).recv(), n: time.sleep(1) }); await time.sleep(60); console.log('done')",
    ],
  ])("%s", async (_, body) => {
    const { code, stdout, stderr, ms } = await program(body);
    expect(stderr).toBe("");
    expect(code).toBe(0);
    expect(stdout).toContain("done");
    expect(ms).toBeGreaterThanOrEqual(60);
    expect(ms).toBeLessThan(LONG);
  });
});

describe("a deadlock", () => {
  test.each([
    ["a receive on a stopped timer", "const t = new time.Timer(10); t.stop(); yield* t.c.recv();", "chan receive"],
    ["a sleep that never ends", "yield* time.sleep(Infinity);", "sleep"],
    [
      "the done of a context that nobody cancels",
      "yield* context.withCancel(context.background())[0].done().recv();",
      "chan receive",
    ],
    ["the done of a root", "yield* context.background().done().recv();", "chan receive (nil chan)"],
    [
      "a wait after a timeout that lost",
      "yield* select({ t: time.after(30_000).recv(), n: time.sleep(1) }); yield* chan().recv();",
      "chan receive",
    ],
  ])("is %s", async (_, body, reason) => {
    const { code, stderr, ms } = await program(`main(function* () { ${body} })`);
    expect(stderr).toContain("all goroutines are asleep - deadlock!");
    expect(stderr).toContain(`goroutine 1 [${reason}]`);
    expect(code).toBe(2);
    expect(ms).toBeLessThan(LONG);
  });

  test("is not a goroutine that only the signal of a context can wake", async () => {
    const { code, stdout } = await program(`main(function* () {
      const { signal } = context.withTimeout(context.background(), 60)[0];
      const aborted = new Promise((resolve) => signal.addEventListener("abort", () => resolve(signal.reason)));
      console.log((yield* wait(aborted)).message);
    })`);
    expect(stdout).toContain("context deadline exceeded");
    expect(code).toBe(0);
  });
});
