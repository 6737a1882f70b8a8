/** What a goroutine waits for, out of the text of a recorded event. */
import { expect, test } from "vitest";
import { Waits } from "../../src/inspector/model/waits.ts";

const read = (text: string, chan = 0, thread = 0): readonly string[] => new Waits(thread).read(text, chan).on;

test.each([
  ["chan receive", 7, ["chan/7"]],
  ["chan receive (nil chan)", 0, []],
  ["sleep", 0, []],
  ["sync.Mutex.Lock Mutex 3", 0, ["mutex/3"]],
  ["sync.RWMutex.RLock RWMutex 3", 0, ["rwmutex/3"]],
  ["sync.Mutex.Lock cache", 0, ["lock/cache"]],
  ["semacquire", 5, ["sharedsemaphore/5"]],
  ["sync.WaitGroup.Wait", 5, ["sharedwaitgroup/5"]],
  ["join goroutine 2.9", 0, ["2/9"]],
  ["select: chan receive #3, chan send #4, sync.Cond.Wait Cond 1, sleep", 0, ["chan/3", "chan/4", "cond/1"]],
] as const)("%s #%i", (text, chan, on) => {
  expect(read(text, chan)).toEqual(on);
});

test("channels and locks have a thread's numbers, what is for all threads has its own", () => {
  expect(read("select: chan receive #3, sync.Mutex.Lock Mutex 1, semacquire #5", 0, 2)).toEqual([
    "chan/3@2",
    "mutex/1@2",
    "sharedsemaphore/5",
  ]);
});
