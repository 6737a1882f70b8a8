/**
 * The stepper: a program that is held, and that somebody moves on, one operation at a time.
 *
 * It is an execution as exploration makes them (`testing/explore/execution.ts`), whose chooser is a person. So every operation is a
 * preemption point, time is virtual and moves only when nobody can go on, and the choices that were made are a schedule,
 * which `replay` understands. A step back is that schedule once more without its last choices.
 *
 * Invariants: between two actions the program stands still: its goroutines are runnable or wait, none runs. `#trail[n]` is
 * who made step `n`.
 *
 * What is not chosen goes as in production: whoever runs goes on until it waits, then the one who was ready first; a
 * select takes any of its ready cases.
 *
 * Rejected: to stop a program that runs by itself, in the middle. Its schedule is not known then, so nothing could be
 * undone; and promises and the host's timers would go on while it is held.
 */

import { whole } from "../../runtime/args.ts";
import { listen, type RuntimeEvent } from "../../runtime/events.ts";
import type { G } from "../../runtime/g.ts";
import { macrotask, monotonic } from "../../runtime/host.ts";
import { numbers } from "../../runtime/numbers.ts";
import type { RunOptions } from "../../runtime/options.ts";
import { ArgumentError, show } from "../../runtime/panic.ts";
import { report } from "../../runtime/report.ts";
import { Gpreempted } from "../../runtime/status.ts";
import { Random } from "../../runtime/strategy.ts";
import { casesOf } from "../../runtime/thing.ts";
import { describe } from "../../runtime/traceback.ts";
import type { Watcher } from "../../testing/explore/chooser.ts";
import { CLOCK } from "../../testing/explore/chooser.ts";
import { Execution, type Program, type Settings } from "../../testing/explore/execution.ts";
import { headline } from "../../testing/explore/record.ts";
import { decode, encode, scheduleOf } from "../../testing/explore/schedule.ts";
import type { Breakpoint, StepState } from "../protocol.ts";
import { Breakpoints } from "./breakpoints.ts";
import { intention, isReady, readyCases, selectOf, wording } from "./choices.ts";
import { Hand } from "./hand.ts";
import { Names } from "./names.ts";
import { type Capture, Output } from "./output.ts";

/** What `main` was called with. */
export interface Stepped {
  readonly program: Program;
  readonly options?: RunOptions;
}

export interface StepperOptions {
  /** Gives the program at its very beginning: called once for each start, so also for each step back. */
  readonly load: () => Stepped | Promise<Stepped>;
  readonly capture: Capture;
  /** Called before each start. */
  readonly begin?: (() => void) | undefined;
  /** Called when the program is over: "" when main has returned, else with what ended it. */
  readonly over?: ((text: string) => void) | undefined;
  /** What chance follows from, where nobody chooses. */
  readonly seed?: number | undefined;
}

/** Steps after which a run counts as endless: a person does not get there, but a loop may that runs to a breakpoint. */
const MAX_STEPS = 1_000_000;
/** Who is next, and which case. */
const MAX_CHOICES = 2 * MAX_STEPS;
/** Milliseconds that a program runs on before the host has its turn. */
const SLICE = 8;

const SETTINGS: Settings = { maxSteps: MAX_STEPS, anytime: false, leaks: false, asyncTimerChan: false };

/** Somebody was chosen whose select has several ready cases. */
interface Asked {
  readonly choice: number;
  readonly g: G;
  readonly cases: readonly number[];
}

const WATCHER: Watcher = { begin() {}, touch() {}, note() {}, end() {} };

export class Stepper {
  readonly #options: StepperOptions;
  readonly #hand = new Hand(WATCHER);
  readonly #output: Output;
  readonly #breakpoints = new Breakpoints();
  #names = new Names();
  #random: Random;
  #execution!: Execution;
  readonly #trail: number[] = [];
  /** Whoever is chosen for the next step, and has to say yet which case its select takes. */
  #asked: Asked | null = null;
  /** A schedule is followed: what it does not say is the first option. */
  #following = false;
  #running = false;
  #replaying = false;
  #stoppedAt: number | null = null;
  #ended: string | null = null;
  #state: StepState | null = null;
  /** The number of its first run, which all have. */
  readonly #runs = numbers.runs;
  #queue: Promise<unknown> = Promise.resolve();
  readonly #stopListening: () => void;

  constructor(options: StepperOptions) {
    this.#options = options;
    this.#output = new Output(options.capture);
    this.#random = new Random(options.seed ?? 1);
    this.#stopListening = listen((event) => this.#heard(event));
  }

  /** Puts the program at its beginning. To be called first. */
  start(): Promise<StepState> {
    return this.restart();
  }

  /** Gives the program up. */
  close(): void {
    this.#running = false;
    this.#stopListening();
    if (!this.#execution.p.over) this.#execution.stop();
  }

  /** How many steps were made, with the one that is being made. */
  get steps(): number {
    return this.#trail.length;
  }

  get state(): StepState {
    this.#state ??= {
      paused: !this.#running,
      step: this.#trail.length,
      ...this.#choices(),
      schedule: encode(scheduleOf(this.#execution.choices, this.#execution.settings)),
      breakpoints: [...this.#breakpoints.all],
      stoppedAt: this.#stoppedAt,
      ended: this.#ended,
      output: this.#output.text,
    };
    return this.#state;
  }

  // ---- actions -------------------------------------------------------------------------------------------------------

  /** The next step: that of `choice`, or as in production. Asks which case, where a select has several ready ones. */
  step(choice?: number): Promise<StepState> {
    return this.#act(() => {
      if (this.#running || this.#ended !== null) return;
      if (this.#asked !== null) this.#takeCase(this.#asked, choice);
      else this.#takeTurn(choice, true);
    });
  }

  /** Undoes the last `steps` steps. What is undone is what happens again, unless somebody chooses otherwise. */
  back(steps = 1): Promise<StepState> {
    whole("back: steps", steps, 1);
    return this.#act(async () => {
      this.#running = false;
      if (this.#asked !== null && steps === 1) this.#asked = null;
      else await this.#replay(Math.max(0, this.#trail.length - steps));
    });
  }

  /** Lets it go on as in production, to a breakpoint or its end. */
  resume(): Promise<StepState> {
    return this.#act(() => {
      if (this.#ended !== null) return;
      this.#asked = null;
      if (!this.#running) {
        this.#running = true;
        this.#runOn();
      }
    });
  }

  pause(): Promise<StepState> {
    return this.#act(() => {
      this.#running = false;
    });
  }

  /** Begins anew; with `schedule`, what follows is what that says, step by step. */
  restart(schedule?: string): Promise<StepState> {
    const decoded = schedule === undefined || schedule === "" ? undefined : decode(schedule);
    for (const at of decoded?.choices.keys() ?? []) {
      if (at >= MAX_CHOICES)
        throw new ArgumentError(`restart: a run has at most ${MAX_CHOICES} choices, got number ${at}`);
    }
    return this.#act(async () => {
      this.#running = false;
      const script: number[] = [];
      for (const [at, choice] of decoded?.choices ?? []) script[at] = choice;
      this.#following = decoded !== undefined;
      await this.#begin(
        Array.from(script, (choice) => choice ?? 0),
        decoded?.settings,
      );
    });
  }

  break(breakpoint: Omit<Breakpoint, "id">): Promise<StepState> {
    return this.#act(() => void this.#breakpoints.add(breakpoint));
  }

  unbreak(id: number): Promise<StepState> {
    return this.#act(() => this.#breakpoints.remove(id));
  }

  /** One action at a time, in the order in which they were asked for. */
  #act(action: () => void | Promise<void>): Promise<StepState> {
    const done = this.#queue.then(async () => {
      this.#state = null;
      await action();
      this.#state = null;
      return this.state;
    });
    this.#queue = done.catch(() => {});
    return done;
  }

  // ---- moving --------------------------------------------------------------------------------------------------------

  async #begin(script: readonly number[], settings?: Settings): Promise<void> {
    const { program, options = {} } = await this.#options.load();
    const before = this.#execution as Execution | undefined;
    if (before?.p.over === false) before.stop();
    const asyncTimerChan = options.asyncTimerChan ?? false;
    const execution = new Execution(program, this.#hand, settings ?? { ...SETTINGS, asyncTimerChan }, true);
    execution.name = options.name ?? "main";
    execution.sites = true;
    execution.lasting = execution.settings.leaks;
    execution.ended = (outcome) => {
      if (!outcome.ok) this.#output.write(report(outcome.error, outcome.g));
    };
    this.#execution = execution;
    this.#trail.length = 0;
    this.#random = new Random(this.#options.seed ?? 1);
    this.#asked = this.#ended = this.#stoppedAt = null;
    this.#output.text = "";
    this.#names = new Names();
    this.#hand.begin(script);
    numbers.runs = this.#runs;
    this.#options.begin?.();
    execution.begin();
  }

  /** The first `steps` steps of what was done so far, and the rest as what comes next. */
  async #replay(steps: number): Promise<void> {
    const { choices, settings } = this.#execution;
    const trail = [...this.#trail];
    await this.#begin([...choices, ...this.#hand.script.slice(choices.length)], settings);
    this.#replaying = true;
    try {
      while (this.#ended === null && this.#trail.length < steps) {
        const choice = this.#default();
        this.#advance(choice, 0);
        if (this.#hand.misfit === "" && this.#trail.at(-1) === trail[this.#trail.length - 1]) continue;
        const why = this.#hand.misfit || "another goroutine came";
        this.#output.write(
          `millrace: step ${this.#trail.length} did not go as before (${why}): the program depends on more than its schedule\n`,
        );
        this.#hand.script = [];
        break;
      }
    } finally {
      this.#replaying = false;
    }
  }

  #runOn(): void {
    macrotask(() => {
      const until = monotonic() + SLICE;
      this.#state = null;
      while (this.#running && monotonic() < until) {
        this.#takeTurn(undefined, false);
        if (this.#ended !== null || this.#stoppedAt !== null) this.#running = false;
      }
      if (this.#running) this.#runOn();
    });
  }

  #takeTurn(choice: number | undefined, ask: boolean): void {
    const execution = this.#execution;
    const { candidates } = execution;
    const wanted = choice ?? this.#default();
    if (!(Number.isInteger(wanted) && wanted >= 0 && wanted < Math.max(1, candidates.length))) {
      throw new ArgumentError(`step: choice: expected one of the ${candidates.length} there are, got ${show(choice)}`);
    }
    if (candidates.length > 1) this.#insist(execution.choices.length, choice);
    const g = execution.ready.find(({ id }) => id === candidates[wanted]);
    const select = g === undefined ? null : selectOf(g);
    const cases = select === null ? [] : readyCases(select);
    if (g !== undefined && cases.length > 1) {
      this.#asked = { choice: wanted, g, cases };
      if (!ask) this.#takeCase(this.#asked, undefined);
    } else this.#advance(wanted, 0);
  }

  #takeCase({ choice, cases }: Asked, which: number | undefined): void {
    const { candidates, choices } = this.#execution;
    if (which !== undefined && !cases.includes(which)) {
      throw new ArgumentError(`step: choice: expected one of ${cases.join(", ")}, got ${show(which)}`);
    }
    const at = choices.length + (candidates.length > 1 ? 1 : 0);
    this.#insist(at, which);
    const { script } = this.#hand;
    const any = (): number => (this.#following ? 0 : (cases[this.#random.below(cases.length)] as number));
    this.#asked = null;
    this.#advance(choice, which ?? script[at] ?? any());
  }

  /** What somebody chooses comes before what the script has in that place, and ends it. */
  #insist(at: number, choice: number | undefined): void {
    const { script } = this.#hand;
    if (choice === undefined || choice === (script[at] ?? (this.#following ? 0 : undefined))) return;
    this.#hand.script = script.slice(0, at);
    this.#following = false;
  }

  /** Which of the candidates comes if nobody chooses. */
  #default(): number {
    const { candidates, ready, choices } = this.#execution;
    if (candidates.length < 2) return 0;
    const scripted = this.#hand.script[choices.length];
    if (scripted !== undefined) return Math.min(scripted, candidates.length - 1);
    if (this.#following) return 0;
    // Whoever was only held before its next operation goes on; who has waited or yielded stands in line.
    const running = ready.find(({ id, status }) => id === this.#trail.at(-1) && status === Gpreempted);
    const last = candidates.indexOf(running?.id ?? -1);
    if (last >= 0) return last;
    const next = ready.find(({ id }) => candidates.includes(id));
    return next === undefined ? 0 : candidates.indexOf(next.id);
  }

  #advance(goroutine: number, first: number): void {
    const execution = this.#execution;
    const hand = this.#hand;
    this.#trail.push(execution.candidates[goroutine] ?? CLOCK);
    this.#stoppedAt = null;
    hand.goroutine = goroutine;
    hand.first = first;
    this.#output.during(() => {
      execution.advance();
      // The program is held where it waits for a choice; that nobody can go on any more is none.
      if (!execution.p.over && execution.ready.length === 0 && execution.p.timers.length === 0) execution.advance();
    });
    if (execution.p.over) this.#conclude();
  }

  #conclude(): void {
    const { failure } = this.#execution;
    this.#ended = failure === null ? "" : headline(failure);
    this.#options.over?.(this.#ended);
    if (failure?.kind === "unexplorable" || failure?.kind === "endless" || failure?.kind === "leak") {
      this.#output.write(`millrace: ${failure.error instanceof Error ? failure.error.message : this.#ended}\n`);
    }
  }

  #heard(event: RuntimeEvent): void {
    if (event.run !== (this.#execution as Execution | undefined)?.p?.id) return;
    this.#names.hear(event);
    if (this.#replaying || this.#stoppedAt !== null) return;
    this.#stoppedAt = this.#breakpoints.hit(event, this.#names)?.id ?? null;
  }

  // ---- what there is to choose ---------------------------------------------------------------------------------------

  #choices(): Pick<StepState, "kind" | "choices"> {
    if (this.#running || this.#ended !== null) return { kind: "none", choices: [] };
    const execution = this.#execution;
    const nameOf = (id: number): string => this.#names.ofChannel(id)[0] as string;
    if (this.#asked !== null) {
      const { g, cases } = this.#asked;
      const select = selectOf(g);
      const label = (at: number): string => {
        const op = select === null ? undefined : casesOf(select)?.[at];
        if (op === undefined) return "";
        return `${select?.names?.[at]}: ${wording(op, nameOf)}${isReady(op) === true ? "" : " (if it is ready)"}`;
      };
      return { kind: "case", choices: cases.map((at) => ({ choice: at, label: label(at), id: `${g.p.id}/${g.id}` })) };
    }
    const { candidates, ready } = execution;
    const clock = { label: `time goes on to ${execution.p.timers.next} ms`, id: "clock" };
    if (candidates.length === 0) return { kind: "other", choices: [{ choice: 0, ...clock }] };
    const rows = candidates.map((id, choice) => {
      const g = ready.find((each) => each.id === id);
      if (g === undefined) return { choice, ...clock };
      const place = /\n\t(.*)/.exec(`\n${describe(g).stack}`)?.[1]?.replace(/^.*[/\\]|:\d+$/g, "") ?? "";
      const label = `${g.id} ${g.name}: ${intention(g, nameOf)}${place === "" ? "" : `, ${place}`}`;
      return { choice, label, id: `${execution.p.id}/${id}` };
    });
    const first = this.#default();
    return { kind: "goroutine", choices: [...rows.slice(first, first + 1), ...rows.filter((_, at) => at !== first)] };
  }
}
