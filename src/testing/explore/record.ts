/**
 * A run with everything it did: the events of the runtime, which goroutine made each step and from which line. What a
 * timeline is drawn from, and what two runs of one schedule are compared by.
 */
import { listen, type RuntimeEvent } from "../../runtime/events.ts";
import type { G } from "../../runtime/g.ts";
import { watchHost } from "../../runtime/host-watch.ts";
import { m } from "../../runtime/m.ts";
import type { Op } from "../../runtime/op.ts";
import { show } from "../../runtime/panic.ts";
import { currentStack } from "../../runtime/traceback.ts";
import type { Watcher } from "./chooser.ts";
import { Execution, type Failure, type Program } from "./execution.ts";
import { Follow, type Schedule } from "./schedule.ts";

/** One step. */
export interface Step {
  /** The goroutine that made it; 0 for the clock. */
  readonly g: number;
  /** The line of the operation it began with; empty where it began with none. */
  readonly place: string;
  readonly events: readonly RuntimeEvent[];
}

export interface Recorded {
  readonly execution: Execution;
  readonly steps: readonly Step[];
  /** The names of the goroutines, by number. */
  readonly names: ReadonlyMap<number, string>;
  /** What of the schedule does not fit the program; empty when all does. */
  readonly misfit: string;
  /** What the program asked the host for, with the line that did. */
  readonly asked: readonly string[];
}

class Recorder implements Watcher {
  readonly steps: { g: number; place: string; events: RuntimeEvent[] }[] = [];
  readonly #places = new Map<number, string>();
  readonly #from: number;

  constructor(from: number) {
    this.#from = from;
  }

  begin(g: G | null, op: Op<unknown> | null): void {
    const id = g?.id ?? 0;
    this.steps.push({ g: id, place: op === null ? "" : (this.#places.get(id) ?? ""), events: [] });
  }

  performs(g: G): void {
    if (this.steps.length >= this.#from) this.#places.set(g.id, line());
  }

  event(event: RuntimeEvent): void {
    this.steps.at(-1)?.events.push(event);
  }

  touch(): void {}
  note(): void {}
  end(): void {}
}

/** The innermost line of the program that now runs. Another copy of this library is none of it. */
function line(): string {
  return /^\t(?!.*\/node_modules\/millrace\/(?:src|dist)\/)(.*)$/m.exec(currentStack())?.[1] ?? "";
}

/** How a run is recorded. */
export interface Recording {
  /** The first step whose line is noted; none by default, for it takes a stack each. */
  readonly places?: number;
  /** What the program asks the host for is answered with another time and other random numbers. */
  readonly disturbed?: boolean;
}

/** Runs `program` under `schedule` and notes all of it. */
export function record(program: Program, schedule: Schedule, recording: Recording = {}): Recorded {
  const { places = Number.POSITIVE_INFINITY, disturbed = false } = recording;
  const recorder = new Recorder(places);
  const follow = new Follow(schedule, recorder);
  const execution = new Execution(program, follow, schedule.settings, true);
  const names = new Map<number, string>([[1, "main"]]);
  const asked: string[] = [];
  const stop = listen((event) => {
    if (event.run !== execution.p.id) return;
    if (event.kind === "go-create") names.set(event.g, event.name);
    recorder.event(event);
  });
  try {
    watchHost(
      () => execution.run(),
      (what) => {
        if (m.curg === null || m.curg.p !== execution.p) return false;
        const place = line();
        if (place === "") return false; // the library itself
        asked.push(`${what} at ${place}`);
        return disturbed;
      },
    );
  } finally {
    stop();
  }
  return {
    execution,
    steps: recorder.steps,
    names,
    misfit: follow.misfit || follow.leftOver(),
    asked: [...new Set(asked)],
  };
}

/** A failure in one line, the same for failures that are alike. */
export function headline({ kind, error }: Failure): string {
  if (kind === "deadlock") return "all goroutines are asleep - deadlock!";
  if (kind === "leak") return "goroutines leaked";
  const text = error instanceof Error ? error.message.split("\n", 1)[0] : show(error);
  const named = error instanceof Error && error.name !== "Error" && error.name !== "Panic";
  const name = named ? `${error.name}: ` : "";
  return kind === "panic" ? `panic: ${name}${text}` : `${text}`;
}

/** How a run ended, in one line. */
export function ending(execution: Execution): string {
  const { failure, value } = execution;
  return failure === null ? `ended with ${summary(value)}` : headline(failure);
}

/** A value, for comparing: the whole of it where that is simple. */
function summary(value: unknown): string {
  if (typeof value !== "object" || value === null) return show(value);
  try {
    return JSON.stringify(value)?.slice(0, 2000) ?? show(value);
  } catch {
    return show(value);
  }
}

/** What is counted over all runs, so differs between two runs of one schedule. */
const COUNTED = new Set(["run", "byRun", "chan", "lock", "wait", "what"]);

/** An event as text, with numbers that begin anew in each run. */
function text(event: RuntimeEvent, numbers: Map<string, number>): string {
  const own = (key: string, value: unknown): unknown => {
    if (typeof value === "function" || typeof value === "bigint") return show(value);
    if (value instanceof Error) return `${value.name}: ${value.message}`;
    if (!COUNTED.has(key) || value === 0) return value;
    const id = `${key === "byRun" ? "run" : key} ${String(value)}`;
    if (!numbers.has(id)) numbers.set(id, numbers.size + 1);
    return numbers.get(id);
  };
  try {
    return JSON.stringify(event, own);
  } catch {
    return event.kind; // a value with a cycle
  }
}

/** The first thing in which two runs of one schedule differ; undefined if there is none. */
export function difference(a: Recorded, b: Recorded): string | undefined {
  const flat = ({ steps }: Recorded): RuntimeEvent[] => steps.flatMap(({ events }) => events);
  const [first, second] = [flat(a), flat(b)];
  const numbers = [new Map<string, number>(), new Map<string, number>()] as const;
  for (let at = 0; at < Math.max(first.length, second.length); at++) {
    const [one, two] = [first[at], second[at]];
    const here = one && text(one, numbers[0]);
    const there = two && text(two, numbers[1]);
    if (here !== there) return `event ${at + 1} was ${here ?? "none"}, then ${there ?? "none"}`;
  }
  const [here, there] = [ending(a.execution), ending(b.execution)];
  return here === there ? undefined : `it ${sentence(here)} at first, then it ${sentence(there)}`;
}

function sentence(end: string): string {
  return end.startsWith("ended with") ? end : `failed (${end})`;
}
