/** What a goroutine waits for, out of what an event says. */

import { expect, test } from "vitest";
import { Waits } from "../../src/inspector/model/waits.ts";
import type { AwaitedThing, ToldThing } from "../../src/runtime/types.ts";

const awaited = (verb: string, on: ToldThing | null, what?: string): AwaitedThing => ({
  ...{ verb, on, reason: "", chan: on?.kind === "chan" ? on.id : 0 },
  ...(what !== undefined && { what }),
});
const thing = (kind: string, id: number, run = 0): ToldThing => ({ kind, id, run });

const CASES = [
  [awaited("receive", thing("chan", 7)), ["chan/7"]],
  [awaited("receive", thing("nil chan", 0)), []],
  [awaited("sleep", null), []],
  [awaited("lock", thing("Mutex", 3), 'Mutex 3 "cache"'), ["mutex/3"]],
  [awaited("rlock", thing("RWMutex", 3), "RWMutex 3"), ["rwmutex/3"]],
  [awaited("lock", thing("Once", 3), "Once 3"), ["lock/Once 3"]],
  [awaited("wait", thing("Latch", 3), "Latch 3"), ["lock/Latch 3"]],
  [awaited("acquire", thing("SharedSemaphore", 5), "SharedSemaphore 5"), ["sharedsemaphore/5"]],
  [awaited("wait", thing("SharedWaitGroup", 5), "SharedWaitGroup 5"), ["sharedwaitgroup/5"]],
  [awaited("join", thing("goroutine", 9, 2), "goroutine 2.9"), ["2/9"]],
] as const;

test.each(CASES)("%o", (told, on) => {
  expect(new Waits(0).read(told).on).toEqual(on);
});

test("a select waits for its cases", () => {
  const cases = [CASES[0][0], CASES[2][0], CASES[3][0]];
  expect(new Waits(0).read({ ...awaited("select", null), cases }).on).toEqual(["chan/7", "mutex/3"]);
});

test("channels and locks have a thread's numbers, what is for all threads has its own", () => {
  const cases = [CASES[0][0], CASES[3][0], CASES[7][0]];
  const told = { ...awaited("select", null), cases };
  expect(new Waits(2).read(told).on).toEqual(["chan/7@2", "mutex/3@2", "sharedsemaphore/5"]);
});
