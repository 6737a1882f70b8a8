/** It has queues that are bounded, even to 0, and no select: the documented way is to race the takes. */
import { Effect, Fiber, Queue, Semaphore } from "effect";
import { CROWD, check, LOCKERS, later, PLACES, type Program, WORKERS, within } from "../program.ts";
import { fiberPrograms } from "../promises/fibers.ts";
import { poolProgram } from "../promises/pools.ts";

const channels = fiberPrograms<Queue.Queue<number>, Effect.Effect<unknown>>({
  make: (capacity) => Queue.bounded<number>(capacity),
  send: (ch, value) => Queue.offer(ch, value),
  recv: (ch) => Queue.take(ch),
  go: (body) => Effect.forkDetach(Effect.gen(body)),
  sleep: (ms) => Effect.sleep(ms),
  run: (body) => Effect.runPromise(Effect.gen(body)),
  select: (chs) => {
    const takes = chs.map((ch) => Queue.take(ch));
    return () => Effect.raceAllFirst(takes);
  },
});

/** Visitors that hold a place over a switch, or over nothing. */
function visits(places: number, visitors: number, n: number, yields: boolean): Promise<void> {
  let count = 0;
  const semaphore = Semaphore.makeUnsafe(places);
  const visit = semaphore.withPermits(1)(
    Effect.gen(function* () {
      if (yields) yield* Effect.yieldNow;
      count++;
    }),
  );
  const visitor = Effect.gen(function* () {
    for (let i = 0; i < n / visitors; i++) yield* visit;
  });
  const all = Effect.all(
    Array.from({ length: visitors }, () => visitor),
    { concurrency: "unbounded" },
  );
  return Effect.runPromise(all).then(() => check(count, n));
}

const memory: Program = async (n, meter) => {
  const all = new Array<Semaphore.Semaphore | null>(n).fill(null);
  meter.empty();
  for (let i = 0; i < n; i++) all[i] = Semaphore.makeUnsafe(1);
  meter.full();
  check(all.length, n);
};

const batch: Program = (n) =>
  Effect.runPromise(
    Effect.gen(function* () {
      let fired = 0;
      const fibers: Fiber.Fiber<void>[] = [];
      for (let i = 0; i < n; i++) {
        fibers.push(
          yield* Effect.forkChild(
            Effect.gen(function* () {
              yield* Effect.sleep(later(i));
              fired++;
            }),
          ),
        );
      }
      yield* Effect.sleep(1);
      yield* Fiber.interruptAll(fibers);
      check(fired, 0);
    }),
  );

const sleepers: Program = (n) =>
  Effect.runPromise(
    Effect.gen(function* () {
      let woken = 0;
      const sleeper = (i: number) =>
        Effect.gen(function* () {
          yield* Effect.sleep(within(i));
          woken++;
        });
      const all = Array.from({ length: n }, (_, i) => sleeper(i));
      yield* Effect.all(all, { concurrency: "unbounded", discard: true });
      check(woken, n);
    }),
  );

export default {
  ...channels,
  mutex: ((n) => visits(1, 1, n, false)) satisfies Program,
  "mutex-contended": ((n) => visits(1, LOCKERS, n, true)) satisfies Program,
  "mutex-memory": memory,
  semaphore: ((n) => visits(PLACES, CROWD, n, true)) satisfies Program,
  pool: poolProgram((n, job) =>
    Effect.runPromise(
      Effect.forEach(
        Array.from({ length: n }, (_, i) => i + 1),
        (i) => Effect.promise(() => job(i)),
        { concurrency: WORKERS },
      ),
    ),
  ),
  "timer-batch": batch,
  sleepers,
};
