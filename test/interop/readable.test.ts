/** Streams that are read: what is particular to each make, and channels made into streams. */
import { PassThrough, pipeline, Readable, Writable } from "node:stream";
import { pipeline as piped } from "node:stream/promises";
import { ArgumentError, chan, go, nilChan, type RecvChan, run, runtime } from "millrace";
import { background, withCancelCause } from "millrace/context";
import { closeWithError, fromIterable, fromReadable, toNodeReadable, toReadable } from "millrace/interop";
import { describe, expect, test } from "vitest";
import { rejected, thrown } from "../kit/thrown.ts";
import { turns } from "../kit/turns.ts";

const over = /the run that the stream's channel was made in is over/;

describe("fromReadable of a web stream", () => {
  test("has the stream from the start, and unlocks it at its end", async () => {
    const make = (): ReadableStream<string> =>
      new ReadableStream({
        start(controller) {
          controller.enqueue("a");
          controller.close();
        },
      });
    const ended = make();
    const ch = fromReadable(ended);
    expect(ended.locked).toBe(true);
    expect([await ch.recv(), await ch.recv(), ended.locked]).toEqual(["a", undefined, false]);
    const stopped = make();
    fromReadable(stopped).stop();
    expect(stopped.locked).toBe(false);
  });

  test("unlocks one that failed, and one that is stopped while a chunk is awaited", async () => {
    const failed = new ReadableStream({ pull: (controller) => controller.error(new Error("broken")) });
    await rejected(fromReadable(failed).recv());
    expect(failed.locked).toBe(false);
    const reasons: unknown[] = [];
    const silent = new ReadableStream({ cancel: (why) => void reasons.push(why) });
    const ch = fromReadable(silent);
    const pending = ch.recv().then((value) => value);
    ch.stop();
    expect([await pending, silent.locked, reasons]).toEqual([undefined, false, [undefined]]);
  });

  test("cancels with the context's cause", async () => {
    const [ctx, cancel] = withCancelCause(background());
    const reasons: unknown[] = [];
    using _ = fromReadable(new ReadableStream({ cancel: (why) => void reasons.push(why) }), { ctx });
    const cause = new Error("cause");
    cancel(cause);
    expect(reasons).toEqual([cause]);
  });

  test("a cancel that fails concerns nobody", async () => {
    await run(function* () {
      fromReadable(new ReadableStream({ cancel: () => Promise.reject(new Error("late")) })).stop();
      fromReadable(
        new ReadableStream({
          cancel() {
            throw new Error("at once");
          },
        }),
      );
    });
    await turns();
  });

  test("reads byte streams, Response, Blob and what is piped through others", async () => {
    const bytes = new ReadableStream({ type: "bytes", pull: (c) => c.enqueue(new Uint8Array([1, 2])) });
    expect(await fromReadable(bytes).recv()).toEqual(new Uint8Array([1, 2]));
    const text = new Blob(["hello"]).stream().pipeThrough(new TextDecoderStream());
    expect(await fromReadable(text).recv()).toBe("hello");
    const body = new Response("x".repeat(10)).body as ReadableStream<Uint8Array>;
    expect((await fromReadable(body).recv())?.length).toBe(10);
  });
});

describe("fromReadable of a Node stream", () => {
  test("an error before anybody receives waits for the first receive", async () => {
    const error = new Error("early");
    const stream = new Readable({ read() {} });
    const ch = fromReadable(stream);
    stream.destroy(error);
    await turns();
    expect(await rejected(ch.recv())).toBe(error);
  });

  test("leaves the listeners that Node's own loop leaves, and no other, however it ends", async () => {
    const left = async (read: (stream: Readable) => AsyncIterable<unknown>, end: boolean): Promise<number[]> => {
      const stream = new PassThrough();
      stream.end("a");
      for await (const _ of read(stream)) if (!end) break;
      await turns();
      expect(stream.destroyed).toBe(true);
      return ["error", "close", "end", "readable", "finish"].map((event) => stream.listenerCount(event));
    };
    for (const end of [true, false]) expect(await left(fromReadable, end)).toEqual(await left((s) => s, end));
    const unread = new PassThrough();
    fromReadable(unread).stop();
    await turns();
    expect([unread.destroyed, unread.listenerCount("error"), unread.listenerCount("close")]).toEqual([true, 0, 0]);
  });

  test("stop destroys it also while a chunk is awaited", async () => {
    const stream = new PassThrough();
    const ch = fromReadable(stream);
    const pending = ch.recv().then((value) => value);
    ch.stop();
    expect([await pending, stream.destroyed]).toEqual([undefined, true]);
    await turns();
  });

  test("holds back whoever writes", async () => {
    const stream = new PassThrough({ highWaterMark: 10 });
    using ch = fromReadable<Buffer>(stream);
    let drained = 0;
    stream.on("drain", () => drained++);
    while (stream.write("12345"));
    await turns();
    expect(drained).toBe(0);
    // One read gives all that is there, or since Node 26 one chunk of it.
    for (let received = 0; received < 15 && drained === 0; await turns()) received += (await ch.recv())?.length ?? 15;
    expect(drained).toBe(1);
  });

  test("gives strings where it has an encoding, objects where it is of objects", async () => {
    const text = Readable.from([Buffer.from("é")], { objectMode: false }).setEncoding("utf8");
    expect(await fromReadable(text).recv()).toBe("é");
    expect(await fromReadable(Readable.from([{ a: 1 }])).recv()).toEqual({ a: 1 });
  });
});

describe("toReadable", () => {
  test("receives only what is read, and ends with the channel", async () => {
    const ch = chan<number>(3);
    for (const n of [1, 2, 3]) ch.trySend(n);
    ch.close();
    const stream = toReadable(ch);
    await turns();
    expect(ch.length).toBe(3);
    const reader = stream.getReader();
    expect(await reader.read()).toEqual({ done: false, value: 1 });
    await turns();
    expect(ch.length).toBe(2);
    expect([await reader.read(), await reader.read(), await reader.read()].map((r) => r.value)).toEqual([
      2,
      3,
      undefined,
    ]);
  });

  test("holds the sender back", async () => {
    await run(function* () {
      const ch = chan<number>();
      let sent = 0;
      go(function* () {
        for (;;) {
          yield* ch.send(sent);
          sent++;
        }
      });
      const reader = toReadable(ch).getReader();
      for (let i = 0; i < 3; i++) {
        for (let n = 0; n < 5; n++) yield* runtime.gosched();
        expect(sent).toBe(i);
        const got = reader.read();
        yield* go(async () => expect((await got).value).toBe(i)).join();
      }
    });
  });

  test("fails with what a receive throws, after what was sent before", async () => {
    const ch = chan<number>(1);
    ch.trySend(1);
    const error = new Error("broken");
    closeWithError(ch, error);
    const reader = toReadable(ch).getReader();
    expect((await reader.read()).value).toBe(1);
    expect(await rejected(reader.read())).toBe(error);
  });

  test("a read that is given up leaves the value in the channel", async () => {
    const ch = chan<number>(1);
    const reader = toReadable(ch).getReader();
    const pending = reader.read();
    await turns();
    await reader.cancel();
    expect((await pending).done).toBe(true);
    ch.trySend(1);
    await turns();
    expect([ch.length, await ch.recv()]).toEqual([1, 1]);
  });

  test("tells that the reader has cancelled, and stops a source", async () => {
    const reasons: unknown[] = [];
    const source = fromIterable([1]);
    await toReadable(source, { onCancel: (reason) => reasons.push(reason) }).cancel("enough");
    await toReadable(chan(), { onCancel: (reason) => reasons.push(reason) }).cancel("too");
    await toReadable(chan()).cancel();
    expect([reasons, await source.recv()]).toEqual([["enough", "too"], undefined]);
  });

  test("fails when the channel's run ends: behind it may be a socket", async () => {
    const reader = await run(function* () {
      const waiting = toReadable(chan()).getReader();
      const read = waiting.read();
      read.catch(() => {});
      return { read, late: toReadable(chan()).getReader() };
    });
    expect(await rejected(reader.read)).toMatchObject({ message: expect.stringMatching(over) });
    expect(await rejected(reader.late.read())).toMatchObject({ message: expect.stringMatching(over) });
  });

  test("carries any value", async () => {
    const ch = chan<unknown>(3);
    for (const value of [undefined, null, Promise.resolve(1)]) ch.trySend(value);
    const reader = toReadable(ch).getReader();
    for (let i = 0; i < 3; i++) expect((await reader.read()).done).toBe(false);
  });
});

describe("toNodeReadable", () => {
  test("receives only what is read, and ends with the channel", async () => {
    const ch = chan<number>(3);
    for (const n of [1, 2, 3]) ch.trySend(n);
    ch.close();
    const stream = toNodeReadable(ch);
    await turns();
    expect(ch.length).toBe(3);
    const seen: unknown[] = [];
    for await (const value of stream) {
      seen.push(value);
      await turns();
      expect(ch.length).toBe(3 - seen.length);
    }
    expect([seen, stream.destroyed]).toEqual([[1, 2, 3], true]);
  });

  test("is destroyed with what a receive throws, an error or not", async () => {
    for (const [thrown, message] of [
      [new Error("broken"), "broken"],
      ["text", "text"],
    ] as const) {
      const ch = chan<number>(1);
      ch.trySend(1);
      closeWithError(ch, thrown);
      let cancelled = 0;
      const stream = toNodeReadable(ch, { onCancel: () => cancelled++ });
      const seen: unknown[] = [];
      const error = await rejected(
        (async () => {
          for await (const value of stream) seen.push(value);
        })(),
      );
      expect([seen, (error as Error).message, cancelled]).toEqual([[1], message, 0]);
      if (typeof thrown === "string") expect((error as Error).cause).toBe(thrown);
      else expect(error).toBe(thrown);
    }
  });

  test("destroyed, it leaves the next value in the channel", async () => {
    const ch = chan<number>(1);
    const stream = toNodeReadable(ch);
    stream.resume(); // waits for a value now
    await turns();
    stream.destroy();
    await turns();
    ch.trySend(1);
    await turns();
    expect(ch.length).toBe(1);
  });

  test("tells that it was destroyed before its end, and stops a source", async () => {
    const reasons: unknown[] = [];
    const onCancel = (reason: unknown): unknown => reasons.push(reason);
    const stream = toNodeReadable(chan(), { onCancel });
    const error = new Error("enough");
    stream.on("error", () => {});
    stream.destroy(error);
    const source = fromIterable([1, 2, 3]);
    for await (const _ of toNodeReadable(source, { onCancel })) break;
    await turns();
    expect(reasons).toEqual([error, expect.objectContaining({ name: "AbortError" })]);
    expect(await source.recv()).toBeUndefined();
    // Its end is not giving up.
    expect(await toNodeReadable(fromIterable([1]), { onCancel }).toArray()).toEqual([1]);
    await turns();
    expect(reasons.length).toBe(2);
  });

  test("refuses null, and carries undefined", async () => {
    const ch = chan<unknown>(2);
    ch.trySend(undefined);
    ch.trySend(null);
    const reasons: unknown[] = [];
    const stream = toNodeReadable(ch, { onCancel: (reason) => reasons.push(reason) });
    const seen: unknown[] = [];
    stream.on("data", (value) => seen.push(value));
    const error = await new Promise((resolve) => stream.on("error", resolve));
    expect(seen).toEqual([undefined]);
    expect(error).toBeInstanceOf(ArgumentError);
    expect((error as Error).message).toBe("toNodeReadable: a Node stream can't carry null");
    expect(reasons).toEqual([error]);
  });

  test("is destroyed when the channel's run ends", async () => {
    const stream = await run(function* () {
      const stream = toNodeReadable(chan());
      stream.resume();
      return stream;
    });
    const error = await new Promise((resolve) => stream.on("error", resolve));
    expect((error as Error).message).toMatch(over);
  });

  test("works in pipelines, which stop their source when they fail", async () => {
    const seen: unknown[] = [];
    const sink = (limit: number): Writable =>
      new Writable({
        objectMode: true,
        write(value, _, done) {
          seen.push(value);
          done(seen.length === limit ? new Error("full") : null);
        },
      });
    await piped(toNodeReadable(fromIterable([1, 2, 3])), sink(Infinity));
    expect(seen).toEqual([1, 2, 3]);
    let cancelled = false;
    const endless = fromIterable(
      (function* () {
        try {
          for (;;) yield 1;
        } finally {
          cancelled = true;
        }
      })(),
    );
    const error = await new Promise((resolve) => pipeline(toNodeReadable(endless), sink(10), resolve));
    expect([(error as Error).message, cancelled]).toEqual(["full", true]);
  });
});

test("bad arguments", () => {
  for (const [name, make] of Object.entries({ toReadable, toNodeReadable })) {
    const message = (...args: unknown[]): string => (thrown(() => Reflect.apply(make, null, args)) as Error).message;
    expect(message(null)).toBe(`${name}: expected a channel, got null`);
    expect(message([1])).toBe(`${name}: expected a channel, got an array of 1`);
    expect(message(chan(), { onCancel: 5 })).toBe(`${name}: onCancel: expected a function, got 5`);
    expect(thrown(() => make(5 as never))).toBeInstanceOf(ArgumentError);
    make(nilChan() as RecvChan<number>, { onCancel: undefined });
  }
});
