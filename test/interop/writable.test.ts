/** Streams that send what is written to them. */
import { Readable, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ArgumentError, type Chan, chan, go, Panic, range, run, runtime, wait } from "millrace";
import { closeWithError, fromReadable, toNodeWritable, toReadable, toWritable } from "millrace/interop";
import { describe, expect, test } from "vitest";
import { rejected, thrown } from "../kit/thrown.ts";
import { turns } from "../kit/turns.ts";

const over = { message: "the run that the stream's channel was made in is over" };

async function all(ch: Chan<unknown>): Promise<unknown[]> {
  const seen: unknown[] = [];
  try {
    for await (const value of ch) seen.push(value);
  } catch (error) {
    seen.push(error);
  }
  return seen;
}

describe("toWritable", () => {
  test("a write is done when the value was sent", async () => {
    const ch = chan<number>(1);
    const writer = toWritable(ch).getWriter();
    await writer.write(1);
    let done = false;
    const second = writer.write(2).then(() => (done = true));
    await turns();
    expect([done, ch.length]).toEqual([false, 1]);
    expect(await ch.recv()).toBe(1);
    await second;
    expect(await ch.recv()).toBe(2);
  });

  test("the receivers hold the writer back: it is ready again when a value went out", async () => {
    const ch = chan<number>();
    const writer = toWritable(ch).getWriter();
    expect(writer.desiredSize).toBe(1);
    const write = writer.write(1);
    await turns();
    expect(writer.desiredSize).toBe(0);
    await ch.recv();
    await write;
    expect(writer.desiredSize).toBe(1);
  });

  test("closing it closes the channel, after what was written", async () => {
    const ch = chan<unknown>(5);
    const writer = toWritable(ch).getWriter();
    for (const value of [1, undefined, null]) void writer.write(value);
    await writer.close();
    expect(await all(ch)).toEqual([1, undefined, null]);
  });

  test("aborting it closes the channel with the reason, after what was sent", async () => {
    for (const reason of [new Error("broken"), "text", undefined]) {
      const ch = chan<unknown>(2);
      const writer = toWritable(ch).getWriter();
      await writer.write(1);
      await writer.abort(reason);
      expect(await all(ch)).toEqual([1, reason ?? new Error("the stream was aborted")]);
    }
  });

  test("aborting takes back a write that waits: its value is never sent", async () => {
    const ch = chan<number>();
    const writer = toWritable(ch).getWriter();
    const waiting = rejected(writer.write(1));
    const queued = rejected(writer.write(2));
    await turns();
    const reason = new Error("broken");
    await writer.abort(reason);
    expect([await waiting, await queued, await rejected(ch.recv())]).toEqual([reason, reason, reason]);
  });

  test("fails when a send panics, because somebody else closed the channel", async () => {
    const ch = chan<number>();
    const writer = toWritable(ch).getWriter();
    const waiting = rejected(writer.write(1));
    await turns();
    ch.close();
    expect(await waiting).toMatchObject({ code: "SEND_ON_CLOSED" });
    expect(await rejected(writer.closed)).toMatchObject({ code: "SEND_ON_CLOSED" });
    const other = chan<number>();
    other.close();
    const closing = toWritable(other).getWriter();
    expect(await rejected(closing.close())).toMatchObject({ code: "CLOSE_OF_CLOSED" });
  });

  test("fails when the channel's run ends", async () => {
    const { write, writer } = await run(function* () {
      const writer = toWritable(chan<number>()).getWriter();
      writer.closed.catch(() => {});
      const write = rejected(writer.write(1));
      return { write, writer };
    });
    expect(await write).toMatchObject(over);
    expect(await rejected(writer.write(2))).toMatchObject(over);
  });

  test("carries what is piped to it, and what breaks", async () => {
    await run(
      function* () {
        const ch = chan<number>(2);
        const numbers = toReadable(sent([1, 2, 3, 4]));
        const g = go(() => numbers.pipeTo(toWritable(ch)));
        const seen: number[] = [];
        for (const r = range(ch); yield* r.next(); ) seen.push(r.value);
        yield* g.join();
        expect(seen).toEqual([1, 2, 3, 4]);

        const broken = sent([1]);
        const error = new Error("broken");
        const second = chan<number>(2);
        const piped = rejected(toReadable(broken).pipeTo(toWritable(second)));
        yield* wait(turns());
        closeWithError(broken, error);
        expect(yield* wait(piped)).toBe(error);
        expect(yield* wait(all(second as Chan<unknown>))).toEqual([1, error]);
      },
      { leaks: true },
    );
  });
});

/** A channel with these values, open if there is only one. */
function sent(values: number[]): Chan<number> {
  const ch = chan<number>(values.length);
  for (const value of values) ch.trySend(value);
  if (values.length > 1) ch.close();
  return ch;
}

describe("toNodeWritable", () => {
  test("a write is done when the value was sent, and only then is the stream drained", async () => {
    const ch = chan<number>();
    const stream = toNodeWritable(ch);
    const events: string[] = [];
    stream.on("drain", () => events.push("drain"));
    expect(stream.write(1, () => events.push("written"))).toBe(false);
    await turns();
    expect(events).toEqual([]);
    expect(await ch.recv()).toBe(1);
    await turns();
    expect(events.sort()).toEqual(["drain", "written"]);
  });

  test("end() closes the channel, after what was written", async () => {
    const ch = chan<unknown>();
    const stream = toNodeWritable(ch);
    stream.write(1);
    stream.end("last");
    expect(await all(ch)).toEqual([1, "last"]);
    await turns();
    expect([stream.writableFinished, stream.destroyed]).toEqual([true, true]);
  });

  test("destroying it closes the channel with the error, after what was sent", async () => {
    for (const error of [new Error("broken"), undefined]) {
      const ch = chan<unknown>(1);
      const stream = toNodeWritable(ch);
      stream.on("error", () => {});
      stream.write(1);
      stream.write(2); // finds no room
      await turns();
      stream.destroy(error);
      expect(await all(ch)).toEqual([1, error ?? new Error("the stream was destroyed before its end")]);
    }
  });

  test("destroyed after its end, or without a channel that is open, it leaves the channel alone", async () => {
    const ch = chan<number>();
    const ended = toNodeWritable(ch);
    ended.end();
    await turns();
    ended.destroy(new Error("late"));
    expect(await ch.recvOk()).toEqual([undefined, false]);
  });

  test("fails when a send panics, because somebody else closed the channel", async () => {
    const failure = (stream: Writable): Promise<unknown> => new Promise((resolve) => stream.on("error", resolve));
    const ch = chan<number>();
    ch.close();
    const writing = toNodeWritable(ch);
    writing.write(1);
    expect(await failure(writing)).toMatchObject({ code: "SEND_ON_CLOSED" });
    const ending = toNodeWritable(ch);
    ending.end();
    expect(await failure(ending)).toMatchObject({ code: "CLOSE_OF_CLOSED" });
    const destroyed = toNodeWritable(ch);
    destroyed.destroy();
    expect(await failure(destroyed)).toBeInstanceOf(Panic);
  });

  test("fails when the channel's run ends", async () => {
    const stream = await run(function* () {
      const stream = toNodeWritable(chan<number>());
      stream.write(1);
      yield* runtime.gosched();
      return stream;
    });
    expect(await new Promise((resolve) => stream.on("error", resolve))).toMatchObject(over);
  });

  test("carries what is piped to it, holding back who writes, and what breaks", async () => {
    await run(
      function* () {
        const ch = chan<number>(2);
        let made = 0;
        const source = new Readable({
          objectMode: true,
          highWaterMark: 1,
          read() {
            this.push(made < 100 ? made++ : null);
          },
        });
        const g = go(() => pipeline(source, toNodeWritable(ch)));
        yield* wait(turns(10));
        expect(made).toBeLessThan(10);
        let next = 0;
        for (const r = range(ch); yield* r.next(); ) expect(r.value).toBe(next++);
        yield* g.join();
        expect(next).toBe(100);

        const error = new Error("broken");
        const second = chan<unknown>();
        const failing = fromReadable(new ReadableStream({ pull: (controller) => controller.error(error) }));
        const piped = rejected(pipeline(failing, toNodeWritable(second)));
        expect(yield* wait(all(second))).toEqual([error]);
        expect(yield* wait(piped)).toBe(error);
      },
      { leaks: true },
    );
  });
});

test("bad arguments", () => {
  for (const [name, make] of Object.entries({ toWritable, toNodeWritable })) {
    const error = thrown(() => make({} as never));
    expect(error).toBeInstanceOf(ArgumentError);
    expect((error as Error).message).toBe(`${name}: expected a channel, got an object`);
    expect(() => make(undefined as never)).toThrow(`${name}: expected a channel, got undefined`);
  }
});
