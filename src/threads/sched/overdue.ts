/**
 * Jobs that do not stop when they are cancelled. A job's context tells it, also on its thread; if it has not ended when its grace
 * period is over it fails with the cause of that, and its thread is ended for it (`crew.end`), because nothing else ends code
 * that is running. One that was not begun is just not begun any more.
 *
 * The thread that takes the place of the one that ends is started when half of the period is over, so that it is there in time.
 */
import type { CancelCtx } from "../../context/cancel-ctx.ts";
import { Ctx } from "../../context/ctx.ts";
import { hold, unhold, Watcher } from "../../context/hold.ts";
import { type HostTimer, startTimer, stopTimer } from "../../runtime/host.ts";
import { HEARTBEAT, LATEST } from "../memory/layout.ts";
import { memory } from "../memory/memory.ts";
import { isolateOf, recordOf } from "../memory/record.ts";
import { tell } from "../values/tell.ts";
import type { Away } from "./away.ts";
import { crew } from "./crew.ts";
import { ABANDONED, RUNNER } from "./task.ts";

/** Told to a thread to see whether it answers: there is nothing to do for it. */
const NUDGE = "nudge";

export class Overdue extends Watcher {
  override prev: Watcher | null = null;
  override next: Watcher | null = null;
  readonly #away: Away;
  readonly #ctx: CancelCtx;
  readonly #grace: number;
  #held = false;
  /** What the heart of its thread stood at when it was cancelled. */
  #beat = 0;
  #timer: HostTimer | null = null;

  constructor(away: Away, ctx: CancelCtx, grace: number) {
    super();
    this.#away = away;
    this.#ctx = ctx;
    this.#grace = grace;
    if (ctx.err() !== undefined) this.tell();
    else {
      hold(ctx, this);
      this.#held = true;
    }
  }

  /** The job has ended. */
  close(): void {
    if (this.#held && !this.#ctx.told) unhold(this.#ctx, this);
    this.#held = false;
    if (this.#timer !== null) stopTimer(this.#timer);
  }

  /** It is cancelled. */
  override tell(): void {
    this.#held = false;
    const { i32 } = memory;
    const { task } = this.#away;
    if (!this.#away.pending) return;
    if (Atomics.compareExchange(i32, task + RUNNER, 0, ABANDONED) === 0) {
      this.#away.fail(this.#ctx.reason);
      return;
    }
    const runner = isolateOf(i32[task + RUNNER] as number);
    this.#beat = beatOf(runner);
    if (runner !== memory.self) tell(runner, NUDGE, undefined);
    this.#timer = startTimer(() => this.#half(), this.#grace / 2);
  }

  #half(): void {
    crew.prepare();
    this.#timer = startTimer(() => this.#over(), this.#grace / 2);
  }

  #over(): void {
    this.#timer = null;
    const { task } = this.#away;
    const { i32 } = memory;
    if (!this.#away.pending || this.#away.p.over) return;
    const key = i32[task + RUNNER] as number;
    const runner = isolateOf(key);
    // If it is not the one that was begun last, another may keep the thread from answering.
    const hung = beatOf(runner) === this.#beat && i32[recordOf(runner) + LATEST] === task;
    this.#away.fail(this.#ctx.reason);
    crew.end(key, task, hung);
  }
}

/** Changes each time that a thread comes to its scheduler. */
function beatOf(isolate: number): number {
  return Atomics.load(memory.i32, recordOf(isolate) + HEARTBEAT) >> 1;
}

/** The context among the arguments of a job whose end is to end the job. */
export function contextIn(args: readonly unknown[]): CancelCtx | null {
  for (const arg of args) if (arg instanceof Ctx) return arg.node;
  return null;
}
