/** What a dead thread leaves behind: nobody waits for it, and nothing is given to it. */
import { go, type Panic, run, select, wait } from "millrace";
import { SharedMutex, SharedSemaphore, sharedChan } from "millrace/threads";
import { afterEach, describe, expect, test } from "vitest";
import { DIRTY, HEAD, LINK, LOCK, RECVQ, STATE, WANTED } from "../../src/threads/memory/layout.ts";
import { Memory, memory } from "../../src/threads/memory/memory.ts";
import { FREE, recordOf } from "../../src/threads/memory/record.ts";
import { recover, stopping } from "../../src/threads/sched/recover.ts";
import { pack } from "../../src/threads/values/slot.ts";
import { turns } from "../kit/turns.ts";
import { type Child, start } from "./kit.ts";

const children: Child[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) await child.stop();
});

const ptrOf = (ch: unknown): number => (ch as { readonly ptr: number }).ptr;

function waiters(queue: number): number {
  let n = 0;
  for (let s = memory.i32[queue] as number; s !== 0; s = memory.i32[s + LINK] as number) n++;
  return n;
}

test("goroutines of a dead thread leave all queues, its mutex is lost, its weight is free", () =>
  run(async () => {
    const ch = sharedChan<number>(0, { name: "jobs" });
    const mu = new SharedMutex();
    const sem = new SharedSemaphore(5);
    const slot = memory.alloc(16) + HEAD;
    pack(slot, { ch, mu, sem }, "given");
    const child = await start("victim.ts", { slot });
    children.push(child);
    expect([waiters(ptrOf(ch) + RECVQ), mu.tryLock(), sem.tryAcquire(1)]).toEqual([9, false, false]);
    const locked = go(async () => {
      try {
        await mu.lock();
      } catch (error) {
        return (error as Panic).code;
      }
      return "locked";
    });
    await turns();
    stopping(child.isolate);
    await child.stop();
    recover(child.isolate);
    expect(waiters(ptrOf(ch) + RECVQ)).toBe(0);
    expect(ch.trySend(1)).toBe(false);
    expect(await locked.join()).toBe("SHARED_LOST");
    expect(() => mu.tryLock()).toThrow("lost with the thread that was using it (SharedMutex)");
    expect(sem.tryAcquire(5)).toBe(true);
  }));

/** A thread that holds the lock of `object` and never gives it back. */
function holder(object: number): number {
  const which = memory.newIsolate();
  const dead = new Memory();
  dead.attach(memory.share(which));
  dead.i32[dead.record + WANTED] = object;
  dead.i32[object + LOCK] = dead.key;
  return which;
}

describe("a thread that died with the lock of a channel", () => {
  const free = (which: number): void => {
    memory.i32[recordOf(which) + STATE] = FREE;
  };

  test("left it whole: it goes on", () =>
    run(function* () {
      const ch = sharedChan<number>(2);
      yield* ch.send(1);
      const which = holder(ptrOf(ch));
      recover(which);
      free(which);
      yield* ch.send(2);
      expect([yield* ch.recv(), yield* ch.recv()]).toEqual([1, 2]);
    }));

  test("whoever comes before it is cleared up takes the lock over", () =>
    run(function* () {
      const ch = sharedChan<number>(2);
      const which = holder(ptrOf(ch));
      stopping(which);
      yield* ch.send(1);
      expect(ch.length).toBe(1);
      recover(which);
      free(which);
    }));

  test("was changing it: whoever waits and whoever comes gets an error", () =>
    run(function* () {
      const ch = sharedChan<number>(0);
      const other = sharedChan<number>(0);
      const outcomes: unknown[] = [];
      const attempt = (op: () => Generator<never, unknown, unknown>) =>
        go(function* () {
          try {
            outcomes.push(yield* op());
          } catch (error) {
            outcomes.push((error as Panic).code);
          }
        });
      const all = [
        attempt(() => ch.recv()[Symbol.iterator]() as never),
        attempt(() => select([ch.recv(), other.recv()])[Symbol.iterator]() as never),
        attempt(() => select([other.recv()])[Symbol.iterator]() as never),
      ];
      yield* wait(turns());
      const which = holder(ptrOf(ch));
      memory.i32[ptrOf(ch) + DIRTY] = 1;
      recover(which);
      free(which);
      yield* wait(turns());
      expect(outcomes).toEqual(["SHARED_LOST", "SHARED_LOST"]);
      for (const use of [() => ch.trySend(1), () => ch.tryRecv(), () => ch.close()]) {
        expect(use).toThrow("lost with the thread that was using it (shared channel)");
      }
      yield* other.send(5);
      for (const g of all) yield* g.join();
      expect(outcomes[2]).toEqual({ index: 0, value: 5 });
    }));
});
