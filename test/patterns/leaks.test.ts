/**
 * Whatever end is closed, dropped, stopped or cancelled first: no goroutine stays, nobody waits on the source any more, a
 * source that can be ended is ended. Every test runs with a leak check, in both styles.
 */
import { chan, type RecvChan, select } from "millrace";
import type { Context } from "millrace/context";
import {
  batch,
  broadcast,
  debounce,
  distribute,
  generate,
  mapStream,
  merge,
  orDone,
  pipeline,
  type Source,
  type Stream,
  throttle,
} from "millrace/patterns";
import { after, sleep } from "millrace/time";
import { describe, expect } from "vitest";
import { both } from "../kit/both.ts";
import { AsyncEndless, drain, Endless, filled, receivers, withStream } from "../kit/streams.ts";
import type { Script } from "../kit/styles.ts";

type Make = (source: Source<number>, ctx: Context) => Stream<unknown>;

/** Each pattern as a channel over one source. */
const patterns: Record<string, Make> = {
  merge: (source, ctx) => merge(source, filled([]), { ctx }),
  "orDone with a context": (source, ctx) => orDone(source, ctx),
  "orDone with a channel": (source, ctx) => orDone(source, { done: ctx.done() }),
  distribute: (source, ctx) => distribute(source, 1, { ctx })[0] as Stream<number>,
  broadcast: (source, ctx) => broadcast(source, 1, { ctx })[0] as Stream<number>,
  batch: (source, ctx) => batch(source, 2, { ctx }),
  "batch by time": (source, ctx) => batch(source, 2, { ctx, wait: 5 }),
  throttle: (source, ctx) => throttle(source, 5, { ctx }),
  debounce: (source, ctx) => debounce(source, 5, { ctx }),
  "mapStream, plain": (source, ctx) => mapStream(source, (n) => n, { ctx, workers: 2 }),
  "mapStream, unordered": (source, ctx) =>
    mapStream(
      source,
      function* (n) {
        yield* sleep(1);
        return n;
      },
      { ctx, workers: 2, ordered: false, queue: 0 },
    ),
  "mapStream, async": (source, ctx) => mapStream(source, async (n) => n, { ctx, workers: 2 }),
  "generate, a goroutine": (source, ctx) =>
    generate(
      function* (ctx) {
        const values = orDone(source, ctx);
        for (;;) {
          const [value, ok] = yield* values.recvOk();
          if (!ok) return;
          yield value;
        }
      },
      { ctx },
    ),
  "generate, a source": (source, ctx) => generate(() => source, { ctx }),
  pipeline: (source, ctx) =>
    pipeline(
      source,
      function* (input) {
        for (;;) {
          const [value, ok] = yield* input.recvOk();
          if (!ok) return;
          yield value;
        }
      },
      (input, ctx) => mapStream(input, async (n) => n, { ctx, workers: 2 }),
      async function* (input) {
        for await (const value of input) yield value;
      },
      { ctx },
    ),
};

/** These listen to a channel all the time, so one that is dropped is still on its queue, for a value or two. */
const listens = (name: string) => /throttle|debounce|mapStream|pipeline/.test(name);
/** These see no end of a source without end, or of one that is always ready. */
const needsPause = (name: string) => /debounce/.test(name);
/** A generator is not unwound: it sees that it is over when it looks at its context. */
const notUnwound = (name: string) => /a goroutine/.test(name);

/** Receives with a time limit: the wait is given up. */
function* limited(
  t: { on: <T>(op: never) => Iterable<unknown, T, unknown> },
  ch: RecvChan<unknown>,
  ms: number,
): Script<string> {
  const s = (yield* t.on<{ case: string }>(select({ value: ch.recv(), late: after(ms).recv() }) as never)) as {
    case: string;
  };
  return s.case;
}

for (const [name, make] of Object.entries(patterns)) {
  describe(name, () => {
    both("the source ends first: the channel closes", function* (t) {
      const { out } = withStream((ctx) => make(filled([1, 2, 3, 4]), ctx));
      expect((yield* drain(t, out)).length).toBeGreaterThan(0);
      expect(yield* t.on(out.recvOk())).toEqual([undefined, false]);
      out.stop();
      out[Symbol.dispose]();
    });

    both("dropped before anything was received", function* (t) {
      withStream((ctx) => make(filled([1, 2, 3, 4], true), ctx));
      yield* t.on(sleep(100));
    });

    both("dropped after a value", function* (t) {
      const source = filled([1, 2, 3, 4, 5, 6, 7, 8], true);
      const { out } = withStream((ctx) => make(source, ctx));
      yield* t.on(out.recv());
      yield* t.on(sleep(100));
      if (!listens(name)) expect(receivers(source)).toBe(0);
    });

    both("dropped after a value that it had to wait for", function* (t) {
      const source = chan<number>();
      const { out, cancel } = withStream((ctx) => make(source, ctx));
      const waiting = t.perform(out.recv());
      for (let i = 0; i < 2 && !waiting.done; i++) {
        const s = yield* t.on(select({ sent: source.send(i), late: after(10).recv() }));
        expect(s.case).toBe("sent");
        yield* t.on(sleep(10));
      }
      expect(waiting.done).toBe(true);
      if (name === "pipeline")
        cancel(); // two workers: the stage before them waits for a second value
      else if (!listens(name)) expect(receivers(source)).toBe(0);
      yield* t.on(sleep(10));
    });

    both("dropped while it waited for a value", function* (t) {
      const source = filled<number>([], true);
      const { out, cancel } = withStream((ctx) => make(source, ctx));
      expect(yield* limited(t, out, 10)).toBe("late");
      if (name.includes("goroutine") || name.includes("pipeline"))
        cancel(); // a function of ours waits there
      else if (!listens(name)) expect(receivers(source)).toBe(0);
      yield* t.on(sleep(100));
    });

    both("stopped while somebody receives: that one sees it closed, and nobody waits on the source", function* (t) {
      const source = filled<number>([], true);
      const { out } = withStream((ctx) => make(source, ctx));
      const parked = [t.perform(out.recvOk()), t.perform(out.recvOk())];
      yield* t.on(sleep(10));
      out.stop();
      yield* t.on(sleep(10));
      expect(parked.map(({ value }) => value)).toEqual(Array(2).fill([undefined, false]));
      expect(receivers(source)).toBe(0);
      expect(yield* t.on(out.recvOk())).toEqual([undefined, false]);
    });

    both("cancelled while somebody receives: that one sees it closed, and nobody waits on the source", function* (t) {
      const source = filled<number>([], true);
      const { out, cancel } = withStream((ctx) => make(source, ctx));
      const parked = t.perform(out.recvOk());
      yield* t.on(sleep(10));
      cancel();
      yield* t.on(sleep(10));
      expect(parked.value).toEqual([undefined, false]);
      expect(receivers(source)).toBe(0);
    });

    both("cancelled before it begins: it reads nothing", function* (t) {
      const source = new Endless();
      const { out, cancel } = withStream((ctx) => {
        const made = make(source, ctx);
        return made;
      });
      cancel();
      expect(yield* t.on(out.recvOk())).toEqual([undefined, false]);
      expect(source.read).toBe(0);
    });

    for (const [kind, endless] of [
      ["an iterator", () => new Endless()],
      ["an async iterator", () => new AsyncEndless()],
    ] as const) {
      if (needsPause(name) && kind === "an async iterator") continue;
      both(`stopped in the middle of ${kind}: it is returned, and was not read ahead`, function* (t) {
        const source = endless();
        const { out } = withStream((ctx) => make(source, ctx));
        for (let i = 0; i < 3; i++) yield* t.on(out.recv());
        yield* t.on(sleep(10));
        const { read } = source;
        if (!listens(name) || kind === "an iterator") expect(read).toBeLessThanOrEqual(3 * 2 + 4);
        out.stop();
        yield* t.on(sleep(10));
        expect(source.returned).toBe(notUnwound(name) ? 0 : 1);
      });
    }

    both("leaving a for await loop stops it", function* (t) {
      const source = new Endless();
      const { out } = withStream((ctx) => make(source, ctx));
      const g = t.go(function* () {
        const it = out[Symbol.asyncIterator]();
        yield* t.on(out.recv());
        void it.return?.();
      });
      yield* t.on(g.join());
      yield* t.on(sleep(10));
      expect(source.returned).toBe(notUnwound(name) ? 0 : 1);
      expect(yield* t.on(out.recvOk())).toEqual([undefined, false]);
    });

    both("what the source throws is thrown by every receive, and nothing is returned", function* (t) {
      let returned = false;
      const boom = new Error("boom");
      const source = {
        [Symbol.iterator]: () => ({
          next: () => {
            throw boom;
          },
          return: () => {
            returned = true;
            return { done: true as const, value: undefined };
          },
        }),
      };
      const { out } = withStream((ctx) => make(source, ctx));
      for (let i = 0; i < 2; i++) {
        const failed = t.perform(out.recv());
        yield* t.on(failed.g.join());
        expect(failed.error).toBe(boom);
      }
      expect(returned).toBe(false);
    });

    both("what an async source throws is thrown to all who wait", function* (t) {
      const boom = new Error("boom");
      const source = (async function* () {
        yield* [] as number[];
        await sleep(5);
        throw boom;
      })();
      const { out } = withStream((ctx) => make(source, ctx));
      const parked = [t.perform(out.recv()), t.perform(out.recv())];
      for (const { g } of parked) yield* t.on(g.join());
      expect(parked.map(({ error }) => error)).toEqual([boom, boom]);
    });
  });
}
