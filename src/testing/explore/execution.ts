/**
 * One run of a program under one schedule.
 *
 * It is the strategy of an ordinary run, which it drives by hand: the same scheduler, channels and locks as in production,
 * on the caller's stack, with no microtask between two steps. Every operation is a preemption point, so a step is one
 * operation and the code behind it, up to before the next one. Who makes the next step, which ready case of a select is
 * taken and what `below` gives, a `Chooser` says; nothing else is left to chance, because time is virtual: it stands
 * still while anything can run.
 *
 * When main has returned the others go on until none can: what is left then is a leak, what is stuck before is a deadlock.
 * `Fairness` says who has to let others go first.
 */

import type { Deque } from "../../runtime/deque.ts";
import type { Outcome } from "../../runtime/ending.ts";
import type { G } from "../../runtime/g.ts";
import { monotonic } from "../../runtime/host.ts";
import { m } from "../../runtime/m.ts";
import { counting, Made } from "../../runtime/numbers.ts";
import { NO, Operation } from "../../runtime/op.ts";
import { LeakError } from "../../runtime/panic.ts";
import { P } from "../../runtime/proc.ts";
import { Gpreempted, Gwaiting, hasEnded } from "../../runtime/status.ts";
import type { Strategy } from "../../runtime/strategy.ts";
import { NOTHING, type Thing } from "../../runtime/thing.ts";
import { formatGroups } from "../../runtime/traceback.ts";
import type { Go } from "../../runtime/types.ts";
import { nameOf, whyTimeStands } from "../standstill.ts";
import { type Chooser, CLOCK, type Watcher } from "./chooser.ts";
import {
  asyncFunction,
  EndlessError,
  type FailureKind,
  promised,
  type UnexplorableError,
  waitsForPromise,
} from "./errors.ts";
import { Fairness, PATIENCE } from "./fairness.ts";
import type { Work } from "./slices.ts";
import { StillClock } from "./still-clock.ts";

/** How a run ended that did not go as it should. */
export interface Failure {
  readonly kind: FailureKind;
  readonly error: unknown;
  /** Its goroutine; 0 where no single one is to blame. */
  readonly g: number;
}

/** What a run depends on besides its schedule. */
export interface Settings {
  readonly maxSteps: number;
  /** A timer may fire whenever it is the next, not only when nothing else can happen. */
  readonly anytime: boolean;
  readonly leaks: boolean;
  readonly asyncTimerChan: boolean;
}

export const MAX_STEPS = 10_000;

/** Milliseconds after which a run yields, and steps between two looks at the clock. */
const MOMENT = 2;
const LOOK = 16;

/** What a program may be. */
export type Program = () => unknown;

/** Where main waits, once it has returned, for the others. */
class Rest extends Operation<never> {
  override get verb(): string {
    return "join";
  }

  override get on(): Thing {
    return NOTHING;
  }

  override attempt(): NO {
    return NO;
  }
  override enqueue(): void {}
  override dequeue(): void {}
}

const rest = new Rest();

export class Execution implements Strategy {
  readonly settings: Settings;
  /** The run's name, and whether it notes where goroutines are started. */
  name = "explore";
  sites = false;
  /** The others go on when main has returned. */
  lasting = true;
  /** Every choice there was, of more than one option, in order. */
  choices: number[] = [];
  steps = 0;
  /** What main returned. */
  value: unknown = undefined;
  failure: Failure | null = null;
  /** The chooser gave up. */
  abandoned = false;
  /** Its run; the one before while there is none. */
  p!: P;

  /** Called when the run is over, while the frames of what ended it are still there. */
  ended: ((outcome: Outcome) => void) | null = null;

  /** Whether the program waits for time. */
  get timed(): boolean {
    return this.p.timers.used || this.#clock.polled;
  }

  /** Whether main has returned. */
  get rested(): boolean {
    return this.#resting;
  }

  readonly #program: Program;
  readonly #main: () => Go<void>;
  readonly #chooser: Chooser;
  #queue!: Deque<G>;
  #step!: () => void;
  readonly #clock = new StillClock();
  /** What it has made: its names are its own. */
  #made = new Made();
  #outcome: Outcome | null = null;
  #resting = false;
  #picked = 0;
  /** Who made the last step; the clock is nobody. */
  #last = -1;
  readonly #fairness = new Fairness(PATIENCE);
  readonly #options: number[] = [];
  readonly #ready: G[] = [];
  /** Build errors with all there is to know: stacks take a millisecond each. */
  readonly #detailed: boolean;

  constructor(program: Program, chooser: Chooser, settings: Settings, detailed: boolean) {
    this.#program = program;
    this.#chooser = chooser;
    this.settings = settings;
    this.#detailed = detailed;
    this.#main = Object.defineProperty((): Go<void> => this.#body(), "name", { value: "main" }); // also when minified
  }

  /** Runs the program once. Can be called again. */
  run(): this {
    const running = this.running();
    while (running.next().done !== true);
    return this;
  }

  /** Runs the program once, and yields whenever that has taken a moment: the host may have its turn between two steps. */
  *running(): Work<this> {
    this.begin();
    try {
      while (!this.p.over) {
        this.#alone(() => this.#moment());
        if (this.p.over) break;
        m.runs.delete(this.p); // what the host does meanwhile is not the program's
        yield;
        m.runs.add(this.p);
      }
    } finally {
      if (!this.p.over) this.#alone(() => this.stop());
    }
    this.#conclude();
    return this;
  }

  #moment(): void {
    const until = monotonic() + MOMENT;
    do for (let n = 0; n < LOOK && !this.p.over; n++) this.#turn();
    while (!this.p.over && monotonic() < until);
  }

  /** Puts the program at its beginning, for whoever takes it from there by `advance`. */
  begin(): void {
    this.choices = [];
    this.steps = 0;
    this.value = undefined;
    this.failure = null;
    this.abandoned = false;
    this.#outcome = null;
    this.#resting = false;
    this.#last = -1;
    this.#fairness.reset();
    this.#clock.ms = 0;
    this.#clock.next = Infinity;
    this.#clock.polled = false;
    this.#made = new Made();
    this.p = new P({ seed: 0, name: this.name, asyncTimerChan: this.settings.asyncTimerChan, leaks: false }, this);
    this.p.clock = this.#clock;
    this.p.sites ||= this.sites;
    const hand = this.p.byHand();
    this.#queue = hand.queue;
    this.#step = hand.step;
    this.#alone(() => {
      this.p.start(this.#main, (outcome) => {
        this.#outcome = outcome;
        this.ended?.(outcome);
      });
    });
  }

  /** Makes one step. */
  advance(): void {
    this.#alone(() => this.#turn());
    if (this.p.over) this.#conclude();
  }

  /** Who can make the next step, as the chooser will be asked. Empty when only time can go on. */
  get candidates(): readonly number[] {
    this.#list();
    return this.#options;
  }

  /** Those goroutines, in the order in which they became ready. */
  get ready(): readonly G[] {
    return Array.from({ length: this.#queue.length }, (_, at) => this.#queue.at(at));
  }

  /** Calls `fn` as the scheduler: what this thread was about is the same afterwards. */
  #alone(fn: () => void): void {
    const { curg, step, touch } = m;
    const { watcher } = this.#chooser;
    m.touch = watcher === undefined ? null : (thing) => watcher.touch(thing);
    try {
      counting(this.#made, fn);
    } finally {
      m.curg = curg;
      m.step = step;
      m.touch = touch;
      m.budget = 0;
    }
  }

  *#body(): Go<void> {
    const program = this.#program; // called as itself, so that its frame has its name
    const body = program() as Partial<Iterator<unknown> & PromiseLike<unknown>> | null | undefined;
    let value: unknown = body;
    if (typeof body === "object" && body !== null) {
      if (typeof body.next === "function" && Symbol.iterator in body) value = yield* body as Go<unknown>;
      else if (body instanceof Operation) value = yield* body;
      else if (typeof body.then === "function") throw this.#refuse(asyncFunction("the program"));
    }
    this.value = value;
    if (!this.lasting) return;
    this.#resting = true;
    yield* rest;
  }

  /** One step, of a goroutine or of the clock. */
  #turn(): void {
    const queue = this.#queue;
    const { watcher } = this.#chooser;
    if (queue.length === 0 && this.p.timers.length === 0) {
      this.#stuck();
      return;
    }
    if (this.steps >= this.settings.maxSteps) {
      this.#endless();
      return;
    }
    if (queue.length === 0) {
      watcher?.begin(null, null);
      this.#tick();
      if (watcher !== undefined) this.#tell(watcher, 0);
      return;
    }
    const id = this.#choose();
    if (id < 0) {
      this.abandoned = true;
      this.stop();
      return;
    }
    if (id === CLOCK) {
      const before = queue.length;
      watcher?.begin(null, null);
      this.#tick();
      if (watcher !== undefined) this.#tell(watcher, before);
      this.#last = -1;
      return;
    }
    let at = 0;
    while (queue.at(at).id !== id) at++;
    const g = queue.at(at);
    const op = g.status === Gpreempted ? g.op : null;
    this.#last = id;
    this.steps++;
    this.#fairness.step(id, op === null ? undefined : op.verb === "yield");
    this.#picked = at;
    const before = queue.length - 1;
    watcher?.begin(g, op);
    this.#step();
    m.curg = null;
    if (watcher !== undefined) {
      if (hasEnded(g.status)) watcher.touch(g);
      if (this.p.over) watcher.broke?.();
      this.#tell(watcher, before);
    }
    if (g.status === Gwaiting && g.op === null && !this.p.over) {
      this.#refuse(asyncFunction(`goroutine ${g.id} (${g.name})`));
    }
  }

  #tell(watcher: Watcher, before: number): void {
    const ready = this.#ready;
    const count = Math.max(0, this.#queue.length - before); // a run that is over has none
    if (ready.length > count) ready.length = count;
    for (let at = 0; at < count; at++) ready[at] = this.#queue.at(before + at);
    watcher.end(ready);
  }

  /** The next timer fires. */
  #tick(): void {
    this.steps++;
    this.#fairness.step(CLOCK, false);
    const { next } = this.p.timers;
    // While nothing runs, code looks for no moment.
    this.#clock.moveOn(this.#queue.length === 0 ? next : Math.min(next, this.#clock.next));
    m.curg = null;
    this.p.timers.fire();
  }

  #list(): void {
    const options = this.#options;
    const queue = this.#queue;
    const { length } = queue;
    if (options.length > length) options.length = length; // which costs more than all the rest
    for (let at = 0; at < length; at++) {
      const { id } = queue.at(at);
      let to = at;
      for (; to > 0 && (options[to - 1] as number) > id; to--) options[to] = options[to - 1] as number;
      options[to] = id;
    }
    if (this.settings.anytime) {
      if (this.p.timers.length > 0 || this.#clock.next < Infinity) options.push(CLOCK);
      else this.#fairness.gone(CLOCK);
    }
    this.#fairness.narrow(options);
    const last = options.indexOf(this.#last);
    if (last > 0) {
      for (let to = last; to > 0; to--) options[to] = options[to - 1] as number;
      options[0] = this.#last;
    }
  }

  #choose(): number {
    this.#list();
    const options = this.#options;
    const choice = this.#chooser.next(options);
    if (choice < 0) return choice;
    if (options.length > 1) this.choices.push(choice);
    return options[choice] as number;
  }

  // ---- what the run asks its strategy --------------------------------------------------------------------------------

  pick(): number {
    return this.#picked;
  }

  preempt(g: G, op: Operation<unknown>): boolean {
    if (waitsForPromise(op)) this.#refuse(promised(g));
    this.#chooser.watcher?.performs?.(g, op);
    return true;
  }

  below(n: number): number {
    if (n <= 1) return 0;
    const value = this.#chooser.below(n);
    this.choices.push(value);
    this.#chooser.watcher?.note(value);
    return value;
  }

  due(n: number): number {
    return this.below(n);
  }

  choose(n: number, attempt: (at: number) => boolean): boolean {
    if (n <= 1) return n === 1 && attempt(0);
    const start = this.#chooser.start(n);
    this.choices.push(start);
    let taken = 0;
    while (taken < n && !attempt((start + taken) % n)) taken++;
    this.#chooser.started?.(start, start + taken, n);
    this.#chooser.watcher?.note(taken < n ? (start + taken) % n : n);
    return taken < n;
  }

  // ---- how it ends ---------------------------------------------------------------------------------------------------

  /** Ends the run where it stands. */
  stop(): void {
    this.p.finish({ ok: true, value: undefined });
  }

  #fail(kind: FailureKind, error: unknown, g = 0): void {
    this.failure ??= { kind, error, g };
    if (!this.p.over) this.stop();
  }

  #refuse(error: UnexplorableError): UnexplorableError {
    this.#fail("unexplorable", error, m.curg?.id ?? 0);
    return error;
  }

  /** Nothing can ever run again. */
  #stuck(): void {
    const { p } = this;
    if (!this.#resting) {
      if (this.#detailed) p.dry();
      else this.#fail("deadlock", undefined);
    } else if (p.allgs.length > 1 && this.settings.leaks) {
      const left = this.#detailed ? p.info().filter(({ id }) => id !== 1) : [];
      this.#fail("leak", this.#detailed ? new LeakError(left, formatGroups(left)) : undefined);
    } else this.stop();
  }

  #endless(): void {
    const all = this.p.allgs.sorted();
    const left = this.#resting ? all.slice(1) : all;
    const still = !this.settings.anytime && this.timed && this.#detailed ? whyTimeStands(left) : "";
    this.#fail("endless", new EndlessError(this.settings.maxSteps, left.map(nameOf), still));
  }

  /** Makes a failure of how the run ended. */
  #conclude(): void {
    const outcome = this.#outcome;
    if (this.failure !== null || outcome === null || outcome.ok) return;
    const { error, g } = outcome;
    const deadlock = g === null && (error as { code?: unknown } | null)?.code === "DEADLOCK";
    this.failure = { kind: deadlock ? "deadlock" : "panic", error, g: g?.id ?? 0 };
  }
}
