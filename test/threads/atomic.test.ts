/**
 * A select looks at all of its shared cases at one moment, in any interleaving with another thread: the library's own code,
 * exhaustively. The first thread selects, the other one changes what it selects from.
 */
import { afterAll, describe, expect, test, vi } from "vitest";
import type { Operation } from "../../src/runtime/op.ts";
import type { Op } from "../../src/runtime/types.ts";
import type { Waiter as AnyWaiter, Proxies } from "../../src/runtime/waiter.ts";
import { type End, Interleave } from "./interleave.ts";
import { threaded } from "./program.ts";

const sim = new Interleave();
const real = Atomics;
/** The host's for memory that is real, and the explored one's for that. Before the modules are loaded that take hold of it. */
const both = Object.getOwnPropertyNames(real).map((name) => {
  const of = (all: object) => Reflect.get(all, name) as (...args: unknown[]) => unknown;
  return [name, (...args: unknown[]) => of(args[0] === sim.i32 ? sim.atomics : real)(...args)] as const;
});
vi.stubGlobal("Atomics", Object.fromEntries(both));
afterAll(() => vi.unstubAllGlobals());

/** A clock would tell the same thread something else each time, and to look at a lock many times shows nothing new. */
vi.mock("../../src/runtime/host.ts", async (original) => ({
  ...(await original<typeof import("../../src/runtime/host.ts")>()),
  monotonic: () => 0,
  processors: () => 1,
}));

/** What a thread keeps outside of shared memory it makes anew each time it is run. */
vi.mock("../../src/threads/shared/waiting.ts", async (original) => {
  const module = await original<typeof import("../../src/threads/shared/waiting.ts")>();
  let { waiting } = module;
  const renew = (): void => {
    waiting = new module.Waiting();
  };
  return {
    ...module,
    renew,
    get waiting() {
      return waiting;
    },
  };
});

const { select } = await import("millrace");
const { SharedMutex, sharedChan } = await import("millrace/threads");
const { NO } = await import("../../src/runtime/op.ts");
const { renew } = (await import("../../src/threads/shared/waiting.ts")) as unknown as { renew(): void };
const { rivals, Waiter } = await import("../../src/runtime/waiter.ts");
const { INBOX, LOCK, QCOUNT, RECVQ, SUDOG_STATE } = await import("../../src/threads/memory/layout.ts");
const { memory } = await import("../../src/threads/memory/memory.ts");
const { keyOf, recordOf } = await import("../../src/threads/memory/record.ts");
const { freeSudog, newSudog, SERVED } = await import("../../src/threads/shared/sudog.ts");

memory.reserve(2 ** 21);
const a = sharedChan<number>(1);
const b = sharedChan<number>(1);
const other = sharedChan<number>();
const mu = new SharedMutex();
const ptr = (ch: unknown): number => (ch as { ptr: number }).ptr;
const OTHER = memory.newIsolate();

/** Makes this thread that isolate. */
function be(isolate: number): void {
  memory.self = isolate;
  memory.record = recordOf(isolate);
  memory.key = keyOf(isolate, 1);
  rivals.live = 0;
  renew();
}

/** What is in memory, after `setUp`; each thread has some sudogs, so that none needs new memory. */
function prepared(setUp: () => void): [number, number][] {
  for (const isolate of [OTHER, 0]) {
    be(isolate);
    for (const s of [1, 2, 3].map(() => newSudog(ptr(other), RECVQ))) freeSudog(s);
  }
  setUp();
  return [...memory.i32.entries()].filter(([, word]) => word !== 0);
}

/** Explores what the first thread and the other one do, from what `setUp` leaves. */
function explore(setUp: () => void, first: () => void, second: () => void, check: (end: End) => void): void {
  const words = memory.i32;
  const begin = prepared(setUp);
  memory.i32 = sim.i32;
  try {
    const bodies = [first, second].map((body, at) => () => {
      be(at === 0 ? 0 : OTHER);
      body();
    });
    const { ends, states } = sim.explore(bodies, check, { memory: begin, preemptions: 2 });
    expect(ends).toBeGreaterThan(0);
    expect(states).toBeGreaterThan(50);
  } finally {
    memory.i32 = words;
    be(0);
    for (const ch of [a, b]) while (ch.tryRecv() !== undefined);
  }
}

/** A select that does not wait, in order, so that it does the same each time. */
function polls(cases: Record<string, Op<unknown>>): () => void {
  return () => {
    const op = select({ ...cases, default: true }, { order: "listed" }) as unknown as Operation<{
      readonly case: string;
    }>;
    sim.note((op.attempt() as { readonly case: string }).case);
  };
}

/** Which cases that select takes, in all interleavings with `second`. */
function taken(setUp: () => void, cases: Record<string, Op<unknown>>, second: () => void): Set<unknown> {
  const seen = new Set<unknown>();
  explore(setUp, polls(cases), second, ({ notes }) => seen.add(notes[0]?.[0]));
  return seen;
}

describe("`default` is not taken while there was always a case that is ready:", () => {
  test("a channel or another had a value", () => {
    const cases = { b: b.recvOk(), a: a.recv() };
    const seen = taken(
      () => void a.trySend(1),
      cases,
      () => {
        b.trySend(2);
        a.tryRecv();
      },
    );
    expect(seen).toEqual(new Set(["a", "b"]));
  });

  test("a channel had a value, or another had room", () => {
    const seen = taken(
      () => {
        a.trySend(1);
        b.trySend(1);
      },
      { b: b.send(2), a: a.recv() },
      () => {
        b.tryRecv();
        a.tryRecv();
      },
    );
    expect(seen).toEqual(new Set(["a", "b"]));
  });

  test("a channel had a value, or a lock was free", () => {
    const seen = taken(
      () => {
        a.trySend(1);
        mu.tryLock();
      },
      { lock: mu.lock(), a: select([a.recv()]) },
      () => {
        mu.unlock();
        a.tryRecv();
      },
    );
    expect(seen).toEqual(new Set(["a", "lock"]));
  });
});

test("`default` is taken where no case was ready for a moment", () => {
  const seen = taken(
    () => void a.trySend(1),
    { b: b.recv(), a: a.recv() },
    () => {
      a.tryRecv();
      b.trySend(2);
    },
  );
  expect(seen).toEqual(new Set(["a", "b", "default"]));
});

test("a select that waits on several is not forgotten by a thread that sends meanwhile", () => {
  let [served, sent] = [0, 0];
  explore(
    () => {},
    () => {
      const op = select([a.recv(), b.recv()], { order: "listed" }) as Operation<unknown>;
      if (op.attempt() === NO) op.enqueue(new Parked());
      else sim.note("at once");
    },
    () => sim.note(b.trySend(1)),
    ({ notes, read }) => {
      expect(notes[1]).toEqual([true]);
      const at = read(recordOf(0) + INBOX);
      if (at !== 0) {
        expect(read(at + SUDOG_STATE)).toBe(SERVED);
        served++;
      } else expect(notes[0]).toEqual(["at once"]);
      expect([read(ptr(b) + QCOUNT), read(ptr(a) + LOCK), read(ptr(b) + LOCK)]).toEqual([0, 0, 0]);
      sent++;
    },
  );
  expect([served > 0, sent > served]).toEqual([true, true]);
});

test("on threads, too", async () => {
  const { code, stdout, stderr } = await threaded("select-default", ["200"]);
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: "a,b\n", stderr: "" });
});

/** Whatever waits. */
class Parked extends Waiter {
  override prev: AnyWaiter | null = null;
  override next: AnyWaiter | null = null;
  override value: unknown = undefined;
  override proxies: Proxies = null;
  override complete(): void {
    sim.note("at once");
  }
  override fail(error: unknown): void {
    throw error;
  }
}
