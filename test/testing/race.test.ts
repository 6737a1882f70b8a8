/** `race`: finds accesses that nothing orders, and is silent where something does. */
import { chan, go, run, runtime } from "millrace";
import { Mutex, WaitGroup } from "millrace/sync";
import { bubble, RaceError, race } from "millrace/testing";
import { describe, expect, test } from "vitest";

import { ordered } from "./race-ordered.ts";
import { type Box, unordered } from "./race-unordered.ts";

/** The races in a run of `program`, each as the kinds of its accesses. */
async function races(program: (box: Box) => unknown, seed?: number): Promise<string[]> {
  const found: RaceError[] = [];
  const watched = () => {
    const box = race({ n: 0 }, { name: "box", report: (error) => found.push(error) });
    return program(box);
  };
  await run(watched, seed === undefined ? {} : { seed });
  return found.map(({ what, accesses }) => `${accesses.map(({ kind }) => kind).join("-")} ${what}`);
}

describe("is silent where there is", () => {
  test.each(Object.entries(ordered))("%s", async (_name, program) => {
    expect(await races(program)).toEqual([]);
    for (let seed = 1; seed < 4; seed++) expect(await races(program, seed)).toEqual([]);
  });
});

describe("finds a race where there is", () => {
  test.each(Object.entries(unordered))("%s", async (_name, program) => {
    const found = await races(program);
    expect(found.length).toBeGreaterThan(0);
    for (const each of found) expect(each).toMatch(/^(read|write)-(read|write) box\.n$/);
  });
});

/** The specification's gotcha: goroutines that count without a lock (01-goroutines/07-race-condition). */
function counting(locked: boolean) {
  return function* main() {
    const counter = race({ n: 0 }, { name: "counter" });
    const mu = new Mutex();
    const wg = new WaitGroup();
    for (let i = 0; i < 5; i++) {
      wg.go(function* increment() {
        if (locked) yield* mu.lock();
        const { n } = counter;
        yield* runtime.gosched();
        counter.n = n + 1;
        if (locked) mu.unlock();
      });
    }
    yield* wg.wait();
    return counter.n;
  };
}

describe("the specification's race condition", () => {
  test("is found, with both accesses, their stacks and what is missing", async () => {
    const error = (await run(counting(false)).catch((error: unknown) => error)) as RaceError;
    expect(error).toBeInstanceOf(RaceError);
    expect(error.code).toBe("RACE");
    expect(error.what).toBe("counter.n");
    expect(error.accesses).toMatchObject([
      { kind: "read", goroutine: { id: 3, name: "increment" } },
      { kind: "write", goroutine: { id: 2, name: "increment" } },
    ]);
    for (const { stack } of error.accesses) expect(stack).toMatch(/^increment\(\)\n\t.*race\.test\.ts:\d+:\d+$/);
    expect(error.message).toMatch(/data race on counter\.n\n\ngoroutine 2 \(increment\) writes it at\nincrement\(\)/);
    expect(error.message).toMatch(/goroutine 3 \(increment\) had read it at\n/);
    expect(error.message).toContain(
      "missing: anything from goroutine 3, after its read, to goroutine 2, before its write",
    );
    expect(error.message).toContain("(goroutine 2 has heard nothing of goroutine 3)");
  });

  test("its twin with a mutex is silent", async () => {
    expect(await run(counting(true))).toBe(5);
  });

  test("in a bubble too", async () => {
    await expect(bubble(counting(false))).rejects.toBeInstanceOf(RaceError);
    expect(await bubble(counting(true))).toBe(5);
  });

  test("says what was heard last", async () => {
    const error = (await run(function* () {
      const box = race({ n: 0 });
      const ch = chan<void>(0, { name: "early" });
      go(function* () {
        yield* ch.send();
        box.n++;
      });
      yield* ch.recv();
      yield* runtime.gosched();
      box.n++;
    }).catch((error: unknown) => error)) as RaceError;
    expect(error.message).toContain('goroutine 1 heard of goroutine 2, before that write, was through channel "early"');
  });
});
