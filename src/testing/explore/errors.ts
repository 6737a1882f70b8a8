/** What exploration reports, beside the errors of the program itself. */

import type { G } from "../../runtime/g.ts";
import type { Operation } from "../../runtime/op.ts";
import { awaitsPromise } from "../../runtime/promise.ts";
import { casesOf } from "../../runtime/thing.ts";

/**
 * How a program fails: a goroutine threw; nothing can run and main has not returned; goroutines are left; it does not
 * end; it can't be explored.
 */
export type FailureKind = "panic" | "deadlock" | "leak" | "endless" | "unexplorable";

/** A program can't be explored: something in it is decided by the host, not by the schedule. */
export class UnexplorableError extends Error {
  /** Always the same, to compare with. */
  get code(): "UNEXPLORABLE" {
    return "UNEXPLORABLE";
  }

  override get name(): string {
    return "UnexplorableError";
  }
}

/** A run was not over after as many steps as it was allowed. */
export class EndlessError extends Error {
  /** Always the same, to compare with. */
  get code(): "ENDLESS" {
    return "ENDLESS";
  }

  /**
   * @param left the goroutines that are still there
   * @param why why it can't end, where that is known
   */
  constructor(maxSteps: number, left: readonly string[], why = "") {
    const more = why === "" ? "" : `; ${why}`;
    super(`the program did not end within ${maxSteps} steps (maxSteps); still there: ${left.join(", ")}${more}`);
  }

  override get name(): string {
    return "EndlessError";
  }
}

/** The program did something else when the same schedule was run again. */
export class NotDeterministicError extends Error {
  /** Always the same, to compare with. */
  get code(): "NOT_DETERMINISTIC" {
    return "NOT_DETERMINISTIC";
  }

  override get name(): string {
    return "NotDeterministicError";
  }
}

/** What `explore` found: a schedule under which the program fails. */
export class ExploreError extends Error {
  /** Always the same, to compare with. */
  get code(): "EXPLORE" {
    return "EXPLORE";
  }

  /** The schedule, for `replay`. */
  readonly schedule: string;
  /** What the goroutines did under it, side by side. */
  readonly timeline: string;
  /** How the program failed. */
  readonly kind: FailureKind;
  /** How many runs it took to find it. */
  readonly runs: number;

  /** `found.cause` is what the program failed with: its own error, a `DeadlockError`, a `LeakError`. */
  constructor(
    message: string,
    found: {
      readonly schedule: string;
      readonly timeline: string;
      readonly kind: FailureKind;
      readonly runs: number;
      readonly cause: unknown;
    },
  ) {
    super(message, { cause: found.cause });
    this.schedule = found.schedule;
    this.timeline = found.timeline;
    this.kind = found.kind;
    this.runs = found.runs;
    // The frames of whoever called explore tell nothing; those of the program's error are where it failed.
    const frames = found.cause instanceof Error ? (/\n\s+at [\s\S]*$/.exec(found.cause.stack ?? "")?.[0] ?? "") : "";
    this.stack = `${this.name}: ${message}${frames}`;
  }

  override get name(): string {
    return "ExploreError";
  }
}

/** Whether it is decided by the host when `op` completes. */
export function waitsForPromise(op: Operation<unknown>): boolean {
  return awaitsPromise(op) || (casesOf(op)?.some(waitsForPromise) ?? false);
}

export function asyncFunction(who: string): UnexplorableError {
  return new UnexplorableError(
    `${who} is an async function; only generator functions (function*) can be explored or stepped`,
  );
}

export function promised(g: G): UnexplorableError {
  return new UnexplorableError(
    `goroutine ${g.id} (${g.name}) waits for a promise, and when that settles no schedule decides; ` +
      "let a goroutine and a channel stand for what gives it",
  );
}
