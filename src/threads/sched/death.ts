/**
 * What the end of a thread means for the goroutines that were on it: the one that ended it fails with an error that says who and
 * how, the others that had begun there are lost with it, and the program goes on. A `join` throws that error; for a goroutine
 * that is never joined it is a panic of its run (unjoined.ts). So is the loss of goroutines that tasks have left there, closures, if no task
 * of their run was there whose join could tell.
 *
 * Each thread does this for the tasks that it has made, when the first one tells it.
 */
import { Panic, type PanicCode } from "../../runtime/panic.ts";
import { BEGUN, CULPRIT, HOW, IMPORTS, LATEST } from "../memory/layout.ts";
import { isFull, memory } from "../memory/memory.ts";
import { textAt } from "../memory/names.ts";
import { recordOf } from "../memory/record.ts";
import { CAUGHT } from "../values/registry.ts";
import { onTold, tell } from "../values/tell.ts";
import { type Away, children } from "./away.ts";
import { EXITED, REJECTED, THREW } from "./blame.ts";
import { fail as sendFailed } from "./guest.ts";
import { letGo, reach } from "./hand.ts";
import { homeOf, runAt } from "./run.ts";
import { CHILD, dropArgs, FN, GID, RUNNER } from "./task.ts";
import { findTask } from "./taskq.ts";
import { unjoined } from "./unjoined.ts";

/** A thread has died, which ended it and how. */
interface Death {
  /** The key of its isolate. */
  readonly key: number;
  readonly culprit: number;
  /** Its only task is the culprit, whichever that is. */
  readonly sole: boolean;
  readonly text: string;
  readonly error: unknown;
}

const DIED = "died";
const ORPHANS = "orphans";
const UNJOINED = "unjoined";

/** How a thread ended, as its host says. */
export interface Ending {
  readonly isolate: number;
  readonly key: number;
  readonly ready: boolean;
  readonly code: number;
  readonly error: unknown;
  /** The task for which it was ended, because that did not stop when it was cancelled; 0 for none. */
  readonly overdue: number;
  /** The threads have a worker file of the program's own. */
  readonly ownFile: boolean;
}

/**
 * What was begun on that thread is lost; also what waits, if it is `hopeless` that another thread could take it. `runs` have
 * lost goroutines that nobody is told of.
 */
export function lose(ending: Ending, hopeless: boolean, runs: readonly number[]): void {
  const death = explain(ending);
  unjoined.elsewhere = true;
  loseOwn(death);
  if (hopeless) loseWaiting(death);
  for (const each of memory.others()) tellOf(each, DIED, death);
  for (const run of runs) {
    const told = { run, text: death.text };
    if (homeOf(run) === memory.self) orphan(told);
    else tellOf(homeOf(run), ORPHANS, told);
  }
}

/** Where there is no room for the news it is not told: this thread has to go on. */
function tellOf(to: number, about: string, news: unknown): void {
  try {
    tell(to, about, news);
  } catch (error) {
    if (!isFull(error)) throw error;
  }
}

function explain(ending: Ending): Death {
  const { i32 } = memory;
  const { isolate, key, code, error, overdue } = ending;
  const record = recordOf(isolate);
  const how = i32[record + HOW] as number;
  const outOfMemory = (error as { readonly code?: unknown } | undefined)?.code === "ERR_WORKER_OUT_OF_MEMORY";
  let culprit = overdue || (i32[record + CULPRIT] as number) || (outOfMemory ? (i32[record + LATEST] as number) : 0);
  if (culprit !== 0 && i32[culprit + RUNNER] !== key) culprit = 0;
  const sole = culprit === 0 && i32[record + BEGUN] === 1;
  const thrown = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  let what = `called process.exit(${code})`;
  if (overdue !== 0) what = "did not stop when it was cancelled";
  else if (outOfMemory) what = "ran out of memory";
  else if (how === REJECTED) what = `left a rejection unhandled: ${thrown}`;
  else if (error !== undefined) what = `threw what nothing caught: ${thrown}`;
  else if (how !== EXITED && how !== THREW) what = "ended";
  if (!ending.ready) {
    const module = textAt(i32[record + IMPORTS] as number);
    if (ending.ownFile && error === undefined) what = "ended before its file called serve()";
    else if (module !== "") what += ` while it imported ${module}`;
  }
  const who = culprit === 0 ? "" : `${nameOf(culprit)} on `;
  return { key, culprit, sole, text: `${who}thread ${isolate} ${what}`, error };
}

/** Who a task is, in words. */
function nameOf(task: number): string {
  const { i32 } = memory;
  const text = textAt(i32[task + FN] as number);
  const [name] = text.slice(text.startsWith(CAUGHT) ? CAUGHT.length : 0).split("\n");
  return `${name}() in goroutine ${(i32[task + GID] as number) >>> 0}`;
}

/** The tasks of this thread that were begun on the dead one. */
function loseOwn(death: Death): void {
  const { i32 } = memory;
  const lost = [...children].filter(({ task }) => i32[task + RUNNER] === death.key);
  // The one that is to blame first: if it is a panic, then of that one.
  lost.sort((a, b) => Number(b.task === death.culprit) - Number(a.task === death.culprit));
  for (const away of lost) {
    const { task } = away;
    const own = task === death.culprit || death.sole;
    const text = task === death.culprit || !own ? death.text : `${nameOf(task)} on ${death.text}`;
    children.take(i32[task + CHILD] as number);
    memory.free(task);
    fail(away, failure(own ? "THREAD_DIED" : "JOB_LOST", text, death.error));
  }
}

/** The tasks in all queues: no thread is there to take them. They come back to those who have made them. */
function loseWaiting({ text, error }: Death): void {
  if (!reach()) return; // it is tried once more when the next thread ends
  for (let task = findTask(() => 0); task !== 0; task = findTask(() => 0)) {
    dropArgs(task);
    sendFailed(task, failure("THREAD_DIED", text, error));
  }
  letGo();
}

function failure(code: PanicCode, text: string, cause: unknown): Panic {
  const error = new Panic(code, text);
  if (cause !== undefined) error.cause = cause;
  error.stack = String(error); // no code of this thread is to blame
  return error;
}

/** A goroutine is lost: an error for those who join it; of one that is never joined, a panic of its run. */
export function fail(away: Away, error: unknown): void {
  away.fail(error);
  if (!away.wanted) unjoined.add(away, error);
}

/** A run of this thread has lost goroutines whose loss no join tells. */
function orphan({ run, text }: { readonly run: number; readonly text: string }): void {
  const p = runAt(run);
  // The run ends now. What is known of a goroutine that was lost with them says more than that they are.
  if (p != null && !unjoined.tell(p)) p.panicked(failure("JOB_LOST", text, undefined), null);
}

/**
 * All threads are asleep, and nothing on this one was lost: whether one of the others is asked if something was there, which it was
 * not since the last death.
 */
export function askUnjoined(): boolean {
  if (!unjoined.elsewhere) return false;
  unjoined.elsewhere = false;
  for (const each of memory.others()) tellOf(each, UNJOINED, null);
  return true;
}

onTold(UNJOINED, () => unjoined.tell(null));
onTold(DIED, (death) => loseOwn(death as Death));
onTold(ORPHANS, (told) => orphan(told as Parameters<typeof orphan>[0]));
