/** A channel's end as a signal, and a channel that is closed with an error. */
import { ArgumentError, chan, nilChan, range, run, select } from "millrace";
import { fromSignal } from "millrace/context";
import { closeWithError, fromIterable, toSignal } from "millrace/interop";
import { describe, expect, test } from "vitest";
import { rejected, thrown } from "../kit/thrown.ts";
import { turns } from "../kit/turns.ts";

describe("toSignal", () => {
  test("is aborted when the channel is closed, with the platform's own reason", async () => {
    const quit = chan<void>();
    const signal = toSignal(quit);
    await turns();
    expect(signal.aborted).toBe(false);
    quit.close();
    await turns();
    expect([signal.aborted, signal.reason.name]).toEqual([true, "AbortError"]);
  });

  test("is aborted when it gives a value, which is the reason", async () => {
    const quit = chan<string>();
    const signal = toSignal(quit);
    await quit.send("enough");
    await turns();
    expect([signal.aborted, signal.reason]).toEqual([true, "enough"]);
  });

  test("of a closed channel it is aborted soon", async () => {
    const quit = chan<void>();
    quit.close();
    const signal = toSignal(quit);
    await turns();
    expect(signal.aborted).toBe(true);
  });

  test("is one for a channel while it waits: a server that makes one for each request waits once", async () => {
    const quit = chan<string>();
    const signal = toSignal(quit);
    for (let i = 0; i < 1000; i++) expect(toSignal(quit)).toBe(signal);
    await quit.send("first");
    await turns();
    expect(signal.reason).toBe("first");
    expect(quit.trySend("second")).toBe(false); // nobody waits
    expect(toSignal(quit)).not.toBe(signal);
    await quit.send("third");
    await turns();
    expect(toSignal(quit).aborted).toBe(false);
    expect(signal.reason).toBe("first");
  });

  test("is aborted with what a receive throws, and when the channel's run ends", async () => {
    const broken = chan<void>();
    const signal = toSignal(broken);
    const error = new Error("broken");
    closeWithError(broken, error);
    await turns();
    expect(signal.reason).toBe(error);
    const left = await run(function* () {
      return toSignal(chan());
    });
    await turns();
    expect(left.reason.message).toBe("the run that the stream's channel was made in is over");
  });

  test("goes both ways", async () => {
    const quit = chan<Error>();
    const ctx = fromSignal(toSignal(quit));
    const error = new Error("stop");
    await quit.send(error);
    await ctx.done().recv();
    expect(ctx.signal.reason).toBe(error);
  });

  test("of a nil channel it is never aborted; what is no channel is refused", async () => {
    expect(toSignal(nilChan()).aborted).toBe(false);
    expect(thrown(() => toSignal({} as never))).toBeInstanceOf(ArgumentError);
    expect(() => toSignal(null as never)).toThrow("toSignal: expected a channel, got null");
  });
});

describe("closeWithError", () => {
  test("receivers get what was sent before, then the error, at every receive, in each style", async () => {
    const error = new Error("disk full");
    const ch = chan<number>(3);
    for (const n of [1, 2, 3]) ch.trySend(n);
    closeWithError(ch, error);
    await run(function* () {
      expect(yield* ch.recv()).toBe(1);
      expect((yield* select({ ch: ch.recv() })).value).toBe(2);
      const seen: unknown[] = [];
      try {
        for (const r = range(ch); yield* r.next(); ) seen.push(r.value);
      } catch (e) {
        seen.push(e);
      }
      expect(seen).toEqual([3, error]);
    });
    expect(await rejected(ch.recv())).toBe(error);
    expect(await rejected(ch.recvOk())).toBe(error);
    expect(thrown(() => ch.tryRecv())).toBe(error);
    expect(
      await rejected(
        (async () => {
          for await (const _ of ch);
        })(),
      ),
    ).toBe(error);
  });

  test("receivers that wait get it thrown, senders that wait panic as with close", async () => {
    const error = new Error("disk full");
    const empty = chan<number>();
    const waiting = [empty.recv(), empty.recvOk(), select({ ch: empty.recv() })].map(rejected);
    closeWithError(empty, error);
    expect(await Promise.all(waiting)).toEqual([error, error, error]);
    const full = chan<number>();
    const sender = rejected(full.send(1));
    closeWithError(full, error);
    expect(await sender).toMatchObject({ code: "SEND_ON_CLOSED" });
    expect(thrown(() => full.trySend(1))).toMatchObject({ code: "SEND_ON_CLOSED" });
  });

  test("without an error it closes as close does; any other value is one", async () => {
    const ch = chan<number>();
    closeWithError(ch, undefined);
    expect(await ch.recvOk()).toEqual([undefined, false]);
    for (const value of [null, 0, "", false]) {
      const other = chan<number>();
      closeWithError(other, value);
      expect(await rejected(other.recv())).toBe(value);
    }
  });

  test("twice is a panic; what is no channel made by chan is refused", () => {
    const ch = chan<number>();
    closeWithError(ch, new Error("first"));
    expect(thrown(() => closeWithError(ch, new Error("second")))).toMatchObject({ code: "CLOSE_OF_CLOSED" });
    expect(thrown(() => ch.close())).toMatchObject({ code: "CLOSE_OF_CLOSED" });
    for (const bad of [null, {}, nilChan(), fromIterable([])]) {
      const error = thrown(() => closeWithError(bad as never, new Error("x")));
      expect(error).toBeInstanceOf(ArgumentError);
      expect((error as Error).message).toMatch(/^closeWithError: expected a channel made by chan, got /);
    }
    expect(thrown(() => closeWithError(nilChan(), undefined))).toMatchObject({ code: "CLOSE_OF_NIL" });
  });
});
