/**
 * The goroutines of all threads in one list.
 *
 * Whoever asks waits for the answers, because a dump is wanted now: at the end of a run, or by a program that calls
 * `runtime.goroutines()`. So answers don't come through the inbox, which may hold anything, but in a list of their own. A
 * thread answers at its next turn; of one that is in a loop without any operation, and so does not answer, the list says
 * what its goroutines' owners know: number, name, and that it runs.
 */

import { once } from "../../runtime/copies.ts";
import { monotonic } from "../../runtime/host.ts";
import type { P } from "../../runtime/proc.ts";
import { infoOf } from "../../runtime/traceback.ts";
import type { GoroutineInfo } from "../../runtime/types.ts";
import { drain } from "../memory/corrupt.ts";
import {
  ANSWER_WORDS,
  ANSWERED,
  ANSWERS,
  ANSWER_FROM as FROM,
  HEAD,
  ANSWER_LIST as LIST,
  ANSWER_QUESTION as QUESTION,
} from "../memory/layout.ts";
import { isFull, memory, push } from "../memory/memory.ts";
import { isolateOf, recordOf } from "../memory/record.ts";
import { drop, pack, take } from "../values/slot.ts";
import { onTold, tell } from "../values/tell.ts";
import { children } from "./away.ts";
import { runAt, sharedRun } from "./run.ts";
import { ABANDONED, DISCARDED, RUNNER } from "./task.ts";

const DUMP = "dump";

/** How long to wait for all of them, in milliseconds: when one may be in a loop, and when all are known to be asleep. The
 * first is shorter than the watchdog waits for a thread that got a signal, and may be busy with this. */
const PATIENCE = 500;
const LONG_PATIENCE = 20_000;

const asked: { questions: number; patience: number } = once("questions", () => ({ questions: 0, patience: PATIENCE }));

/** All threads are asleep: none is in a loop, so the next question will be answered by all, on a busy machine late. */
export function allWillAnswer(): void {
  asked.patience = LONG_PATIENCE;
}

/** The goroutines of `p` that are not on this thread. */
export function goroutinesElsewhere(p: P): GoroutineInfo[] {
  const run = sharedRun(p);
  if (run === undefined) return [];
  const { i32 } = memory;
  const question = ++asked.questions;
  const silent = new Set<number>();
  const unasked = new Set<number>();
  for (const other of memory.others()) {
    if (ask(other, run, question)) silent.add(other);
    else unasked.add(other);
  }
  const infos = listen(question, silent);
  for (const { p: of, id, name, task, creator } of children) {
    if (of !== p) continue;
    const key = Atomics.load(i32, task + RUNNER);
    const runner = key === 0 || key === ABANDONED || key === DISCARDED ? -1 : isolateOf(key);
    if (runner >= 0 && !silent.has(runner) && !unasked.has(runner)) continue; // it is in that thread's answer, or has just ended
    const known = { id, name, reason: undefined, since: undefined, stack: "", createdBy: creator ?? undefined };
    infos.push(runner < 0 ? { ...known, state: "runnable" } : { ...known, state: "running", thread: runner });
  }
  return infos;
}

/** Asks a thread, if there is room for the question. */
function ask(other: number, run: number, question: number): boolean {
  try {
    tell(other, DUMP, { run, question });
    return true;
  } catch (error) {
    if (!isFull(error)) throw error;
    return false;
  }
}

/** Waits for the answers to a question; who has answered is taken out of `silent`. */
function listen(question: number, silent: Set<number>): GoroutineInfo[] {
  const { i32, record } = memory;
  const infos: GoroutineInfo[] = [];
  const until = monotonic() + asked.patience;
  asked.patience = PATIENCE;
  while (silent.size > 0) {
    const seen = Atomics.load(i32, record + ANSWERED);
    drain(i32, record + ANSWERS, "the answers to a dump", (at) => {
      // One that came too late for an earlier question is of no use.
      if (i32[at + QUESTION] === question && silent.delete(i32[at + FROM] as number)) {
        infos.push(...(take(at + LIST) as GoroutineInfo[]));
      } else drop(at + LIST);
      memory.free(at);
    });
    const left = until - monotonic();
    if (silent.size === 0 || left <= 0) break;
    try {
      Atomics.wait(i32, record + ANSWERED, seen, left);
    } catch {
      // The first thread of a browser may not wait: it looks again.
    }
  }
  return infos;
}

onTold(DUMP, (value, from) => {
  try {
    tellGoroutines(value as { readonly run: number; readonly question: number }, from);
  } catch (error) {
    if (!isFull(error)) throw error; // else it is as if this thread were in a loop
  }
});

function tellGoroutines({ run, question }: { readonly run: number; readonly question: number }, from: number): void {
  const p = runAt(run);
  const { i32, self } = memory;
  const infos = p === undefined ? [] : infoOf(p);
  const answer = memory.alloc((ANSWER_WORDS - HEAD) * 4);
  try {
    pack(answer + LIST, self === 0 ? infos : infos.map((info) => ({ ...info, thread: self })), DUMP);
  } catch (error) {
    memory.free(answer);
    throw error;
  }
  i32[answer + QUESTION] = question;
  i32[answer + FROM] = self;
  const theirs = recordOf(from);
  push(i32, theirs + ANSWERS, answer);
  Atomics.add(i32, theirs + ANSWERED, 1);
  Atomics.notify(i32, theirs + ANSWERED);
}
