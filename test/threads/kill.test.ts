/**
 * Threads that are killed at any moment, most of the time inside a lock: what they used is whole afterwards, or says that it
 * was lost; nobody waits for ever. `MILLRACE_KILLS=1000 npx vitest run test/threads/kill.test.ts` kills more.
 */
import { setTimeout } from "node:timers/promises";
import { type Go, type Goroutine, go, type Panic, run, select, wait } from "millrace";
import { SharedMutex, SharedSemaphore, SharedWaitGroup, sharedChan } from "millrace/threads";
import { expect, test } from "vitest";
import { m } from "../../src/runtime/m.ts";
import { HEAD, STATE } from "../../src/threads/memory/layout.ts";
import { memory } from "../../src/threads/memory/memory.ts";
import { FREE, recordOf } from "../../src/threads/memory/record.ts";
import { recover, stopping } from "../../src/threads/sched/recover.ts";
import { pack } from "../../src/threads/values/slot.ts";
import type { Struck } from "./hammer.ts";
import { start } from "./kit.ts";

/** Milliseconds for one of them, on a slow machine. */
const LONG = 40_000;
const KILLS = Number(process.env.MILLRACE_KILLS ?? 6);

const turn = () => wait(setTimeout(0));

/** What comes of `op`: "done", or the code of its panic. */
function* outcome(op: () => unknown): Go<string> {
  try {
    const value = op();
    if (typeof value === "object" && value !== null && Symbol.iterator in value) yield* value as Go<unknown>;
    return "done";
  } catch (error) {
    const { code } = error as Panic;
    if (code === undefined) throw error;
    return code;
  }
}

/** Goroutines that wait on everything, or take part for as long as it goes. */
function waiters({ ch, mu, sem, wg }: Struck): Goroutine<string>[] {
  const other = sharedChan<number>();
  const loops: (() => Go<void>)[] = [
    function* () {
      for (;;) if (!(yield* ch.recvOk())[1]) return;
    },
    function* () {
      for (;;) if (!(yield* select([ch.recvOk(), other.recvOk()])).value[1]) return;
    },
    function* () {
      yield* mu.lock();
      mu.unlock();
    },
    function* () {
      yield* sem.acquire(4);
      sem.release(4);
    },
    () => wg.wait() as never,
  ];
  return loops.map((loop) => go(() => outcome(loop)));
}

/** One that is whole does all it should. */
function* check({ ch, mu, sem, wg }: Struck, seen: string[]): Go<void> {
  seen.push(
    yield* outcome(function* () {
      while (ch.tryRecv()?.[1]);
      expect(ch.length).toBe(0);
      for (let i = 0; i < 4; i++) expect(ch.trySend({ i })).toBe(true);
      expect(ch.trySend(4)).toBe(false);
      for (let i = 0; i < 4; i++) expect(yield* ch.recv()).toEqual({ i });
    }),
    yield* outcome(function* () {
      yield* mu.lock();
      mu.unlock();
    }),
    yield* outcome(function* () {
      yield* sem.acquire(4);
      sem.release(4);
      expect(sem.tryAcquire(5)).toBe(false);
    }),
    yield* outcome(() => {
      wg.add(1);
      wg.done();
    }),
  );
}

/** Fails after a while, and says who waits for what. */
async function stuck(kill: number): Promise<never> {
  await setTimeout(LONG, undefined, { ref: false });
  const waiting = [...m.runs].flatMap((p) => p.info()).map(({ name, reason }) => `${name}: ${reason}`);
  throw new Error(`kill ${kill} is not over after ${LONG} ms:\n${waiting.join("\n")}`);
}

test(`${KILLS} threads killed inside locks`, { timeout: KILLS * LONG }, async () => {
  const tally: Record<string, number> = {};
  for (let kill = 0; kill < KILLS; kill++) {
    const killed = run(function* () {
      const all: Struck = {
        ch: sharedChan<unknown>(4),
        mu: new SharedMutex(),
        sem: new SharedSemaphore(4),
        wg: new SharedWaitGroup(),
      };
      const slot = memory.alloc(16) + HEAD;
      pack(slot, all, "given");
      const child = yield* wait(start("hammer.ts", { slot }));
      const goroutines = waiters(all);
      for (let turns = kill % 7; turns >= 0; turns--) yield* turn();
      stopping(child.isolate);
      yield* wait(child.stop());
      recover(child.isolate);
      memory.i32[recordOf(child.isolate) + STATE] = FREE;
      // Nobody sends any more: whoever waits goes on with the close, or with the news that it is lost.
      const seen: string[] = [yield* outcome(() => all.ch.close())];
      // Killed between its add and its done, it left a counter that nobody will bring down.
      if ((yield* outcome(() => all.wg.done())) === "NEGATIVE_WAITGROUP") all.wg.add(1);
      for (const g of goroutines) seen.push(yield* g.join());
      // What comes afterwards must be as good as new, too.
      yield* check({ ...all, ch: seen[0] === "done" ? sharedChan<unknown>(4) : all.ch }, seen);
      return seen;
    });
    const seen = await Promise.race([killed, stuck(kill)]);
    for (const each of seen) tally[each] = (tally[each] ?? 0) + 1;
  }
  console.log(tally);
  const { done = 0, SHARED_LOST: lost = 0, ...others } = tally;
  expect(others).toEqual({});
  expect(done).toBeGreaterThan(lost);
});
