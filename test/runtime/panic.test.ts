/** Panics: where they are thrown, what they say, where their stack points. */
import { type Code, chan, go, nilChan, Panic, run, runtime, select } from "millrace";
import { expect, test } from "vitest";
import { turns } from "../kit/turns.ts";

/** The line on which `marker` stands in this function's source file, as stacks show it. */
function lineOf(error: unknown, name: string): string {
  const frame = (error as Error).stack?.split("\n").find((line) => line.includes(name));
  return frame ?? `no frame of ${name} in:\n${(error as Error).stack}`;
}

test("code, text and name are Go's", () => {
  const cases: [Code, string, () => unknown][] = [
    ["SEND_ON_CLOSED", "send on closed channel", () => closed().trySend(1)],
    ["CLOSE_OF_CLOSED", "close of closed channel", () => closed().close()],
    ["CLOSE_OF_NIL", "close of nil channel", () => nilChan().close()],
  ];
  for (const [code, text, fn] of cases) {
    let error: unknown;
    try {
      fn();
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(Panic);
    expect(error).toBeInstanceOf(Error);
    expect({ ...(error as Panic), message: (error as Panic).message }).toMatchObject({ code, message: text });
    expect(String(error)).toBe(`Panic: ${text}`);
  }
});

function closed(): ReturnType<typeof chan<number>> {
  const ch = chan<number>();
  ch.close();
  return ch;
}

test("a parked sender's panic is thrown in the sender: its stack shows the sender's line, not the closer's", async () => {
  const error = await run(function* closer() {
    const ch = chan<number>();
    let caught: unknown;
    const g = go(function* parkedSender() {
      function* helper() {
        yield* ch.send(1);
      }
      try {
        yield* helper();
      } catch (thrown) {
        caught = thrown;
      }
    });
    yield* runtime.gosched();
    ch.close();
    yield* g.join();
    return caught;
  });
  expect(error).toBeInstanceOf(Panic);
  expect(lineOf(error, "helper")).toMatch(/panic\.test\.ts:\d+:\d+/);
  expect(lineOf(error, "parkedSender")).toMatch(/panic\.test\.ts:\d+:\d+/);
  expect((error as Error).stack).not.toMatch(/at close(r| )/);
});

test("so does the panic of a select's send case", async () => {
  const failed = run(function* closer() {
    const ch = chan<number>();
    go(function* selecting() {
      yield* select({ out: ch.send(1), never: nilChan<number>().recv() });
    });
    yield* runtime.gosched();
    ch.close();
    yield* chan<never>().recv();
  });
  const error = await failed.catch((thrown: unknown) => thrown);
  expect(lineOf(error, "selecting")).toMatch(/panic\.test\.ts:\d+:\d+/);
});

test("a send on a closed channel points at the send", async () => {
  const error = await run(function* sending() {
    yield* closed().send(1);
  }).catch((thrown: unknown) => thrown);
  expect(lineOf(error, "sending")).toMatch(/panic\.test\.ts:\d+:\d+/);
});

test("each of several parked senders gets its own error with its own stack", async () => {
  const errors = await run(function* () {
    const ch = chan<number>();
    const caught: unknown[] = [];
    function* first() {
      yield* ch.send(1);
    }
    function* second() {
      yield* ch.send(2);
    }
    for (const body of [first, second]) {
      go(function* () {
        try {
          yield* body();
        } catch (error) {
          caught.push(error);
        }
      });
    }
    yield* runtime.gosched();
    ch.close();
    yield* runtime.gosched();
    return caught;
  });
  expect(errors[0]).not.toBe(errors[1]);
  expect(lineOf(errors[0], "first")).toMatch(/panic\.test/);
  expect(lineOf(errors[1], "second")).toMatch(/panic\.test/);
});

test("closing does not fail for the one who closes", async () => {
  const log: string[] = [];
  const failed = run(function* () {
    const ch = chan<number>();
    go(() => ch.send(1));
    yield* runtime.gosched();
    ch.close();
    log.push("closed");
    yield* chan<never>().recv();
  });
  await expect(failed).rejects.toThrow("send on closed channel");
  expect(log).toStrictEqual(["closed"]);
});

test("an awaited send that is closed under it rejects there", async () => {
  const ch = chan<number>();
  const outcome = run(async () => {
    try {
      await ch.send(1);
      return "sent";
    } catch (error) {
      return (error as Panic).code;
    }
  });
  await turns();
  ch.close();
  expect(await outcome).toBe("SEND_ON_CLOSED");
});

test("a rejection of an awaited operation that nobody catches is the goroutine's panic", async () => {
  const failed = run(async () => {
    go(async () => {
      await closed().send(1);
    });
    await new Promise(() => {});
  });
  await expect(failed).rejects.toMatchObject({ code: "SEND_ON_CLOSED" });
});

test("an error thrown by the program passes through finally blocks that perform operations", async () => {
  const log: unknown[] = [];
  const failed = run(function* () {
    const ch = chan<string>(1);
    try {
      throw new Error("boom");
    } finally {
      yield* ch.send("cleaning");
      log.push(yield* ch.recv());
      yield* runtime.gosched();
      log.push("cleaned");
    }
  });
  await expect(failed).rejects.toThrow("boom");
  expect(log).toStrictEqual(["cleaning", "cleaned"]);
});
