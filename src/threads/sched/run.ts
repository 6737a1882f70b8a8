/**
 * A run on several threads: a record in shared memory, and on each thread that takes part a `P`. The one with main is the
 * run's own; on another thread it is made when the first of the run's goroutines gets there, and is finished when the run
 * is over or the thread ends.
 */

import { once } from "../../runtime/copies.ts";
import { m } from "../../runtime/m.ts";
import type { P } from "../../runtime/proc.ts";
import { drain } from "../memory/corrupt.ts";
import {
  RUN_AT_HOME as AT_HOME,
  RUN_ELSEWHERE as ELSEWHERE,
  RUN_FLAGS as FLAGS,
  HEAD,
  RUN_HOME as HOME,
  RUN_IDS as IDS,
  LINK,
  RUN_NAME as NAME,
  RUN_OVER as OVER,
  RUN_FAILED,
  RUN_WORDS,
  TALLIES,
  TALLY_BEFORE,
  TALLY_GUESTS,
  TALLY_HELPERS,
  TALLY_RUN,
  TALLY_TASKS,
  TALLY_WORDS,
} from "../memory/layout.ts";
import { memory } from "../memory/memory.ts";
import { pointerOfName, textAt } from "../memory/names.ts";
import { children } from "./away.ts";
import { guestsAtHome, Part } from "./guest.ts";

const ASYNC_TIMER_CHAN = 1;
const DEBUG = 2;
/** The run's own thread decides what a panic ends. */
const DECIDES = 4;
/** It is a default run: who joins a goroutine gets its panic. */
const DEFAULT = 8;

/** Numbers of goroutines that a thread takes at a time: Go's own batch. */
const BATCH = 16;

const records: Map<P, number> = once("runs by P", () => new Map<P, number>());
const local: Map<number, P> = once("runs by record", () => new Map<number, P>());

/** The record of a run of this thread. */
export function recordOfRun(p: P): number {
  return records.get(p) ?? share(p);
}

/** The record, if other threads have ever known of the run. */
export function sharedRun(p: P): number | undefined {
  return records.get(p);
}

function share(p: P): number {
  const name = pointerOfName(p.name);
  const record = memory.alloc((RUN_WORDS - HEAD) * 4);
  const { i32 } = memory;
  i32[record + OVER] = 0;
  i32[record + RUN_FAILED] = 0;
  i32[record + ELSEWHERE] = 0;
  i32[record + FLAGS] =
    (p.asyncTimerChan ? ASYNC_TIMER_CHAN : 0) |
    (p.debug ? DEBUG : 0) |
    (p.onPanic !== null ? DECIDES : 0) |
    (p === m.fallback ? DECIDES | DEFAULT : 0);
  i32[record + NAME] = name;
  i32[record + HOME] = memory.self;
  const more = (): number => Atomics.add(i32, record + IDS, BATCH) >>> 0;
  i32[record + IDS] = p.ids.share(BATCH, more) | 0;
  know(p, record);
  const { idle } = p;
  p.idle = () => {
    Atomics.store(i32, record + AT_HOME, p.allgs.length + children.of(p));
    idle?.();
  };
  i32[record + AT_HOME] = p.allgs.length;
  return record;
}

function know(p: P, record: number): void {
  records.set(p, record);
  local.set(record, p);
  p.atEnd.push(() => {
    records.delete(p);
    local.delete(record);
    children.forget(p);
    if (p instanceof Part) dropTally(p);
    else ended.push(record);
  });
}

/** Records of runs of this thread that are over: other threads may still look at them. */
const ended: number[] = once("ended runs", () => []);

/** There are no other threads now. */
export function freeRuns(): void {
  for (const record of ended.splice(0)) memory.free(record);
}

/** The run of a record on this thread, if it has one here. */
export function runAt(record: number): P | undefined {
  return local.get(record);
}

/** Those that this thread shares with others. */
export function sharedRuns(): [P, number][] {
  return [...records];
}

/** The isolate that a run's main is on. */
export function homeOf(record: number): number {
  return memory.i32[record + HOME] as number;
}

/** Counts goroutines that are not on the thread of the run's main, and that it has not started. */
export function countElsewhere(
  { record, tally }: Part,
  what: typeof TALLY_HELPERS | typeof TALLY_TASKS,
  change: number,
): void {
  const { i32 } = memory;
  Atomics.add(i32, record + ELSEWHERE, change);
  if (tally !== 0) i32[tally + what] = (i32[tally + what] as number) + change;
}

/** Begins to count what this isolate has of a run; 0 if there is no room to do so. */
function newTally(run: number): number {
  const { i32, record } = memory;
  let tally: number;
  try {
    tally = memory.alloc((TALLY_WORDS - HEAD) * 4);
  } catch {
    return 0; // the counts of the run are wrong if this thread dies
  }
  const next = i32[record + TALLIES] as number;
  i32[tally + TALLY_RUN] = run;
  i32[tally + TALLY_BEFORE] = i32[tally + TALLY_GUESTS] = i32[tally + TALLY_HELPERS] = i32[tally + TALLY_TASKS] = 0;
  i32[tally + LINK] = next;
  if (next !== 0) i32[next + TALLY_BEFORE] = tally;
  i32[record + TALLIES] = tally;
  return tally;
}

/** This isolate's part of a run has ended: its helpers are gone, its tasks may still come back. */
function dropTally(part: Part): void {
  const { i32, record } = memory;
  const { tally } = part;
  if (tally === 0) return;
  part.tally = 0;
  Atomics.sub(i32, part.record + ELSEWHERE, i32[tally + TALLY_HELPERS] as number);
  const next = i32[tally + LINK] as number;
  const before = i32[tally + TALLY_BEFORE] as number;
  if (before === 0) i32[record + TALLIES] = next;
  else i32[before + LINK] = next;
  if (next !== 0) i32[next + TALLY_BEFORE] = before;
  memory.free(tally);
}

/**
 * Takes what a dead isolate had of runs from their counts. Gives the runs that had goroutines there and no task: nobody else
 * learns what became of those.
 */
export function takeTallies(record: number): number[] {
  const { i32 } = memory;
  const runs: number[] = [];
  drain(i32, record + TALLIES, "the tallies of a thread", (tally) => {
    const run = i32[tally + TALLY_RUN] as number;
    const helpers = i32[tally + TALLY_HELPERS] as number;
    Atomics.sub(i32, run + ELSEWHERE, helpers + (i32[tally + TALLY_TASKS] as number));
    if (helpers > 0 && i32[tally + TALLY_GUESTS] === 0 && !isOver(run)) runs.push(run);
    memory.free(tally);
  });
  return runs;
}

/**
 * How many goroutines of a run there are, besides those that are on this thread: exact where its main is; elsewhere those of
 * that thread are counted as they were when it had nothing to run last.
 */
export function awayOf(p: P): number {
  const record = records.get(p);
  if (record === undefined) return children.of(p);
  const { i32 } = memory;
  const elsewhere = Atomics.load(i32, record + ELSEWHERE);
  if (!(p instanceof Part)) return children.of(p) + elsewhere - guestsAtHome(p);
  return Math.max(0, Atomics.load(i32, record + AT_HOME) + elsewhere - p.allgs.length);
}

/** Ends this thread's parts of runs that are over. */
export function endParts(): void {
  for (const [p, record] of sharedRuns())
    if (p instanceof Part && isOver(record)) p.finish({ ok: true, value: undefined });
}

/** A goroutine of a run has panicked, and there is no room to say how. */
export function setFailed(record: number): void {
  Atomics.store(memory.i32, record + RUN_FAILED, 1);
}

/** The runs of this thread that this is said of. */
export function* takeFailed(): Generator<P> {
  for (const [p, record] of sharedRuns()) {
    if (homeOf(record) === memory.self && Atomics.exchange(memory.i32, record + RUN_FAILED, 0) !== 0) yield p;
  }
}

/** Whether a run is over. */
export function isOver(record: number): boolean {
  return Atomics.load(memory.i32, record + OVER) !== 0;
}

/** Says that a run is over. */
export function setOver(record: number): void {
  Atomics.store(memory.i32, record + OVER, 1);
}

/** This thread's part of a run of another one. */
export function joinRun(record: number): Part {
  const { i32 } = memory;
  const flags = i32[record + FLAGS] as number;
  const p = new Part(record, {
    name: textAt(i32[record + NAME] as number),
    asyncTimerChan: (flags & ASYNC_TIMER_CHAN) !== 0,
    debug: (flags & DEBUG) !== 0,
  });
  p.isDefault = (flags & DEFAULT) !== 0;
  p.decides = (flags & DECIDES) === 0;
  p.tally = newTally(record);
  p.ids.share(BATCH, () => Atomics.add(i32, record + IDS, BATCH) >>> 0);
  know(p, record);
  return p;
}

/** Whether goroutines of this run may be on other threads: where something decides who runs when, it must know all. */
export function mayShare(p: P): boolean {
  // Each copy of the library has a clock of the host, and only such a one goes stale.
  return p.strategy === null && (p.clock === m.fallback.clock || p.clock.stale !== undefined);
}
