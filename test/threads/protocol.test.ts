/**
 * No wake-up is lost and no message, in any interleaving: the library's own code, exhaustively.
 *
 * The faulty protocols at the end are there to show that the search finds what it looks for.
 */
import { afterAll, describe, expect, test, vi } from "vitest";
import { type End, type Explored, Interleave } from "./interleave.ts";

const sim = new Interleave();
// Before the modules are loaded, because they take hold of it.
vi.stubGlobal("Atomics", sim.atomics);
afterAll(() => vi.unstubAllGlobals());
const { Isolate, wake } = await import("../../src/threads/memory/isolate.ts");
const { KIND } = await import("../../src/threads/memory/layout.ts");
const { memory, push } = await import("../../src/threads/memory/memory.ts");
const { LAYOUT, LINK } = await import("../../src/threads/memory/layout.ts");
const { recordOf, RUNNING, PARKED } = await import("../../src/threads/memory/record.ts");
const { ALERTS, INBOX, PARK } = await import("../../src/threads/memory/layout.ts");
type Isolate = InstanceType<typeof Isolate>;

const buffer = new SharedArrayBuffer(8);
new Int32Array(buffer)[LAYOUT] = 2;
memory.attach({ buffer, isolate: 0 });
memory.i32 = sim.i32;

/** The kind of the messages here. */
const LETTER = 5;
const SLEEPER = 0;
const inbox = recordOf(SLEEPER) + INBOX;
const park = recordOf(SLEEPER) + PARK;

/** The body of a thread that is isolate `self`. */
function thread(self: number, body: (isolate: Isolate) => void): () => void {
  return () => {
    memory.self = self;
    memory.record = recordOf(self);
    body(new Isolate());
  };
}

/** A thread that has nothing to do but what it is sent. */
const sleeper = thread(SLEEPER, (isolate) => {
  isolate.on(LETTER, (message) => sim.note(message));
  isolate.idle();
});

/** A thread that sends those messages to the sleeper. */
const sender = (self: number, ...messages: number[]): (() => void) =>
  thread(self, (isolate) => {
    for (const message of messages) isolate.post(SLEEPER, message);
  });

/** Messages, which are blocks: their kind is written before they are sent. */
function letters(...messages: number[]): [number, number][] {
  return messages.map((message) => [message + KIND, LETTER]);
}

/** The sleeper has got everything, in the order in which each sender sent, and sleeps so that the next one wakes it. */
function allArrived(...sent: number[][]): (end: End) => void {
  return ({ notes, read }) => {
    const got = notes[SLEEPER] as number[];
    expect([...got].sort()).toEqual(sent.flat().sort());
    for (const of of sent) expect(got.filter((message) => of.includes(message))).toEqual(of);
    expect(read(inbox)).toBe(0);
    expect(read(park)).toBe(PARKED);
  };
}

/** How much was searched: if this changes, so has the protocol. */
function report(name: string, { states, ends }: Explored): void {
  expect(ends, name).toBeGreaterThan(0);
  expect(states, name).toBeGreaterThan(50);
}

describe("a thread that sleeps in its event loop", () => {
  test("gets the message of another", () => {
    report("one", sim.explore([sleeper, sender(1, 9000)], allArrived([9000]), { memory: letters(9000) }));
  });

  test("gets two of one thread, in order", () => {
    const sent = [9000, 9100];
    report("two of one", sim.explore([sleeper, sender(1, ...sent)], allArrived(sent), { memory: letters(...sent) }));
  });

  test("gets those of two threads at once", () => {
    report(
      "two",
      sim.explore([sleeper, sender(1, 9000), sender(2, 9100)], allArrived([9000], [9100]), {
        memory: letters(9000, 9100),
      }),
    );
  });

  test("gets them while it looks before it sleeps", () => {
    const busy = thread(SLEEPER, (isolate) => {
      isolate.on(LETTER, (message) => sim.note(message));
      isolate.poll();
      isolate.idle();
    });
    report(
      "busy",
      sim.explore([busy, sender(1, 9000, 9100)], allArrived([9000, 9100]), { memory: letters(9000, 9100) }),
    );
  });
});

test("a thread that was asleep, has something to do for itself, and goes to sleep again, gets them", () => {
  const busyBetween = thread(SLEEPER, (isolate) => {
    isolate.on(LETTER, (message) => sim.note(message));
    isolate.idle();
    isolate.poll(); // a turn that the host has begun: the wait from before is still under way
    isolate.idle();
  });
  report(
    "between",
    sim.explore([busyBetween, sender(1, 9000, 9100)], allArrived([9000, 9100]), {
      memory: letters(9000, 9100),
      preemptions: 3,
    }),
  );
});

describe("an alert", () => {
  const alerted = thread(SLEEPER, (isolate) => {
    isolate.onAlert(1, () => sim.note("over"));
    isolate.onAlert(2, () => sim.note("stop"));
    isolate.on(LETTER, (message) => sim.note(message));
    isolate.idle();
  });
  const alerts = (self: number, ...bits: (1 | 2)[]): (() => void) =>
    thread(self, (isolate) => {
      for (const bit of bits) isolate.alert(SLEEPER, bit);
    });
  /** Each was noted at least once, none after the last word of it was taken. */
  const heard =
    (...what: unknown[]) =>
    ({ notes, read }: End): void => {
      expect(new Set(notes[SLEEPER])).toEqual(new Set(what));
      expect([read(recordOf(SLEEPER) + ALERTS), read(inbox), read(park)]).toEqual([0, 0, PARKED]);
    };

  test("reaches a thread that sleeps, or is about to", () => {
    report("alert", sim.explore([alerted, alerts(1, 1)], heard("over")));
  });

  test("and another of another thread, at once", () => {
    report("two alerts", sim.explore([alerted, alerts(1, 1), alerts(2, 2)], heard("over", "stop")));
  });

  test("beside a message", () => {
    report(
      "alert and letter",
      sim.explore([alerted, alerts(1, 1), sender(2, 9000)], heard("over", 9000), { memory: letters(9000) }),
    );
  });
});

describe("faults are found:", () => {
  const lost = (body: (isolate: Isolate) => void, sends: () => void = sender(1, 9000)): (() => Explored) => {
    const careless = thread(SLEEPER, (isolate) => {
      isolate.on(LETTER, (message) => sim.note(message));
      body(isolate);
    });
    return () => sim.explore([careless, sends], allArrived([9000]), { memory: letters(9000) });
  };
  const sleep = (isolate: Isolate): void => {
    const { async, value } = (
      sim.atomics.waitAsync as (
        i32: Int32Array,
        at: number,
        value: number,
      ) => { async: boolean; value: PromiseLike<string> }
    )(sim.i32, park, PARKED);
    if (async) value.then(() => void isolate.poll());
  };

  test("the inbox is looked at before the thread says that it sleeps", () => {
    expect(
      lost((isolate) => {
        if (isolate.poll()) return;
        sim.atomics.store(sim.i32, park, PARKED);
        sleep(isolate);
      }),
    ).toThrow();
  });

  test("whoever posts looks whether the thread sleeps before it pushes", () => {
    const hasty = thread(1, () => {
      const asleep = sim.atomics.load(sim.i32, park) === PARKED;
      push(sim.i32, inbox, 9000);
      if (asleep) wake(sim.i32, park);
    });
    expect(lost((isolate) => isolate.idle(), hasty)).toThrow();
  });

  test("whoever posts does not notify", () => {
    const silent = thread(1, () => {
      push(sim.i32, inbox, 9000);
      sim.atomics.store(sim.i32, park, RUNNING);
    });
    expect(lost((isolate) => isolate.idle(), silent)).toThrow();
  });

  test("two push without a compare-and-swap", () => {
    const pushes = (self: number, message: number): (() => void) =>
      thread(self, () => {
        sim.i32[message + LINK] = sim.i32[inbox] as number;
        sim.i32[inbox] = message;
        wake(sim.i32, park);
      });
    expect(() =>
      sim.explore([sleeper, pushes(1, 9000), pushes(2, 9100)], allArrived([9000], [9100]), {
        memory: letters(9000, 9100),
      }),
    ).toThrow();
  });
});
