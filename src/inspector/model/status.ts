/** The program as a whole. */
import type { Status, ThreadRow } from "../protocol.ts";
import type { Model } from "./model.ts";

export function statusOf(model: Model): Status {
  const { mode, program, now, ended, routines, channels, events } = model;
  return {
    mode,
    program,
    now,
    ended,
    runs: [...model.runs.values()].map(({ run, name, ended: end }) => ({ run, name, ended: end })),
    counts: { ...routines.counts },
    channels: channels.size,
    threads: threadsOf(model),
    events: events.count,
    forgotten: events.forgotten,
  };
}

function threadsOf({ readers, routines, now }: Model): ThreadRow[] {
  const counts = new Map<number, { goroutines: number; runnable: number }>();
  for (const { live, state, thread } of routines) {
    if (!live) continue;
    let count = counts.get(thread);
    if (count === undefined) {
      count = { goroutines: 0, runnable: 0 };
      counts.set(thread, count);
    }
    count.goroutines++;
    if (state === "runnable") count.runnable++;
  }
  return [...readers.values()]
    .sort((a, b) => a.thread - b.thread)
    .map(({ thread, figures, running }) => {
      const { goroutines = 0, runnable = 0 } = counts.get(thread) ?? {};
      return figures.row(now, goroutines, runnable, running === null ? null : running.since);
    });
}
