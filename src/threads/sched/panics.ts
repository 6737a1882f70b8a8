/**
 * A panic on another thread than its run's main: it travels there, and ends the run as a panic does.
 *
 * The error keeps its stack, and gets that of the goroutine which said `go` below it, as far as that one stands somewhere.
 */
import { Canceled, DeadlineExceeded } from "../../context/errors.ts";
import type { G } from "../../runtime/g.ts";
import { inspect, uncaught } from "../../runtime/host.ts";
import type { Outcome } from "../../runtime/options.ts";
import { Panic } from "../../runtime/panic.ts";
import type { P } from "../../runtime/proc.ts";
import { panicTrace } from "../../runtime/report.ts";
import { describe } from "../../runtime/traceback.ts";
import { ALERT, isolate } from "../memory/isolate.ts";
import { memory } from "../memory/memory.ts";
import { onTold, tell } from "../values/tell.ts";
import { homeOf, runAt, setFailed, takeFailed } from "./run.ts";

const PANIC = "panic";

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
    trace: panicTrace(error, g, `, thread ${memory.self}`),
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

/** What is told of something thrown that can't travel. */
function standIn(error: unknown): unknown {
  if (!(error instanceof Error)) return new Error(inspect(error));
  const copy = new Error(error.message);
  copy.name = error.name;
  if (error.stack !== undefined) copy.stack = error.stack;
  return copy;
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
