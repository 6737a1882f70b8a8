/**
 * Runs the examples of one chapter of the specification and checks what they print.
 *
 * An example is a program: it calls `main`. Here `main` only hands over its function, and the function is run in this
 * process under a virtual clock, so that seconds pass in no time. It is run once as it would run in production, where its
 * output is known to the letter, and then under many random schedules, in which it must keep to what the chapter promises.
 */
import { readFileSync } from "node:fs";
import { format } from "node:util";
import { DeadlockError, LeakError, Panic, type RunOptions, type WaitReason } from "millrace";
import { describe, expect, test, vi } from "vitest";
import type { Body } from "../../src/runtime/body.ts";
import { VirtualClock } from "../../src/runtime/clock.ts";
import type { Outcome } from "../../src/runtime/ending.ts";
import { P } from "../../src/runtime/proc.ts";
import { Random, Seeded, type Strategy } from "../../src/runtime/strategy.ts";

export const examples = new URL("../../examples/spec/", import.meta.url);

/** What an example promises. */
export interface Promised {
  /** Its lines, in the order in which they come in production. */
  readonly prints: readonly string[];
  /**
   * What the chapter promises of that order: all of it (the default); or that each of these comes in this order, with
   * other lines between; or nothing, because what it shows is how the production scheduler does it.
   */
  readonly order?: "exact" | "production" | readonly (readonly string[])[];
  /** What differs between schedules and is not promised, such as which worker did a job; in `order` it is written `#`. */
  readonly ignoring?: RegExp;
  /** How long it takes, in milliseconds of virtual time. */
  readonly takes?: number;
  /** The text of the panic it ends with. */
  readonly panics?: string;
  /** It ends in a deadlock: what each goroutine waits for. */
  readonly deadlocks?: readonly WaitReason[];
  /** Goroutines are left at its end, and it was asked to check: what each waits for. */
  readonly leaks?: readonly WaitReason[];
  /** Options it is run with beside its own, one run for each. */
  readonly under?: readonly RunOptions[];
  /** It talks to the host (sockets, files): real time, and one schedule. */
  readonly live?: boolean;
}

interface Program {
  readonly fn: Body;
  readonly options: RunOptions;
}

interface Ran {
  readonly lines: readonly string[];
  readonly elapsed: number;
  readonly outcome: Outcome;
}

const SCHEDULES = 20;

/** The tests of the examples in one folder. */
export function chapter(folder: string, promised: Readonly<Record<string, Promised>>): void {
  describe(folder, () => {
    for (const [name, promise] of Object.entries(promised)) {
      const path = `${folder}/${name}.ts`;
      test(titleOf(path), () => check(path, promise));
    }
  });
}

/** The first line of an example's header comment: chapter › section. */
export function titleOf(path: string): string {
  const source = readFileSync(new URL(path, examples), "utf8");
  const title = /^\/\*\*\n \* (.+)$/m.exec(source)?.[1];
  if (title === undefined) throw new Error(`${path} has no header comment`);
  return title;
}

async function check(path: string, promise: Promised): Promise<void> {
  const program = await load(path);
  const live = promise.live === true;
  for (const options of promise.under ?? [{}]) {
    // Seeded: the order of production, but nobody is preempted because the machine is slow.
    const inProduction = await perform(program, options, live ? null : new Seeded(1), live);
    if (live) checkOrder(inProduction.lines, promise, "in real time");
    else expect(inProduction.lines).toEqual(promise.prints);
    checkEnd(inProduction, promise);
    if (live || promise.order === "production") continue;
    for (let seed = 1; seed <= SCHEDULES; seed++) {
      const ran = await perform(program, options, new Shuffled(seed), false);
      checkOrder(ran.lines, promise, `schedule ${seed}`);
      checkEnd(ran, promise);
    }
  }
}

function checkOrder(lines: readonly string[], { prints, order = "exact", ignoring }: Promised, where: string): void {
  const plain = (all: readonly string[]): string[] =>
    ignoring === undefined ? [...all] : all.map((line) => line.replace(ignoring, "#"));
  const printed = plain(lines);
  if (order === "exact") {
    expect(printed, where).toEqual(plain(prints));
    return;
  }
  expect([...printed].sort(), where).toEqual(plain(prints).sort());
  for (const chain of order === "production" ? [] : order) {
    let at = -1;
    for (const line of chain) {
      const next = printed.indexOf(line, at + 1);
      expect(next, `${where}: ${JSON.stringify(line)} in its place among\n${lines.join("\n")}\n`).toBeGreaterThan(at);
      at = next;
    }
  }
}

function checkEnd({ elapsed, outcome }: Ran, promise: Promised): void {
  if (promise.takes !== undefined) expect(elapsed).toBeCloseTo(promise.takes, 6);
  if (promise.panics !== undefined) {
    expect(outcome).toMatchObject({ ok: false, error: expect.any(Panic) });
    expect(outcome.ok ? "" : (outcome.error as Panic).message).toBe(promise.panics);
  } else if (promise.deadlocks !== undefined) {
    expect(outcome).toMatchObject({ ok: false, error: expect.any(DeadlockError) });
    expect(reasons(outcome)).toEqual(promise.deadlocks);
  } else if (promise.leaks !== undefined) {
    expect(outcome).toMatchObject({ ok: false, error: expect.any(LeakError) });
    expect(reasons(outcome)).toEqual(promise.leaks);
  } else if (!outcome.ok) throw outcome.error;
}

function reasons(outcome: Outcome): (WaitReason | undefined)[] {
  return ((outcome.ok ? {} : outcome.error) as DeadlockError | LeakError).goroutines.map((g) => g.reason);
}

/** Imports an example, with a `main` that only hands over the program. */
async function load(path: string): Promise<Program> {
  const mains: Program[] = [];
  vi.doMock("millrace", async (original) => ({
    ...(await original<object>()),
    main: (fn: Body, options: RunOptions = {}) => void mains.push({ fn, options }),
  }));
  await import(/* @vite-ignore */ new URL(path, examples).href);
  vi.doUnmock("millrace");
  const [program, ...more] = mains;
  if (program === undefined || more.length > 0) throw new Error(`${path} must call main once`);
  return program;
}

/** Runs an example to its end. */
async function perform(program: Program, options: RunOptions, strategy: Strategy | null, live: boolean): Promise<Ran> {
  const p = new P({ ...program.options, ...options }, strategy);
  // When time can't bring anyone on, nothing can: examples on a virtual clock wait for nothing else.
  const clock = live ? null : new VirtualClock((stuck) => stuck.dry()).attach(p);
  const lines: string[] = [];
  const log = vi.spyOn(console, "log").mockImplementation((...args) => void lines.push(format(...args)));
  const outcome = await new Promise<Outcome>((resolve) => p.start(program.fn, resolve));
  log.mockRestore();
  return { lines: lines.flatMap((line) => line.split("\n")), elapsed: clock?.now() ?? 0, outcome };
}

/** Any order of the runnable goroutines, and now and then one of them is interrupted. */
class Shuffled implements Strategy {
  readonly #random: Random;

  constructor(seed: number) {
    this.#random = new Random(seed);
  }

  pick(runnable: number): number {
    return this.#random.below(runnable);
  }

  preempt(): boolean {
    return this.#random.below(4) === 0;
  }

  below(n: number): number {
    return this.#random.below(n);
  }
}
