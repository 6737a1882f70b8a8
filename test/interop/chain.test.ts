/** Chains of channels, streams and iterables in any order: every value arrives once and in order, and leaving lets go of the source. */
import { pipeline } from "node:stream/promises";
import fc from "fast-check";
import { chan, go, type Op, type RecvChan, range, run, runtime, select, wait } from "millrace";
import { background, withCancelCause } from "millrace/context";
import {
  closeWithError,
  fromIterable,
  fromReadable,
  type Source,
  toNodeReadable,
  toNodeWritable,
  toReadable,
  toWritable,
} from "millrace/interop";
import * as time from "millrace/time";
import { expect, test } from "vitest";
import { turns } from "../kit/turns.ts";
import { kinds } from "./kit.ts";

const capacity = fc.nat(3);
const kind = fc.constantFrom(...kinds.map(([, make]) => make));

/** Links that give back: letting go of the last lets go of the first. */
const links: Record<string, (ch: Source<number>, capacity: number) => Source<number>> = {
  "web stream": (ch, capacity) => fromReadable(toReadable(ch), { capacity }),
  "Node stream": (ch, capacity) => fromReadable<number>(toNodeReadable(ch), { capacity }),
  iterable: (ch, capacity) => fromIterable(ch, { capacity }),
};

/** Links with a channel that somebody sends into; what fails on one side fails on the other. */
const pipes: Record<string, (ch: RecvChan<number>, capacity: number) => RecvChan<number>> = {
  ...(links as Record<string, never>),
  goroutine(ch, capacity) {
    const out = chan<number>(capacity);
    go(function* () {
      try {
        for (const r = range(ch); yield* r.next(); ) yield* out.send(r.value);
        out.close();
      } catch (error) {
        closeWithError(out, error);
      }
    });
    return out;
  },
  "web pipe"(ch, capacity) {
    const out = chan<number>(capacity);
    go(async () =>
      toReadable(ch)
        .pipeTo(toWritable(out))
        .catch(() => {}),
    );
    return out;
  },
  "Node pipe"(ch, capacity) {
    const out = chan<number>(capacity);
    go(async () => pipeline(toNodeReadable(ch), toNodeWritable(out)).catch(() => {}));
    return out;
  },
};

/** How the values are received: each a way that some of the waits may go. */
const receiving = fc.array(fc.constantFrom("recv", "recvOk", "try", "lose", "idle", "await"), {
  minLength: 1,
  maxLength: 8,
});

/** Receives in these ways, over and over, until the channel is closed or `limit` values are there. */
function* receive(ch: RecvChan<number>, ways: readonly string[], limit: number) {
  const seen: number[] = [];
  for (let i = 0; seen.length < limit; i++) {
    const way = ways[i % ways.length];
    let got: readonly [number, true] | readonly [unknown, false] | undefined;
    if (way === "recv") {
      const value = yield* ch.recv();
      got = value === undefined ? [value, false] : [value, true];
    } else if (way === "recvOk") got = yield* ch.recvOk();
    else if (way === "await") got = yield* go(async () => ch.recvOk()).join();
    else if (way === "try") {
      got = ch.tryRecv();
      yield* runtime.gosched();
    } else {
      const other: Op<unknown> = way === "lose" ? runtime.gosched() : time.after(0).recv();
      const s = yield* select({ got: ch.recvOk(), other });
      if (s.case === "got") got = s.value;
      else if (i % 7 === 0) yield* wait(turns(1));
    }
    if (got === undefined) continue;
    if (!got[1]) break;
    seen.push(got[0]);
  }
  return seen;
}

const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

test("left early, in any way", { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(
      kind,
      fc.array(fc.tuple(fc.constantFrom(...Object.keys(links)), capacity), { maxLength: 4 }),
      receiving,
      fc.nat(12),
      fc.nat(12),
      fc.constantFrom("stop", "using", "for await", "ctx", "run"),
      capacity,
      async (make, chain, ways, count, limit, exit, ahead) => {
        const numbers = make({ count });
        let ended = false;
        const seen = await run(
          function* () {
            const [ctx, cancel] = withCancelCause(background());
            let ch = numbers.from({ capacity: ahead, ctx });
            for (const [name, capacity] of chain) ch = (links[name] as (typeof links)[string])(ch, capacity);
            const last = ch;
            if (exit === "for await") {
              const all: number[] = [];
              yield* go(async () => {
                for await (const value of last) if (all.push(value) >= limit) return;
                ended = true;
              }).join();
              return all;
            }
            using _ = exit === "using" ? last : null;
            const all = yield* receive(last, ways, limit);
            if (all.length < limit) ended = true;
            if (exit === "stop") last.stop();
            if (exit === "ctx") cancel(new Error("enough"));
            return all;
          },
          { leaks: true },
        );
        expect(seen).toEqual(upTo(Math.min(count, exit === "for await" ? Math.max(limit, 1) : limit)));
        for (let i = 0; i < 50 && !numbers.over && numbers.asked > 0; i++) await turns(1);
        if (numbers.asked > 0) expect(numbers.over).toBe(true);
        // Let go of once, unless it has ended: as seen from here, or where it was read ahead.
        expect(numbers.released).toBeLessThanOrEqual(ended ? 0 : 1);
        if (!ended && numbers.asked > 0 && numbers.asked <= count) expect(numbers.released).toBe(1);
        expect(numbers.asked).toBeLessThanOrEqual(seen.length + 1 + ahead + chain.reduce((n, [, c]) => n + c + 1, 1));
      },
    ),
    { numRuns: 300 },
  );
});

test("read to the end, or to what breaks, through pipes", { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(
      kind,
      fc.array(fc.tuple(fc.constantFrom(...Object.keys(pipes)), capacity), { maxLength: 5 }),
      receiving,
      fc.nat(20),
      fc.boolean(),
      async (make, chain, ways, count, breaks) => {
        const error = breaks ? new Error("broken") : undefined;
        await run(
          function* () {
            const numbers = make({ count, error });
            let ch: RecvChan<number> = numbers.from();
            for (const [name, capacity] of chain) ch = (pipes[name] as (typeof pipes)[string])(ch, capacity);
            const seen = yield* receive(ch, ways, count);
            let end: unknown;
            try {
              end = yield* ch.recvOk();
            } catch (e) {
              end = e;
            }
            expect([seen, end]).toEqual([upTo(count), error ?? [undefined, false]]);
            expect(numbers.released).toBe(0);
            // The pipes' own goroutines are about to end.
            for (let i = 0; i < 20 && runtime.numGoroutine() > 1; i++) yield* wait(turns(1));
          },
          { leaks: true },
        );
      },
    ),
    { numRuns: 300 },
  );
});

test("several receivers of one chain share its values", { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(
      kind,
      fc.array(fc.constantFrom(...Object.keys(links)), { maxLength: 3 }),
      fc.array(receiving, { minLength: 1, maxLength: 4 }),
      fc.nat(30),
      async (make, chain, receivers, count) => {
        await run(
          function* () {
            let ch = make({ count }).from({ capacity: 1 });
            for (const name of chain) ch = (links[name] as (typeof links)[string])(ch, 1);
            const goroutines = receivers.map((ways) => go(receive, ch, ways, Infinity));
            const seen: number[] = [];
            for (const g of goroutines) {
              const own = (yield* g.join()) as number[];
              expect(own).toEqual([...own].sort((a, b) => a - b));
              seen.push(...own);
            }
            expect(seen.sort((a, b) => a - b)).toEqual(upTo(count));
          },
          { leaks: true },
        );
      },
    ),
    { numRuns: 200 },
  );
});

test("what a chain has not taken when it is left stays in the channel", { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(
      capacity,
      fc.array(fc.tuple(fc.constantFrom("web stream", "Node stream"), capacity), { minLength: 1, maxLength: 3 }),
      fc.nat(8),
      fc.nat(8),
      fc.constantFrom("at once", "later", "while a receive waits"),
      async (room, chain, before, limit, when) => {
        await run(
          function* () {
            const ch = chan<number>(room);
            const more = chan<void>();
            const total = before + 5;
            const sender = go(function* () {
              for (let i = 0; i < total; i++) {
                if (i === before) yield* more.recv(); // the chain is left before the last five
                yield* ch.send(i);
              }
              ch.close();
            });
            const [[first, ahead], ...rest] = chain as [[string, number], ...[string, number][]];
            let last = fromReadable<number>(first === "web stream" ? toReadable(ch) : toNodeReadable(ch), {
              capacity: ahead,
            });
            for (const [name, capacity] of rest) last = (links[name] as (typeof links)[string])(last, capacity);
            const taken = yield* receive(last, ["recv"], Math.min(before, limit));
            if (when === "while a receive waits") {
              const waiting = go(() => last.recvOk());
              yield* wait(turns(3));
              last.stop();
              const [value, ok] = yield* waiting.join();
              if (ok) taken.push(value);
            } else {
              if (when === "later") yield* wait(turns(10));
              last.stop();
            }
            go(() => more.send());
            const left = yield* receive(ch, ["recv"], Infinity);
            yield* sender.join();
            // What is missing in between is what the chain had read ahead, which is none where it reads nothing ahead.
            const read = total - left.length;
            expect([...upTo(read), ...left]).toEqual(upTo(total));
            expect(taken).toEqual(upTo(taken.length));
            const atMost = chain.reduce((n, [, c]) => n + c, 0) === 0 && when === "later" ? 0 : Infinity;
            expect(read - taken.length).toBeLessThanOrEqual(atMost);
            expect(left.length).toBeGreaterThanOrEqual(5);
          },
          { leaks: true },
        );
      },
    ),
    { numRuns: 300 },
  );
});
