/**
 * When nothing can happen any more, on any thread: then a run whose main has not returned is deadlocked.
 *
 * A thread is asleep when its event loop has run dry: no goroutine can run, and there is no timer, socket or promise of
 * the host that could change that. Only another thread can wake it then, through its inbox or a task. To be asked costs a
 * turn of the event loop, so threads are only asked when the first one is asleep itself, and again after a while.
 *
 * A round: the first thread, asleep, asks all others. Each that finds its event loop dry writes the round's number into
 * its record; whatever it takes from its inbox or a queue later deletes that for good, for this round. All are asleep if two
 * looks one after the other find every record with the number and every inbox and queue empty. Proof: suppose one thread is
 * awake after the first look. The first that woke after it had been looked at was woken by one that was awake then, which
 * had not been looked at yet, and so was asleep when it was, later. So the one that was woken has taken something between
 * the two looks at it, or has it still in its inbox; the second look sees either.
 *
 * Rejected: each thread publishing at each pause that it is asleep (a round through the event loop for each, when two
 * threads play ping-pong); counting messages (all channels would have to).
 */

import { once } from "../../runtime/copies.ts";
import { startTimer } from "../../runtime/host.ts";
import { m } from "../../runtime/m.ts";
import { ALERT, isolate } from "../memory/isolate.ts";
import { ALERTS, DRY, INBOX, PARK, ROUND } from "../memory/layout.ts";
import { memory } from "../memory/memory.ts";
import { PARKED, recordOf } from "../memory/record.ts";
import { crew } from "./crew.ts";
import { askUnjoined } from "./death.ts";
import { allWillAnswer } from "./dump.ts";
import { importing } from "./loading.ts";
import { anyTask } from "./taskq.ts";
import { unjoined } from "./unjoined.ts";

/** How long after a round the next one comes, in milliseconds: the first time, and when nothing has changed for long. */
const SOON = 10;
const LATE = 320;

const state: { answered: number; delay: number; waiting: boolean; slices: number } = once("quiet", () => ({
  answered: 0,
  delay: SOON,
  waiting: false,
  slices: 0,
}));

/** The event loop of this thread has run dry: whether the program is asleep. If not, the event loop is kept open. */
export function asleep(): boolean {
  if (!memory.opened) return true;
  return memory.self === 0 ? allAsleep() : answer();
}

/** This thread's answer: yes, unless it has taken something since it said so last. */
function answer(): false {
  const { i32, record } = memory;
  const round = Atomics.load(i32, ROUND);
  if (state.answered !== round && !importing()) {
    state.answered = round;
    Atomics.store(i32, record + DRY, round);
  }
  isolate.hold(true);
  return false;
}

function allAsleep(): boolean {
  const { i32 } = memory;
  if (quiet() && quiet()) {
    if (unjoined.tell(null)) return false;
    if (!askUnjoined()) {
      allWillAnswer();
      return true;
    }
  }
  if (!crew.any && anyTask()) crew.more();
  if (!state.waiting) {
    state.waiting = true;
    if (state.slices !== m.slices) state.delay = SOON;
    state.slices = m.slices;
    startTimer(() => {
      state.waiting = false;
    }, state.delay);
    state.delay = Math.min(state.delay * 2, LATE);
    Atomics.add(i32, ROUND, 1);
    for (const other of memory.others()) isolate.alert(other, ALERT.asleep);
  }
  return false;
}

/** One look at everyone. */
function quiet(): boolean {
  const { i32, record } = memory;
  const round = Atomics.load(i32, ROUND);
  if (crew.changing || hasNews(record)) return false;
  for (const other of memory.others()) {
    const theirs = recordOf(other);
    if (round === 0 || Atomics.load(i32, theirs + DRY) !== round) return false;
    if (hasNews(theirs) || Atomics.load(i32, theirs + PARK) !== PARKED) return false;
  }
  return !anyTask();
}

/** Whether anything is on its way to the isolate with that record. */
function hasNews(record: number): boolean {
  return Atomics.load(memory.i32, record + INBOX) !== 0 || Atomics.load(memory.i32, record + ALERTS) !== 0;
}

isolate.onAlert(ALERT.asleep, () => isolate.hold(false));
