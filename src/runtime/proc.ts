/**
 * The scheduler (Go's `proc.go`). A `P` holds what one run needs: its run queue, its goroutines, its randomness, its
 * timers. Several runs can be under way on one thread; they share the thread's time through `m`.
 *
 * Invariants: a goroutine is in the run queue exactly when its status is Gnew, Grunnable, Gpreempted or Gthrow; `#scheduled` is
 * true exactly when a drain is under way or booked with the host. After `over`, nothing of this run runs any more, and
 * none of its waiters is on a queue.
 *
 * The order: first started, first run; a woken goroutine goes to the tail. Go runs the newest first (`runnext`), which
 * helps its caches; ours is the order people expect and the same on every run.
 *
 * Rejected: one queue for all runs with a run id on each goroutine. A run has its own strategy, seed, clock and end, so
 * each of these would be a look-up by id.
 */
import { Allgs } from "./allgs.ts";
import { AwaitList } from "./async.ts";
import { type AsyncScope, capture, enter, frames, same, scopeOfHost, scopeOfRun } from "./async-scope.ts";
import { asGenerator, type Body, isGeneratorFunction, isPerformed, isThenable, next, throwInto } from "./body.ts";
import { type Clock, hostClock } from "./clock.ts";
import { Deque } from "./deque.ts";
import { isOver, underWay } from "./dry.ts";
import type { Outcome } from "./ending.ts";
import { checkLeaks, deadlock, leaveAll, looksForLeaks } from "./ending.ts";
import { emit, tap } from "./events.ts";
import { G } from "./g.ts";
import { activity, afterPromises, entropy, microtask, uncaught, warn } from "./host.ts";
import { Ids } from "./ids.ts";
import { GO_ON, m, type Preemption, type Verdict, YIELD_TO_HOST, YIELD_TO_OTHERS } from "./m.ts";
import { asyncGenerator, didNotWait, yielded } from "./misuse.ts";
import { numbers } from "./numbers.ts";
import { ask, panickedGoroutine, traceOf } from "./on-panic.ts";
import { DONE, isParked, type Operation, PARKED } from "./op.ts";
import type { RunOptions } from "./options.ts";
import { Origins } from "./origins.ts";
import { FatalError, Goexit } from "./panic.ts";
import { whenQuiet } from "./quiet.ts";
import { Gdead, Gnew, Gpanicked, Gpreempted, Gretry, Grunnable, Grunning, Gwaiting } from "./status.ts";
import { Random, SeededTimers, type Strategy } from "./strategy.ts";
import { Timers } from "./timers.ts";
import { infoOfAll } from "./traceback.ts";
import type { Go, GoroutineInfo, PanicHandler, PanickedGoroutine } from "./types.ts";
import { Unused } from "./unused.ts";

// Constants of this file, so that V8 folds them.
const framed = frames !== null;
const readFrame = frames === null ? () => undefined : frames.current;
const setFrame = frames === null ? () => {} : frames.set;

export class P {
  readonly id: number = ++numbers.runs;
  readonly name: string;
  readonly asyncTimerChan: boolean;
  readonly debug: boolean;
  /** Whether the places where goroutines are started are recorded, which costs a stack trace each. */
  sites: boolean;
  over = false;
  /** Called when the run queue is empty and nothing is booked: a virtual clock advances here. */
  idle: (() => void) | null = null;
  /** Called when the run ends: what the time package and others hold for this run is given back. */
  readonly atEnd: (() => void)[] = [];
  clock: Clock = hostClock;
  /** The async scope in which the run was started. */
  scope: AsyncScope = null;
  readonly timers: Timers = new Timers(this);
  readonly allgs: Allgs = new Allgs();
  readonly awaiting: AwaitList = new AwaitList();
  /** The goroutines that have performed goexit and not ended yet; null while none ever has. */
  #exited: WeakSet<G> | null = null;
  /** Decides what a panic ends; null: the run. */
  onPanic: PanicHandler | null;
  /** Goroutines of the default run that have panicked just now, and that nothing has joined yet. */
  readonly unheard: Set<G> = new Set();
  strategy: Strategy | null;
  /** Select's permutations, by length. */
  readonly orders: (number[] | undefined)[] = [];
  readonly unused: Unused | null;
  readonly ids: Ids = new Ids();
  readonly origins: Origins = new Origins();

  readonly #random: Random;
  readonly #runq = new Deque<G>();
  readonly #leaks: RunOptions["leaks"];
  #scheduled = false;
  /** Nothing runs but by the function that `byHand` gave. */
  #byHand = false;
  #verdict: Verdict = GO_ON;
  #unlooked = 0;
  /** Who ran at the last look at the clock, and whether it was the same at the one before. */
  #seen: G | null = null;
  #hogs = false;
  #main: G | null = null;
  #mainExited = false;
  /** How the run ends, now that main has returned and the others go on. */
  #outcome: Outcome | null = null;
  /** What kept the host busy before it began, where leaks are looked for. */
  hostBefore: readonly string[] = [];
  #finished: ((outcome: Outcome) => void) | null = null;
  readonly #drainFn = (): void => this.#inScope(this.#drain);
  readonly #at = (index: number): G => this.#runq.at(index);

  constructor(options: RunOptions, strategy: Strategy | null = null) {
    const { seed } = options;
    this.name = options.name ?? "";
    this.asyncTimerChan = options.asyncTimerChan ?? false;
    this.debug = options.debug ?? false;
    this.sites = this.debug || m.leakWatchers.length > 0;
    this.unused = this.debug ? new Unused() : null;
    this.onPanic = options.onPanic ?? null;
    this.#leaks = options.leaks;
    this.#random = new Random(seed ?? entropy());
    this.strategy = strategy ?? (seed === undefined ? null : new SeededTimers(seed));
  }

  /** Runs `fn` as the main goroutine; `finished` is called once, when the run is over. */
  start(fn: Body, finished: (outcome: Outcome) => void): G {
    this.open(finished);
    this.#main = this.go(fn, [], null, same(this.scope));
    return this.#main;
  }

  /** Begins a run without a main goroutine: it lasts until it is finished, or one of its goroutines panics. */
  open(finished: (outcome: Outcome) => void): void {
    this.#finished = finished;
    this.scope = scopeOfRun(this);
    if (looksForLeaks(this.#leaks)) this.hostBefore = activity();
    if (this.debug) m.watching++;
    if (this.#byHand) m.runs.add(this);
    else underWay(this);
    if (tap.listener !== null) emit({ kind: "run-start", run: this.id, name: this.name });
  }

  /**
   * Starts a goroutine: it goes to the tail of the run queue, and its body begins when its turn comes.
   *
   * @param by the goroutine that starts it
   * @param scope the async scope it runs in; that of the code that runs now, if it is not given
   */
  go(fn: Body, args: unknown[], by: G | null, scope: AsyncScope = capture(this.scope)): G {
    // A generator's body does not run yet, but its arguments are evaluated here, as Go does. Others keep them until then.
    if (isGeneratorFunction(fn))
      return this.launch(fn, fn.apply(undefined, args as never[]) as Go<unknown>, undefined, by, scope);
    return this.launch(fn, null, args, by, scope);
  }

  /** Starts the goroutine of `gen`, which is called like `fn`; or, where `gen` is null, one that is to call `fn` with `args`. */
  launch(
    fn: Body | string,
    gen: Go<unknown> | null,
    args: unknown[] | undefined,
    by: G | null,
    scope: AsyncScope = framed ? readFrame() : capture(this.scope),
  ): G {
    const creator = this.origins.creator(by);
    const g = new G(this, this.ids.next(), fn, creator, scope);
    g.gen = gen;
    g.value = args;
    if (this.over) {
      if (by === null) startedNothing(g);
      return g;
    }
    this.allgs.add(g);
    if (this.sites) this.origins.note(g, this.launch, gen === null ? 2 : 1);
    if (tap.listener !== null) emit({ kind: "go-create", run: this.id, g: g.id, name: g.name, by: creator?.id ?? 0 });
    this.ready(g);
    return g;
  }

  /** Whether anything is runnable. */
  get busy(): boolean {
    return this.#scheduled;
  }

  /** Makes `g` runnable. */
  ready(g: G): void {
    if (this.over) return;
    this.#runq.push(g);
    if (!this.#scheduled) {
      this.#scheduled = true;
      microtask(this.#drainFn);
    }
  }

  /** Whether `g` may attempt one more operation, now that the budget is used up. */
  preemption(g: G, op: Operation<unknown>): Preemption {
    if (this.over) return YIELD_TO_HOST;
    if (this.strategy === null) {
      this.#hogs = g === this.#seen;
      this.#seen = g;
      return m.spent();
    }
    if (this.strategy.preempt(g, op)) return YIELD_TO_OTHERS;
    if (this.#byHand) return GO_ON;
    if (++this.#unlooked < 128) return GO_ON;
    this.#unlooked = 0;
    const verdict = m.spent();
    m.budget = 0;
    return verdict;
  }

  /** Puts `g`, which is about to attempt an operation, back into the run queue. */
  preempt(g: G, why: Preemption): void {
    if (this.over) return;
    if (tap.listener !== null) emit({ kind: "go-yield", run: this.id, g: g.id });
    // The host's turns depend on the clock, so they order nothing where a strategy does, and as little as can be where
    // none does: only who was running at the last look as well has had its share, and goes behind its neighbours.
    if (why === YIELD_TO_OTHERS || (why === YIELD_TO_HOST && this.strategy === null && this.#hogs)) this.#runq.push(g);
    else this.#runq.unshift(g);
    if (why !== YIELD_TO_OTHERS) this.#verdict = why;
  }

  /** One turn of the scheduler: runs goroutines until none is runnable or somebody else is due. */
  #drain(): void {
    m.beginTurn();
    if (m.peer !== null) m.peer.poll();
    this.#verdict = GO_ON;
    this.#burst();
    while (this.#verdict === GO_ON && (this.#runq.length > 0 || m.peer?.more())) {
      this.#verdict = m.spent();
      if (this.#verdict === GO_ON) this.#burst();
    }
    m.curg = null;
    if (this.#runq.length === 0) {
      this.#scheduled = false;
      if (!this.over) this.idle?.();
      if (m.peer !== null) m.peer.idle();
    } else if (this.#verdict === YIELD_TO_HOST) m.afterHost(this.#drainFn);
    else microtask(this.#drainFn);
  }

  /** Runs goroutines for as long as the budget lasts. Apart from `#drain`, because V8 optimises what is called often. */
  #burst(): void {
    const runq = this.#runq;
    while (runq.length > 0) {
      this.#run(this.strategy === null ? runq.shift() : this.#pick(this.strategy));
      if (--m.budget < 0 || this.#verdict !== GO_ON) return;
    }
  }

  /** Runs goroutines on top of the running one, until the clock says `until`. Says whether some are left. */
  nest(until: number): boolean {
    if (this.strategy !== null) return false;
    const { value } = DONE;
    const verdict = this.#verdict;
    this.timers.fire();
    this.#inScope(() => {
      while (this.#runq.length > 0 && !this.over && this.clock.now() < until) this.#run(this.#runq.shift());
    });
    this.#verdict = verdict;
    DONE.value = value;
    return this.#runq.length > 0;
  }

  #pick(strategy: Strategy): G {
    m.budget = 0; // each operation asks the strategy
    return this.#runq.take(strategy.pick(this.#runq.length, this.#at));
  }

  /**
   * Takes the run out of the host's hands, before it starts: from now on only `step` moves it, on the caller's stack. It
   * resumes the goroutine of `queue` that the strategy picks, and comes back when that one parks, ends or is preempted.
   */
  byHand(): { readonly queue: Deque<G>; readonly step: () => void } {
    this.#scheduled = true; // so `ready` books nothing
    this.#byHand = true;
    const strategy = this.strategy as Strategy;
    const step = (): void => this.#run(this.#pick(strategy));
    return { queue: this.#runq, step: () => this.#inScope(step) };
  }

  /** Calls `fn` in the run's async scope. */
  #inScope(fn: () => void): void {
    if (framed) {
      const before = readFrame();
      fn.call(this);
      setFrame(before);
    } else if (this.scope) enter(this.scope, fn, this, undefined);
    else fn.call(this);
  }

  /** Resumes `g` in its async scope. */
  #run(g: G): void {
    if (framed) {
      setFrame(g.scope);
      this.#resume(g);
      g.scope = readFrame();
    } else if (g.scope) enter(g.scope, this.#resume, this, g);
    else this.#resume(g);
  }

  #resume(g: G): void {
    m.curg = g;
    try {
      if (g.status === Grunnable) {
        g.status = Grunning;
        DONE.value = g.value;
        g.value = undefined;
        m.step = DONE;
        if (tap.listener !== null) emit({ kind: "go-resume", run: this.id, g: g.id });
      } else {
        m.step = null;
        if (g.status === Gnew) {
          if (tap.listener !== null) emit({ kind: "go-start", run: this.id, g: g.id });
          g.status = Grunning;
          if (g.gen === null) {
            this.#begin(g);
            return;
          }
        } else {
          if (g.status === Gpreempted) g.status = Gretry;
          if (tap.listener !== null) emit({ kind: "go-resume", run: this.id, g: g.id });
        }
      }
      const result = next.call(g.gen as Go<unknown>);
      if (result !== PARKED) this.#left(g, result);
    } catch (error) {
      this.#threw(g, error);
    }
  }

  /** Calls a function that is no generator function and sees what it is. */
  #begin(g: G): void {
    const args = g.value as never[];
    g.value = undefined;
    const body = (g.fn as Body).apply(undefined, args);
    if (typeof body !== "object" || body === null) this.#end(g, body);
    else if (isPerformed(body)) {
      g.gen = asGenerator(body);
      this.#left(g, next.call(g.gen));
    } else if (isThenable(body)) {
      g.status = Gwaiting;
      // A thenable of another make may call back at once, or twice; the host's promise makes it behave.
      (body instanceof Promise ? body : Promise.resolve(body)).then(
        (value) => this.#settled(g, () => this.#end(g, value)),
        (error) => this.#settled(g, () => this.#threw(g, error)),
      );
    } else if (Symbol.asyncIterator in body && "next" in body) throw asyncGenerator(g);
    else this.#end(g, body);
  }

  /** The promise of an async goroutine is settled: what its end does, `g` does. */
  #settled(g: G, end: () => void): void {
    if (this.over) return;
    m.curg = g;
    try {
      end();
    } finally {
      m.curg = null;
    }
  }

  /** The generator gave a result that is not known to be `PARKED`. */
  #left(g: G, result: IteratorResult<unknown, unknown>): void {
    if (isParked(result)) return;
    if (g.status !== Grunning) this.#misused(g);
    if (result.done === true) {
      this.#end(g, result.value);
      return;
    }
    this.#left(g, throwInto(g.gen as Go<unknown>, yielded(g, result.value)));
  }

  /** `g` was told that an operation has to wait, and went on all the same: its result would come to the wrong place. */
  #misused(g: G): never {
    const error = didNotWait(g);
    if (g.status === Gwaiting) g.op?.dequeue(g);
    else this.#runq.remove(g);
    g.status = Grunning;
    throw error;
  }

  /** `g` has performed goexit. */
  exits(g: G): void {
    this.#exited ??= new WeakSet();
    this.#exited.add(g);
  }

  #end(g: G, value: unknown): void {
    const exited = this.#exited?.delete(g) === true;
    g.status = Gdead;
    g.value = exited ? undefined : value;
    if (tap.listener !== null) emit({ kind: "go-end", run: this.id, g: g.id });
    this.#release(g);
    if (g === this.#main && !exited) this.#returned(value);
    else if (g === this.#main) this.#mainExited = true;
    this.#last();
  }

  /** Nothing of `g` is left but its outcome. Says whether that is waited for. */
  #release(g: G): boolean {
    g.gen = null;
    if (g === this.#seen) this.#seen = null;
    this.allgs.remove(g);
    this.unused?.report(g);
    return this.allgs.release(g);
  }

  /** Main has returned, which ends the run. Where leaks are looked for, the others go on first until none can by itself. */
  #returned(value: unknown): void {
    m.others?.unjoined(this);
    if (this.over) return;
    const outcome: Outcome = { ok: true, value };
    if (this.allgs.length === 0 || !looksForLeaks(this.#leaks)) {
      this.finish(outcome);
      return;
    }
    this.#outcome = outcome;
    whenQuiet(
      () => [this],
      () => this.finish(outcome),
    );
  }

  /** A goroutine has ended: the last one ends a run whose main has returned, or leaves one that can't end. */
  #last(): void {
    if (this.allgs.length > 0 || m.others?.away(this)) return;
    if (this.#mainExited) this.#asleep();
    else if (this.#outcome !== null) this.finish(this.#outcome);
  }

  #threw(g: G, error: unknown): void {
    if (error instanceof Goexit) {
      // What an async function awaits does not know whose it is, so its exit is noted only here.
      this.exits(g);
      this.#end(g, undefined);
      return;
    }
    if (tap.listener !== null) emit({ kind: "go-panic", run: this.id, g: g.id, error });
    if (this.over) return;
    const asked =
      this.onPanic !== null && g !== this.#main && !(error instanceof FatalError && this.#finished !== null);
    const goroutine = asked ? panickedGoroutine(error, g) : null;
    if (this.joinsFirst) {
      // The default run has no end, so the panic is an error for those who join. `await g.join()` comes to that only later.
      if (this.#failed(g, error)) return;
      this.unheard.add(g);
      afterPromises(() => {
        if (this.unheard.delete(g)) this.panicked(error, goroutine);
      });
      return;
    }
    const end = this.#ending(error, goroutine);
    if (end !== null) this.finish({ ok: false, error: end.error, g });
    else if (!this.over) this.#failed(g, error);
  }

  /** `g` alone ends of its panic. Says whether anything has waited for it. */
  #failed(g: G, error: unknown): boolean {
    g.status = Gpanicked;
    g.value = error;
    const joined = this.#release(g);
    this.#last();
    return joined;
  }

  /** The error that ends the run; null when `onPanic` decides that nothing else ends. */
  #ending(error: unknown, goroutine: PanickedGoroutine | null): { readonly error: unknown } | null {
    return this.onPanic === null || goroutine === null ? { error } : ask(this.onPanic, error, goroutine);
  }

  /** Whether a panic is an error for those who join its goroutine, before it is anything else: in the default run. */
  get joinsFirst(): boolean {
    return this.#finished === null;
  }

  /**
   * Something has failed in this run, and nothing is left that could get its error: `onPanic` decides, else it ends the run.
   *
   * @param goroutine whose error it is; null where nothing is known of it, or where `onPanic` is not to be asked
   */
  panicked(error: unknown, goroutine: PanickedGoroutine | null): void {
    if (this.over) return;
    const end = this.#ending(error, goroutine);
    if (end === null) return;
    if (this.#finished === null) uncaught(end.error);
    else
      this.finish({ ok: false, error: end.error, g: null, ...(goroutine !== null && { trace: traceOf(goroutine) }) });
  }

  /**
   * Ends the run at once, because its state cannot go on. Throws the error as well, to unwind whoever is running; the
   * default run has no end, so there that is all, and who does not catch it tells the host.
   */
  fatal(error: FatalError): never {
    this.finish({ ok: false, error, g: m.curg });
    throw error;
  }

  /** Ends the run: whatever it has left stops where it stands and waits for nothing any more. */
  finish(outcome: Outcome): void {
    if (this.over || this.#finished === null) return;
    const result = outcome.ok ? checkLeaks(outcome, this.#leaks, this) : outcome;
    this.over = true;
    isOver(this);
    if (this.debug) m.watching--;
    m.budget = 0;
    this.unused?.report(null);
    leaveAll(this);
    this.#runq.clear();
    this.allgs.clear();
    this.awaiting.clear();
    for (const end of this.atEnd) end();
    if (tap.listener !== null) {
      emit({ kind: "run-end", run: this.id, name: this.name, error: result.ok ? undefined : result.error });
    }
    this.#finished(result);
  }

  /** The host's event loop has nothing left that could wake anyone. */
  dry(): void {
    if (this.#outcome !== null) this.finish(this.#outcome);
    else if (this.#finished !== null && this.#runq.length === 0) this.#asleep();
  }

  /** Nothing can ever run again. */
  #asleep(): void {
    this.finish({ ok: false, error: deadlock(this.info()), g: null });
  }

  isMain(g: G): boolean {
    return g.id === 1 && this.#finished !== null;
  }

  info(which?: (g: G) => boolean): GoroutineInfo[] {
    return infoOfAll(this, which);
  }

  /** A random number below `n`, from the run's one source. */
  below(n: number): number {
    return this.strategy === null ? this.#random.below(n) : this.strategy.below(n);
  }
}

let warned = false;

/** Code that outlived its run has said `go`: nothing starts, and once that is said. */
function startedNothing({ name, p }: G): void {
  if (warned) return;
  warned = true;
  warn(
    `go(${name}) started nothing: the run${p.name === "" ? "" : ` "${p.name}"`} that this code was started in has ended; ` +
      "start servers, connections and subscriptions that outlive a run outside of it",
    "MILLRACE_RUN_ENDED",
  );
}

if (m.fallback === undefined) {
  m.fallback = new P({ name: "default" });
  m.fallback.scope = scopeOfHost();
}

/** `m.current()` for what a program may use by itself: who imports it from here has the default run, which `m` lacks. */
export const current = (): P => m.current();
