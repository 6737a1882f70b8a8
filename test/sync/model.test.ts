/**
 * Locks and semaphores against a naive model: random programs of acquiring, releasing, trying and giving up. After every
 * command the same acquisitions must have gone through, in the same order, and trying must give the same answers.
 */

import fc from "fast-check";
import { type Chan, chan, go, type Op, run, runtime, select, wait } from "millrace";
import { Mutex, RWMutex, Semaphore, WaitGroup } from "millrace/sync";
import { expect, test } from "vitest";

/** A share of a resource: how much of it, where a writer takes all of it. */
type Want = number;

/** The naive resource: so much of it, an array of who waits, and everything tried again after every change. */
class Model {
  used = 0;
  queue: { id: number; alternative: number; want: Want }[] = [];
  readonly size: number;
  readonly granted: string[] = [];
  readonly held: Want[] = [];

  constructor(size: number) {
    this.size = size;
  }

  acquire(id: number, wants: readonly Want[]): void {
    for (const [alternative, want] of wants.entries()) {
      if (!this.try(want)) continue;
      this.granted.push(`${id}.${alternative}`);
      return;
    }
    this.queue.push(...wants.map((want, alternative) => ({ id, alternative, want })));
  }

  try(want: Want): boolean {
    if (this.queue.some((w) => w.want <= this.size) || this.used + want > this.size) return false;
    this.used += want;
    this.held.push(want);
    return true;
  }

  cancel(id: number): void {
    this.queue = this.queue.filter((w) => w.id !== id);
    this.grant();
  }

  release(want: Want): void {
    this.used -= want;
    this.held.splice(this.held.indexOf(want), 1);
    this.grant();
  }

  grant(): void {
    for (;;) {
      const head = this.queue.find((w) => w.want <= this.size);
      if (head === undefined || this.used + head.want > this.size) return;
      this.queue = this.queue.filter((w) => w.id !== head.id);
      this.used += head.want;
      this.held.push(head.want);
      this.granted.push(`${head.id}.${head.alternative}`);
    }
  }
}

/** The real one, in the model's terms. */
interface Subject {
  acquire(want: Want): Op<unknown>;
  try(want: Want): boolean;
  release(want: Want): void;
}

type Command =
  | { readonly kind: "acquire"; readonly wants: readonly Want[]; readonly plain: boolean; readonly style: boolean }
  | { readonly kind: "try"; readonly want: Want }
  | { readonly kind: "release"; readonly which: number }
  | { readonly kind: "cancel"; readonly which: number };

function commands(wants: readonly Want[]): fc.Arbitrary<Command[]> {
  const want = fc.constantFrom(...wants);
  return fc.array(
    fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({
          kind: fc.constant("acquire" as const),
          wants: fc.array(want, { minLength: 1, maxLength: 2 }),
          plain: fc.boolean(),
          style: fc.boolean(),
        }),
      },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant("try" as const), want }) },
      { weight: 3, arbitrary: fc.record({ kind: fc.constant("release" as const), which: fc.nat(20) }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant("cancel" as const), which: fc.nat(20) }) },
    ),
    { maxLength: 40 },
  );
}

/** What runs when must not depend on the clock: on a slow machine a slice ends early, and `settle` would not be enough. */
const SEEDED = { seed: 1 };

function* settle() {
  for (let i = 0; i < 3; i++) {
    yield* runtime.gosched();
    yield* wait(Promise.resolve()); // for those that await
  }
}

async function compare(program: readonly Command[], size: number, make: () => Subject): Promise<void> {
  await run(function* () {
    const subject = make();
    const model = new Model(size);
    const granted: string[] = [];
    const quits: Chan<void>[] = [];
    for (const command of program) {
      if (command.kind === "acquire") {
        const id = quits.length;
        const wants = command.plain ? command.wants.slice(0, 1) : command.wants;
        const quit = chan<void>();
        quits.push(quit);
        model.acquire(id, wants);
        const ops = wants.map((want) => subject.acquire(want));
        if (command.plain) {
          const op = ops[0] as Op<unknown>;
          const got = () => void granted.push(`${id}.0`);
          if (command.style)
            go(function* () {
              yield* op;
              got();
            });
          else
            go(async () => {
              await op;
              got();
            });
        } else {
          go(function* () {
            const s = yield* select([...ops, quit.recv()], { order: "listed" });
            if (s.index < ops.length) granted.push(`${id}.${s.index}`);
          });
        }
      } else if (command.kind === "try") {
        expect(subject.try(command.want)).toBe(model.try(command.want));
      } else if (command.kind === "release") {
        const want = model.held[command.which % Math.max(1, model.held.length)];
        if (want === undefined) continue;
        model.release(want);
        subject.release(want);
      } else {
        const at = command.which % Math.max(1, quits.length);
        // A plain acquisition can't give up: nobody listens.
        if (quits[at]?.trySend() === true) model.cancel(at);
      }
      yield* settle();
      expect([...granted].sort()).toEqual([...model.granted].sort());
    }
    // Everything given back, and all who still wait with it: then it is whole again.
    for (const [at, quit] of quits.entries()) if (quit.trySend()) model.cancel(at);
    yield* settle();
    while (model.held.length > 0) {
      const want = model.held[0] as Want;
      model.release(want);
      subject.release(want);
      yield* settle();
    }
    expect([...granted].sort()).toEqual([...model.granted].sort());
    if (model.queue.length === 0) expect(subject.try(size)).toBe(true);
  }, SEEDED);
}

const numRuns = 300;

test("Mutex", () =>
  fc.assert(
    fc.asyncProperty(commands([1]), (program) =>
      compare(program, 1, () => {
        const mu = new Mutex();
        return { acquire: () => mu.lock(), try: () => mu.tryLock(), release: () => mu.unlock() };
      }),
    ),
    { numRuns },
  ));

test("RWMutex", () => {
  const all = 1000; // a writer wants all of it, a reader 1
  return fc.assert(
    fc.asyncProperty(commands([1, all]), (program) =>
      compare(program, all, () => {
        const mu = new RWMutex();
        return {
          acquire: (want) => (want === all ? mu.lock() : mu.rLock()),
          try: (want) => (want === all ? mu.tryLock() : mu.tryRLock()),
          release: (want) => (want === all ? mu.unlock() : mu.rUnlock()),
        };
      }),
    ),
    { numRuns },
  );
});

test("Semaphore", () =>
  fc.assert(
    fc.asyncProperty(commands([1, 2, 3, 5]), (program) =>
      compare(program, 4, () => {
        const sem = new Semaphore(4);
        return {
          acquire: (want) => sem.acquire(want),
          try: (want) => sem.tryAcquire(want),
          release: (want) => sem.release(want),
        };
      }),
    ),
    { numRuns },
  ));

test("WaitGroup", () =>
  fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom("add", "done", "wait", "select", "quit"), { maxLength: 40 }), (program) =>
      run(function* () {
        const wg = new WaitGroup();
        let count = 0;
        let returned = 0;
        let waiting = 0;
        let expected = 0;
        const quits: Chan<void>[] = [];
        for (const command of program) {
          if (command === "add" || command === "done") {
            const delta = command === "add" ? 1 : -1;
            count += delta;
            if (count < 0) expect(() => wg.add(delta)).toThrow("sync: negative WaitGroup counter");
            else wg.add(delta);
            if (count === 0) {
              expected += waiting;
              waiting = 0;
              quits.length = 0;
            }
          } else if (command === "quit") {
            if (quits.shift()?.trySend() === true) waiting--;
          } else {
            const quit = chan<void>();
            if (count !== 0) waiting++;
            else expected++;
            if (count !== 0 && command === "select") quits.push(quit);
            go(function* () {
              if (command === "wait") yield* wg.wait();
              else if ((yield* select({ all: wg.wait(), quit: quit.recv() })).case === "quit") return;
              returned++;
            });
          }
          yield* settle();
          expect(returned).toBe(expected);
        }
      }, SEEDED),
    ),
    { numRuns },
  ));
