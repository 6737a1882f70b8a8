/** Runs on a virtual clock, and their deadlocks: nothing can keep them waiting, and nothing is left to the machine. */
import { DeadlockError, type RunOptions } from "millrace";
import type { Body } from "../../src/runtime/body.ts";
import { VirtualClock } from "../../src/runtime/clock.ts";
import type { Outcome } from "../../src/runtime/ending.ts";
import { P } from "../../src/runtime/proc.ts";

/** A run on a virtual clock, from the inside. */
export interface Virtual {
  readonly p: P;
  readonly clock: VirtualClock;
}

/** Runs `fn` on a clock of its own, which jumps when nothing can run. Rejects with a `DeadlockError` when nothing ever can. */
export async function virtual<R>(fn: (v: Virtual) => unknown, options: RunOptions = {}): Promise<R> {
  const p = new P(options);
  const clock = new VirtualClock((stuck) => stuck.dry()).attach(p);
  const outcome = await new Promise<Outcome>((resolve) => p.start((() => fn({ p, clock })) as Body, resolve));
  if (!outcome.ok) throw outcome.error;
  return outcome.value as R;
}

/** Runs `fn`, which must end in a deadlock, and gives that. */
export async function deadlock(fn: (v: Virtual) => unknown, options: RunOptions = {}): Promise<DeadlockError> {
  try {
    await virtual(fn, options);
  } catch (error) {
    if (error instanceof DeadlockError) return error;
    throw error;
  }
  throw new Error("it ended without a deadlock");
}

/** What each goroutine of a deadlock waits for. */
export async function deadlocked(...how: Parameters<typeof deadlock>): Promise<(string | undefined)[]> {
  return (await deadlock(...how)).goroutines.map((g) => g.reason);
}
