/**
 * A run with everything it did: the events of the runtime, which goroutine made each step and from which line. What a
 * timeline is drawn from, and what two runs of one schedule are compared by.
 */

import { listen, type RuntimeEvent } from "../../runtime/events.ts";
import type { G } from "../../runtime/g.ts";
import { watchHost } from "../../runtime/host-watch.ts";
import { m } from "../../runtime/m.ts";
import type { Operation } from "../../runtime/op.ts";
import { show } from "../../runtime/panic.ts";
import { report } from "../../runtime/report.ts";
import { innermost, rememberStack, stackDepth } from "../../runtime/traceback.ts";
import type { Watcher } from "./chooser.ts";
import { Execution, type Failure, type Program } from "./execution.ts";
import { Follow, type Schedule } from "./schedule.ts";
import type { Work } from "./slices.ts";
import { STEPS } from "./timeline.ts";

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
  /** What is reported of an error that ended it, as of a run's; empty without one. */
  readonly said: string;
}

/** Where an operation is performed: a stack that is looked at only for the steps that are shown. */
interface Taken {
  stack?: string;
  readonly below: number;
}

class Recorder implements Watcher {
  /** How many frames there are below the execution: the caller's, not the program's. */
  below = 0;
  readonly #steps: { readonly g: number; taken: Taken | undefined; readonly events: RuntimeEvent[] }[] = [];
  readonly #taken = new Map<number, Taken>();
  readonly #places: boolean;

  constructor(places: boolean) {
    this.#places = places;
  }

  begin(g: G | null, op: Operation<unknown> | null): void {
    const id = g?.id ?? 0;
    const old = this.#steps[this.#steps.length - STEPS];
    if (old !== undefined) old.taken = undefined;
    this.#steps.push({ g: id, taken: op === null ? undefined : this.#taken.get(id), events: [] });
  }

  performs(g: G): void {
    if (!this.#places) return;
    const taken: Taken = { below: this.below };
    rememberStack(taken, this.performs);
    this.#taken.set(g.id, taken);
  }

  event(event: RuntimeEvent): void {
    this.#steps.at(-1)?.events.push(event);
  }

  get steps(): Step[] {
    return this.#steps.map(({ g, taken, events }) => ({ g, place: taken === undefined ? "" : placeOf(taken), events }));
  }

  touch(): void {}
  note(): void {}
  end(): void {}
}

function placeOf({ stack, below }: Taken): string {
  return innermost(stack, below);
}

/** How a run is recorded. */
export interface Recording {
  /** Whether the lines of the last steps are noted. */
  readonly places?: boolean;
  /** What the program asks the host for is answered with another time and other random numbers. */
  readonly disturbed?: boolean;
}

/** Runs `program` under `schedule` and notes all of it. */
export function* record(program: Program, schedule: Schedule, recording: Recording = {}): Work<Recorded> {
  const { places = false, disturbed = false } = recording;
  const recorder = new Recorder(places);
  const follow = new Follow(schedule, recorder);
  const execution = new Execution(program, follow, schedule.settings, true);
  const names = new Map<number, string>([[1, "main"]]);
  const asked = new Set<string>();
  let said = "";
  execution.ended = (outcome) => {
    if (!outcome.ok) said = report(outcome.error, outcome.g);
  };
  const stop = listen((event) => {
    if (event.run !== execution.p.id) return;
    if (event.kind === "go-create") names.set(event.g, event.name);
    recorder.event(event);
  });
  const ask = function ask(what: string): boolean {
    if (m.curg === null || m.curg.p !== execution.p) return false;
    const taken: Taken = { below: recorder.below };
    rememberStack(taken, ask);
    const place = placeOf(taken);
    if (place === "") return false; // the library itself
    asked.add(`${what} at ${place}`);
    return disturbed;
  };
  const running = execution.running();
  try {
    for (;;) {
      recorder.below = stackDepth();
      if (watchHost(() => running.next(), ask).done === true) break;
      yield;
    }
  } finally {
    running.return(execution);
    stop();
  }
  return {
    execution,
    steps: recorder.steps,
    names,
    misfit: follow.misfit || follow.leftOver(),
    asked: [...asked],
    said,
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

/** How a run ended, as a fact: how it failed, or what it returned. Never in words, for those may say what no schedule decides. */
export function ending({ failure, value }: Execution): string {
  return failure === null ? `returned ${data(value)}` : `${failure.kind} ${failure.g} ${data(failure.error)}`;
}

/** A value, for comparing: the whole of it where that is simple; of an error what it is, not what it says. */
function data(value: unknown): string {
  const simple = (_: string, each: unknown): unknown => {
    if (typeof each === "function" || typeof each === "bigint" || typeof each === "symbol") return show(each);
    if (!(each instanceof Error)) return each;
    const { name, code } = each as Error & { readonly code?: unknown };
    return typeof code === "string" ? `${name} ${code}` : name;
  };
  try {
    return JSON.stringify(value, simple)?.slice(0, 2000) ?? show(value);
  } catch {
    return show(value); // one with a cycle, or with a getter that throws
  }
}

/** What differs between two runs of one schedule, because it is never used again or is given outside. */
const OUTSIDE = new Set(["run", "byRun", "home", "chan", "id", "lock", "what"]);

/** The facts of an event, as text; what has numbers from outside gets one in the order in which it comes. */
function facts(event: object, seen: Map<string, number>): string {
  const said = Object.entries(event).map(([key, value]): string => {
    if (key === "cases" && Array.isArray(value)) {
      return `cases: [${value.map((each: object) => `{ ${facts(each, seen)} }`).join(", ")}]`;
    }
    if (key === "on" && value !== null) return `on: { ${facts(value, seen)} }`;
    if (!OUTSIDE.has(key) || value === 0) return `${key}: ${data(value)}`;
    const thing = `${key === "byRun" || key === "home" ? "run" : key} ${String(value)}`;
    const number = seen.get(thing) ?? seen.size + 1;
    seen.set(thing, number);
    return `${key}: ${number}`;
  });
  return said.join(", ");
}

/** Events after which the host may have its turn. */
const OFTEN = 64;

/** The first thing in which two runs of one schedule differ; undefined if there is none. */
export function* difference(a: Recorded, b: Recorded): Work<string | undefined> {
  const flat = ({ steps }: Recorded): RuntimeEvent[] => steps.flatMap(({ events }) => events);
  const [first, second] = [flat(a), flat(b)];
  const seen = [new Map<string, number>(), new Map<string, number>()] as const;
  for (let at = 0; at < Math.max(first.length, second.length); at++) {
    if (at % OFTEN === 0) yield;
    const [one, two] = [first[at], second[at]];
    const here = one && facts(one, seen[0]);
    const there = two && facts(two, seen[1]);
    if (here !== there) return `event ${at + 1} was ${here ?? "none"}, then ${there ?? "none"}`;
  }
  if (ending(a.execution) === ending(b.execution)) return undefined;
  return `it ${told(a.execution)} at first, then it ${told(b.execution)}`;
}

/** How a run ended, in words. */
function told({ failure, value }: Execution): string {
  return failure === null ? `ended with ${data(value)}` : `failed (${headline(failure)})`;
}
