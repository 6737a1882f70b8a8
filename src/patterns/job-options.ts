/** What may be said of one job of a pool. */

import { fromSignal } from "../context/cancel.ts";
import { nodeOf } from "../context/parent.ts";
import type { Context } from "../context/types.ts";
import { amount, checkOptions, millis, text } from "../runtime/args.ts";
import { checkPriority } from "../runtime/priority.ts";

/** Options of one job. */
export interface JobOptions {
  /**
   * Gives the job up when it is done: one that waits is dropped, one that runs sees it in its context, and who waits for the job
   * gets the context's error at once. The job's own context has its values.
   */
  readonly ctx?: Context | undefined;
  /** The same for an `AbortSignal`. */
  readonly signal?: AbortSignal | undefined;
  /**
   * How long the job may run, in milliseconds from its beginning; then it is given up with `DeadlineExceeded`. Its worker stays
   * with it until its function has ended; a parallel function is ended, with its thread, after the pool's `grace`. For ever by
   * default.
   */
  readonly timeout?: number | undefined;
  /** Jobs that wait are done highest priority first, and in order within one: any number, 0 by default. */
  readonly priority?: number | undefined;
  /** How many workers' share of the pool it takes while it runs: a number from 0 up, 1 by default. */
  readonly weight?: number | undefined;
  /** A name by which `pool.job` finds it until it has ended. */
  readonly id?: string | undefined;
}

/** The options of a job, checked. One object for all jobs that have none. */
export interface JobSettings {
  readonly contexts: readonly Context[];
  readonly timeout: number;
  readonly priority: number;
  readonly weight: number;
  readonly id: string | undefined;
}

const PLAIN: JobSettings = { contexts: [], timeout: Infinity, priority: 0, weight: 1, id: undefined };

export function checkJob(where: string, options: JobOptions | undefined): JobSettings {
  if (options === undefined) return PLAIN;
  checkOptions(where, options, "ctx, priority");
  const { ctx, signal, timeout = Infinity, priority = 0, weight = 1, id } = options;
  const contexts: Context[] = [];
  if (ctx !== undefined) {
    nodeOf(where, ctx);
    contexts.push(ctx);
  }
  if (signal !== undefined) contexts.push(fromSignal(signal));
  millis(`${where}: timeout`, timeout);
  checkPriority(where, priority);
  amount(`${where}: weight`, weight, 0, Number.MAX_VALUE);
  if (id !== undefined) text(`${where}: id`, id);
  return { contexts, timeout, priority, weight, id };
}
