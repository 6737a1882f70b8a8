/**
 * A panic on another thread than its run's main: it travels there, and ends the run as a panic does. Where something decides
 * about panics, which is so in a run with `onPanic` and in the default run, only the goroutine ends here; a guest's error
 * travels with its task to the thread that has started it, where joins of it are, and so does the question what it ends.
 *
 * The error keeps its stack, and gets that of the goroutine which said `go` below it, as far as that one stands somewhere.
 */

import { Canceled, DeadlineExceeded } from "../../context/errors.ts";
import type { Outcome } from "../../runtime/ending.ts";
import type { G } from "../../runtime/g.ts";
import { uncaught } from "../../runtime/host.ts";
import { m } from "../../runtime/m.ts";
import { panickedGoroutine, traceOf } from "../../runtime/on-panic.ts";
import { Panic } from "../../runtime/panic.ts";
import type { P } from "../../runtime/proc.ts";
import { describe } from "../../runtime/traceback.ts";
import type { PanicHandler, PanickedGoroutine } from "../../runtime/types.ts";
import { ALERT, isolate } from "../memory/isolate.ts";
import { memory } from "../memory/memory.ts";
import { onTold, tell } from "../values/tell.ts";
import type { Away } from "./away.ts";
import { Guest, type PanickedTask, type Part, standIn } from "./guest.ts";
import { homeOf, runAt, setFailed, takeFailed } from "./run.ts";

const PANIC = "panic";
/** A goroutine that no task stands for has panicked, and its run's own thread decides what that ends. */
const ASKED = "asked";

interface Told {
  readonly run: number;
  readonly error: unknown;
  readonly trace?: string;
  /** Whose panic it is, and who started that one. */
  readonly who?: { readonly id: number; readonly name: string; readonly by: G["creator"] };
}

/** This thread's part of a run has ended. */
export function panicked(run: number, outcome: Outcome): void {
  if (outcome.ok) return;
  const { error, g } = outcome;
  const told: Omit<Told, "error"> = { run, ...(g !== null && whereabouts(error, g)) };
  const home = homeOf(run);
  try {
    tell(home, PANIC, { ...told, error });
  } catch {
    try {
      tell(home, PANIC, { ...told, error: standIn(error) });
    } catch {
      // There is no room left for it: that it was so is all that is told.
      setFailed(run);
      isolate.alert(home, ALERT.failed);
    }
  }
}

isolate.onAlert(ALERT.failed, () => {
  for (const p of takeFailed()) {
    const error = new Panic(
      "SHARED_MEMORY",
      "a goroutine on another thread has panicked, and there was no room to say how",
    );
    p.finish({ ok: false, error, g: null });
    if (!p.over) uncaught(error);
  }
});

function whereabouts(error: unknown, g: G): Pick<Told, "trace" | "who"> {
  return {
    trace: traceOf({ ...panickedGoroutine(error, g), thread: memory.self }),
    who: { id: g.id, name: g.name, by: g.creator },
  };
}

/** Adds to the stack of `error` who started the goroutine that threw it, and where that one stands. */
function addOrigin(error: unknown, { id, name, by }: NonNullable<Told["who"]>, from: number, p: P): void {
  if (!(error instanceof Error) || error === Canceled || error === DeadlineExceeded) return;
  const lines = [String(error.stack), `    in goroutine ${id} (${name}) on thread ${from}`];
  if (by !== null) {
    lines[1] += `, created by ${by.name} in goroutine ${by.id}`;
    const creator = p.allgs.sorted().find((g) => g.id === by.id);
    if (creator !== undefined) lines.push(describe(creator).stack.replace(/^(.*)\(\)\n\t(.*)$/gm, "    at $1 ($2)"));
  }
  error.stack = lines.filter((line) => line !== "").join("\n");
}

onTold(PANIC, (value, from) => {
  const { run, error, trace, who } = value as Told;
  const p = runAt(run);
  if (p === undefined) return;
  if (who !== undefined) addOrigin(error, who, from, p);
  p.finish({ ok: false, error, g: null, ...(trace !== undefined && { trace }) });
  // The default run does not end: it is the host's uncaught exception.
  if (!p.over) uncaught(error);
});

/** Stands for `onPanic` where only a part of the run is: asks the thread of its main, and ends no more than the goroutine. */
export function askHome(p: Part): PanicHandler {
  return (error, goroutine) => {
    if (!(m.curg instanceof Guest)) {
      const told = { run: p.record, goroutine: { ...goroutine, thread: goroutine.thread ?? memory.self } };
      try {
        tell(homeOf(p.record), ASKED, { ...told, error });
      } catch {
        tell(homeOf(p.record), ASKED, { ...told, error: standIn(error) });
      }
    }
    return "goroutine";
  };
}

onTold(ASKED, (value, from) => {
  const { run, error, goroutine } = value as PanickedTask & { readonly run: number };
  const p = runAt(run);
  if (p === undefined) return;
  addOrigin(error, whoIs(goroutine), from, p);
  p.panicked(error, goroutine);
});

const whoIs = ({ id, name, createdBy }: PanickedGoroutine): NonNullable<Told["who"]> => ({
  id,
  name,
  by: createdBy ?? null,
});

/** A goroutine that this thread has started has come back with a panic. */
export function cameBackPanicked(away: Away, { error, goroutine, decided }: PanickedTask): void {
  const { p } = away;
  addOrigin(error, whoIs(goroutine), goroutine.thread ?? 0, p);
  // In the default run it is an error for those who join.
  if (!decided && !(p.joinsFirst && away.wanted)) p.panicked(error, goroutine);
  if (!p.over) away.fail(error);
}
