/**
 * Events of other threads, for whoever listens on the first one: they carry the number of their thread.
 *
 * Threads are told only when somebody listens and something is started there, so nobody pays who does not watch. What a
 * thread has seen in a turn of its event loop goes over in one message. The order is each thread's own; between threads
 * there is none.
 */

import { emitElsewhere, type Listener, listen, type RuntimeEvent, tap } from "../../runtime/events.ts";
import { common, macrotask, sinceStart } from "../../runtime/host.ts";
import { show } from "../../runtime/panic.ts";
import type { AwaitedThing } from "../../runtime/types.ts";
import { WATCHED } from "../memory/layout.ts";
import { isFull, memory } from "../memory/memory.ts";
import { onTold, tell } from "../values/tell.ts";
import { runAt, sharedRuns } from "./run.ts";

const EVENTS = "events";

let stop: (() => void) | null = null;
let seen: RuntimeEvent[] = [];
/** When each was, in milliseconds since 1970: the one clock that all threads have. */
let times: number[] = [];

/** Says to other threads, on the first one, whether somebody listens. Costs a load. */
export function watch(): void {
  if (memory.self !== 0) return;
  const wanted = tap.everywhere.length === 0 ? 0 : 1;
  if (memory.i32[WATCHED] !== wanted) Atomics.store(memory.i32, WATCHED, wanted);
}

/** Does so on another thread, before it begins something. */
export function followWatch(): void {
  if (memory.self === 0) return;
  const wanted = memory.i32[WATCHED] === 1;
  if (wanted === (stop !== null)) return;
  if (wanted) stop = listen(note);
  else {
    stop?.();
    stop = null;
  }
}

const note: Listener = (event) => {
  times.push(common());
  if (seen.push(event) === 1) macrotask(send);
};

/** Sends what was seen, by run: the first thread has its own number for each. Before a goroutine's end is told. */
export function send(): void {
  if (seen.length === 0) return;
  const events = seen.map((event, i) => plain(event, times[i] as number));
  seen = [];
  times = [];
  for (const [p, record] of sharedRuns()) {
    const own = events.filter((event) => event.run === p.id);
    if (own.length > 0) tellEvents(record, own);
  }
}

/** Where there is no room left for them, they are lost: the program comes first. */
function tellEvents(run: number, events: readonly RuntimeEvent[]): void {
  try {
    tell(0, EVENTS, { run, events });
  } catch (error) {
    if (!isFull(error)) throw error;
  }
}

/** Values and errors of any kind are shown: they need not be able to travel. */
function plain(event: RuntimeEvent, time: number): RuntimeEvent {
  if ("value" in event) return { ...event, time, value: show(event.value) };
  if ("error" in event) {
    const { code } = Object(event.error) as { readonly code?: unknown };
    const error = event.error === undefined ? undefined : show(event.error);
    return { ...event, time, error, ...(typeof code === "string" && { code }) } as RuntimeEvent;
  }
  return { ...event, time } as RuntimeEvent;
}

/** As the first thread tells it: with its own number of the run, and on its own clock. */
function translated(event: RuntimeEvent, run: number, thread: number): RuntimeEvent {
  const { time = 0 } = event as { readonly time?: number };
  const told: RuntimeEvent = { ...event, run, thread, time: sinceStart(time) } as RuntimeEvent;
  if (told.kind === "go-ready") return { ...told, byRun: run };
  if (told.kind === "go-park") {
    const { cases } = told;
    return {
      ...told,
      ...inRun(told, run),
      ...(cases !== undefined && { cases: cases.map((each) => inRun(each, run)) }),
    };
  }
  if (told.kind === "lock" || told.kind === "unlock") return { ...told, on: { ...told.on, run } };
  return told;
}

/** What is waited for in a run, with its number here. */
function inRun<T extends AwaitedThing>(awaited: T, run: number): T {
  const { on } = awaited;
  if (on === null || on.run === 0) return awaited;
  return { ...awaited, on: { ...on, run }, ...(on.kind === "goroutine" && { what: `goroutine ${run}.${on.id}` }) };
}

onTold(EVENTS, (value, thread) => {
  const { run, events } = value as { readonly run: number; readonly events: readonly RuntimeEvent[] };
  const p = runAt(run);
  if (p === undefined) return;
  // A thread's part of a run begins and ends as the run does.
  const told = events.filter(({ kind }) => kind !== "run-start" && kind !== "run-end");
  for (const event of told) emitElsewhere(translated(event, p.id, thread));
});
