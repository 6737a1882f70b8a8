/** Who decides what a panic ends: `onPanic` of a run, `runtime.onPanic` of the default one, and what a join gives then. */
import { chan, type Go, go, type PanicHandler, type PanickedGoroutine, run, runtime, select } from "millrace";
import { Mutex } from "millrace/sync";
import { afterEach, describe, expect, test, vi } from "vitest";
import { turns } from "../kit/turns.ts";

interface Told {
  readonly error: unknown;
  readonly goroutine: PanickedGoroutine;
}

/** A handler that notes what it is told, and what it answers. */
function noting(answer: ReturnType<PanicHandler>): { told: Told[]; onPanic: PanicHandler } {
  const told: Told[] = [];
  return {
    told,
    onPanic: (error, goroutine) => {
      told.push({ error, goroutine });
      return answer;
    },
  };
}

const boom = new Error("boom");
function* fails(): Generator<never, never> {
  throw boom;
}

describe("a run's handler", () => {
  test("gets the error and the goroutine: its number, name, stack, and who started it", async () => {
    const { told, onPanic } = noting("goroutine");
    await run(
      function* main() {
        const g = go(function* parent() {
          const child = go(function* worker() {
            yield* runtime.gosched();
            throw new Error("lost");
          });
          yield* select({ joined: child.join(), default: true });
          yield* runtime.gosched();
          yield* runtime.gosched();
        });
        yield* g.join();
      },
      { onPanic, debug: true },
    );
    expect(told).toHaveLength(1);
    const { error, goroutine } = told[0] as Told;
    expect((error as Error).message).toBe("lost");
    expect(goroutine).toMatchObject({ id: 3, name: "worker", createdBy: { id: 2, name: "parent" } });
    expect(goroutine.stack).toMatch(/^worker\(\)\n\t.*on-panic\.test\.ts:\d+:\d+$/);
    expect(goroutine.createdBy?.site).toMatch(/on-panic\.test\.ts:\d+:\d+$/);
  });

  test("may let the goroutine alone end: its joins throw, those that wait and those that come later", async () => {
    const { told, onPanic } = noting("goroutine");
    const caught: unknown[] = [];
    await run(
      function* () {
        const bodies: (() => unknown)[] = [
          fails,
          async () => Promise.reject(boom),
          () => fails().next(),
          () => chan<never>().recv(),
        ];
        for (const body of bodies.slice(0, 3)) {
          const g = go(body);
          for (const when of ["waiting", "later", "later"]) {
            try {
              if (when === "waiting") yield* g.join();
              else yield* select({ ended: g.join() });
            } catch (error) {
              caught.push(error);
            }
          }
          expect(runtime.numGoroutine()).toBe(1);
        }
      },
      { onPanic },
    );
    expect(caught).toEqual(Array.from({ length: 9 }, () => boom));
    expect(told.map(({ goroutine }) => goroutine.id)).toEqual([2, 3, 4]);
  });

  test("several joins of one goroutine throw, in the order they came", async () => {
    const order: string[] = [];
    await run(
      function* () {
        const gate = chan<void>();
        const g = go(function* () {
          yield* gate.recv();
          throw boom;
        });
        const all = ["a", "b", "c"].map((name) =>
          go(function* () {
            try {
              yield* g.join();
            } catch (error) {
              order.push(`${name} ${(error as Error).message}`);
            }
          }),
        );
        yield* runtime.gosched();
        gate.close();
        for (const each of all) yield* each.join();
      },
      { onPanic: () => "goroutine" },
    );
    expect(order).toEqual(["a boom", "b boom", "c boom"]);
  });

  test.for([["run"], [undefined]] as const)("that answers %s lets the run end as without it", async ([answer]) => {
    const { told, onPanic } = noting(answer);
    const failed = run(
      function* () {
        const g = go(fails);
        yield* g.join();
      },
      { onPanic },
    );
    await expect(failed).rejects.toBe(boom);
    expect(told).toHaveLength(1);
  });

  test("is not asked about main, whose error the run rejects with, nor about a fatal error", async () => {
    const { told, onPanic } = noting("goroutine");
    await expect(run(fails, { onPanic })).rejects.toBe(boom);
    const fatal = run(
      function* () {
        const g = go(() => new Mutex().unlock());
        yield* g.join();
      },
      { onPanic },
    );
    await expect(fatal).rejects.toMatchObject({ code: "UNLOCK_OF_UNLOCKED" });
    expect(told).toEqual([]);
  });

  test("that throws loses neither error; one that throws the error itself lets the run end", async () => {
    const own = new Error("the handler's");
    const program = function* (): Go {
      const g = go(fails);
      yield* g.join();
    };
    const onPanic = (): never => {
      throw own;
    };
    const error = await run(program, { onPanic }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AggregateError);
    expect((error as AggregateError).errors).toEqual([boom, own]);
    const rethrown = run(program, {
      onPanic: (thrown) => {
        throw thrown;
      },
    });
    await expect(rethrown).rejects.toBe(boom);
  });

  test("that is async or answers something else is told so, beside the error", async () => {
    const program = function* (): Go {
      const g = go(fails);
      yield* g.join();
    };
    for (const [answer, shown] of [
      [Promise.resolve("goroutine"), "a Promise"],
      [true, "true"],
    ] as const) {
      // @ts-expect-error: no such answer
      const error = await run(program, { onPanic: () => answer }).catch((thrown: unknown) => thrown);
      expect((error as AggregateError).errors).toMatchObject([
        boom,
        { message: `onPanic: the handler must return "goroutine", "run" or nothing, got ${shown}` },
      ]);
    }
    // @ts-expect-error: no handler
    await expect(run(program, { onPanic: "goroutine" })).rejects.toThrow(
      'run: onPanic: expected a function (error, goroutine) => "goroutine" | "run", got "goroutine"',
    );
  });

  test("that ends the run itself has the last word, and is told of nothing after it", async () => {
    const stop = new AbortController();
    const { told, onPanic } = noting("goroutine");
    const failed = run(
      function* () {
        for (let i = 0; i < 3; i++) go(fails);
        yield* chan<never>().recv();
      },
      {
        signal: stop.signal,
        onPanic: (error, goroutine) => {
          stop.abort(new Error("stopped"));
          return onPanic(error, goroutine);
        },
      },
    );
    await expect(failed).rejects.toThrow("stopped");
    expect(told).toHaveLength(1);
  });

  test("of a run that has exited its main: when the last goroutine has panicked it is a deadlock", async () => {
    const exited = run(
      function* () {
        go(fails);
        yield* runtime.goexit();
      },
      { onPanic: () => "goroutine" },
    );
    await expect(exited).rejects.toMatchObject({ code: "DEADLOCK" });
  });
});

describe("the default run", () => {
  afterEach(() => {
    runtime.onPanic(undefined);
  });

  test("gives an error to those who join, at once or after an await, and to nothing else", async () => {
    const { told, onPanic } = noting("goroutine");
    runtime.onPanic(onPanic);
    await expect(go(fails).join()).rejects.toBe(boom);
    const g = go(fails);
    await expect(Promise.all([g.join(), g.join()])).rejects.toBe(boom);
    await Promise.resolve();
    await expect(g.join()).rejects.toBe(boom);
    const gate = chan<void>();
    const parked = go(function* () {
      yield* gate.recv();
      throw boom;
    }).join();
    const waiting = parked.then(null, (error: unknown) => error);
    await turns();
    gate.close();
    expect(await waiting).toBe(boom);
    await turns();
    expect(told).toEqual([]);
  });

  test("tells the handler of one that nothing joins; a later join throws all the same", async () => {
    const { told, onPanic } = noting("goroutine");
    runtime.onPanic(onPanic);
    const g = go(fails);
    await turns();
    expect(told).toMatchObject([{ error: boom, goroutine: { id: g.id, name: "fails", createdBy: undefined } }]);
    await expect(g.join()).rejects.toBe(boom);
    await turns();
    expect(told).toHaveLength(1);
  });

  test("goes on: other goroutines, and what the handler starts", async () => {
    const started: unknown[] = [];
    runtime.onPanic((error) => {
      go(() => void started.push(error));
      return "goroutine";
    });
    const ch = chan<number>();
    go(fails);
    go(() => ch.send(1));
    expect(await ch.recv()).toBe(1);
    await vi.waitFor(() => expect(started).toEqual([boom]));
  });

  test("has one handler; setting it gives the one before", () => {
    const [a, b] = [(): "goroutine" => "goroutine", (): "run" => "run"];
    expect(runtime.onPanic(a)).toBeUndefined();
    expect(runtime.onPanic(b)).toBe(a);
    expect(runtime.onPanic(undefined)).toBe(b);
    expect(runtime.onPanic(undefined)).toBeUndefined();
    // @ts-expect-error: no handler
    expect(() => runtime.onPanic(1)).toThrow("runtime.onPanic: expected a function");
  });

  test("has nothing to do with other runs", async () => {
    const { told, onPanic } = noting("goroutine");
    runtime.onPanic(onPanic);
    const failed = run(function* () {
      const g = go(fails);
      yield* g.join();
    });
    await expect(failed).rejects.toBe(boom);
    await turns();
    expect(told).toEqual([]);
  });
});
