/** The two rule sets of timer channels, each as a table: what every program of `programs.ts` sees under it. */
import { describe, expect, test } from "vitest";
import { deadlocked, virtual } from "../kit/virtual.ts";
import { type Name, programs, stopwatch } from "./programs.ts";

type Table = Record<Name, readonly unknown[] | "blocked">;

/** What both say alike. */
const alike = {
  "a timer gives the time it is due, once": [10, 110, "-"],
  "a receive that comes late gets the time at which it was due": [10, 30],
  "nothing can be received before it is due": ["-", 10],
  "stop before it is due": [true, "-"],
  "stop after a receive": [false, "-"],
  "stop twice": [true, false],
  "reset while it runs": [true, 15, 15],
  "reset after a receive": [false, 20],
  "reset after stop": [false, 30],
  "stop, drain if it says false, reset: while it runs": [true, "nothing", 15, 15],
  "stop, drain if it says false: after a receive": "blocked",
  "drain without blocking, when it was received": [20],
  "stop while somebody waits, then reset": [110, 110],
  "reset to later while somebody waits": [25, 25],
  "reset to sooner while somebody waits": [6, 6],
  "a receive on a stopped timer": "blocked",
  "two wait on one timer: the first gets it": ["a", 10],
  "zero and less is at once": [0, -5, 0],
  "Infinity is never": [true, true, false],
  "a timer beyond the host's limit of 2^31 ms": [2 ** 32],
  "reset of one that was never due": [true, 10],
  "fractions of a millisecond": [0.25],
  "timers of one moment fire in the order they were set": [0, 2, 3, 1],
  "after gives the time once": [10, "-"],
  "after as a timeout that loses, then one that wins": ["work", 5, "timeout", 25],
  "an idle timeout that is reset at each event": ["event", 5, "event", 20, "event", 39, "idle", 59],
  "a debounce with afterFunc": [21, 52],
  "afterFunc calls in a goroutine of its own": [10, 2, 15],
  "afterFunc stopped before it is due": [true, false, 0],
  "afterFunc stopped after it was called": [false, 1],
  "afterFunc reset, before and after it was called": [true, false, 15, 65],
  "the channel of afterFunc is nil": [0, 0, "timeout"],
  "a ticker ticks in its rhythm, whatever each round takes": [10, 20, 30, 40, 43],
  "a slow receiver misses ticks, and the rhythm stays": [10, 35, 40, 40],
  "a receiver that is always slow": [10, 35, 60],
  "a ticker that is stopped ticks no more": ["-"],
  "stopping a ticker does not close its channel": "blocked",
  "reset changes a ticker's period and starts it anew": [16, 20],
  "reset starts a stopped ticker": [110, 120],
  "two wait on one ticker: they take turns": ["a", 10, "b", 20, "a", 30, "b", 40],
  "tick of zero and less is a nil channel": [0, 0, "timeout"],
  "range over tick": [10, 20, 30],
  "a ticker beside another channel in a select": ["tick", 10, "tick", 20, "done", 25],
} as const satisfies Partial<Table>;

const go123: Table = {
  ...alike,
  "a timer's channel has these length and capacity, before and after it is due": [0, 0, 0, 0],
  "stop when it is due and nobody has received": [true, "-", "-"],
  "stop when it is due, its channel looked at before": [true, "-", "-"],
  "reset when it is due and nobody has received": [true, "-", 30, 30],
  "stop, drain if it says false, reset: when it is due": [true, "nothing", 30, 30],
  "a ticker's channel has these length and capacity, before and after a tick": [0, 0, 0, 0],
  "a ticker that is stopped with a tick unread": ["-", "-"],
  "reset of a ticker with a tick unread": ["-", 25],
};

const older: Table = {
  ...alike,
  "a timer's channel has these length and capacity, before and after it is due": [0, 1, 1, 1],
  "stop when it is due and nobody has received": [false, 10, "-"],
  "stop when it is due, its channel looked at before": [false, 10, "-"],
  "reset when it is due and nobody has received": [false, 10, 30, 30],
  "stop, drain if it says false, reset: when it is due": [false, 10, 30, 30],
  "a ticker's channel has these length and capacity, before and after a tick": [0, 1, 1, 1],
  "a ticker that is stopped with a tick unread": [10, "-"],
  "reset of a ticker with a tick unread": [10, 25],
};

const sets: readonly (readonly [name: string, asyncTimerChan: boolean, table: Table])[] = [
  ["Go 1.23's rules", false, go123],
  ["the older rules (asyncTimerChan)", true, older],
];

for (const [rules, asyncTimerChan, table] of sets) {
  describe(rules, () => {
    test.each(Object.entries(table))("%s", async (name, expected) => {
      const program = (): unknown => programs[name as Name](stopwatch());
      if (expected === "blocked") expect(await deadlocked(program, { asyncTimerChan })).toContain("chan receive");
      else expect(await virtual(program, { asyncTimerChan })).toEqual(expected);
    });
  });
}

test("both tables are complete", () => {
  for (const [, , table] of sets) expect(Object.keys(table).sort()).toEqual(Object.keys(programs).sort());
});
