/**
 * The clock of a bubble (Go's `testing/synctest`), which also judges what it means that nobody in it can go on.
 *
 * A goroutine is durably blocked when only the bubble itself can wake it:
 *
 * - a channel, lock, group, semaphore, condition, join or limiter that was made in the bubble; a nil channel; a sleep;
 * - a select, when each of its cases is that;
 * - `settle`.
 *
 * It is not when it waits for a promise, for a channel that the host feeds (a stream, events), or for something that was
 * made outside of the bubble. A lock is durable here, other than in Go, because it belongs to the run it was made in.
 *
 * Nothing says of a promise who will settle it. An async function that waits for an operation of the bubble waits for a
 * promise, too, so a bubble counts one pending promise as its own for each awaited operation and each nested run in it. An
 * awaited action is an awaited operation, which a goroutine of the bubble carries out.
 *
 * Once nobody can go on, and promises have had their turn, the first of these happens:
 *
 * 1. somebody is not durably blocked: the host gets two turns, then `patience` milliseconds, then the bubble fails;
 * 2. somebody waits in `settle`: it goes on;
 * 3. main has returned: the bubble ends, and fails if goroutines are left (time does not move any more);
 * 4. time jumps to the next timer;
 * 5. without one, the bubble is deadlocked.
 *
 * A goroutine that polls keeps time from moving on, and others that wait for time from ever going on. So while something
 * waits for time, the bubble looks now and then who runs: it fails after two real seconds in which goroutines only polled.
 *
 * Rejected: to jump while a promise is pending, as `VirtualClock` does. A request would always lose against its timeout.
 * To wait for the host as long as it takes, as Go does: what never comes is then found by the test's own time limit, with
 * nobody's name in it; and a test whose outcome hangs on how quick the host is is what a bubble is to prevent.
 */

import { knowsOwners } from "../../runtime/async-scope.ts";
import { VirtualClock } from "../../runtime/clock.ts";
import type { G } from "../../runtime/g.ts";
import {
  activity,
  afterPromises,
  busier,
  type HostTimer,
  holdTimer,
  macrotask,
  monotonic,
  startTimer,
  stopTimer,
} from "../../runtime/host.ts";
import type { Operation } from "../../runtime/op.ts";
import { BubbleError, LeakError, OutsideError } from "../../runtime/panic.ts";
import type { P } from "../../runtime/proc.ts";
import { awaitsPromise, promisesOf } from "../../runtime/promise.ts";
import { Gpreempted, Gwaiting } from "../../runtime/status.ts";
import { casesOf, homeOf, performerOf, thingOf } from "../../runtime/thing.ts";
import { formatAll, formatGroups } from "../../runtime/traceback.ts";
import type { GoroutineInfo } from "../../runtime/types.ts";
import type { Waiter } from "../../runtime/waiter.ts";
import { polls, whyTimeStands } from "../standstill.ts";

/** How long a promise that only waits for other promises may take, in turns of the host. */
const HOST_TURNS = 2;
/** Real milliseconds between two looks at a bubble that waits for the host. */
const POLL = 1;
/** Real milliseconds between two looks at who runs; and after how many in which goroutines only polled the bubble fails. */
const LOOK = 200;
const LOOKS = 10;

export class BubbleClock extends VirtualClock {
  readonly bubble = true;
  /** The one who waits in `settle`. */
  settler: Waiter | null = null;
  /** Main, once it has returned. */
  ending: Waiter | null = null;

  readonly #p: P;
  readonly #patience: number;
  /** What kept the host busy before the bubble began. */
  readonly #before: readonly string[] = activity();
  /** Turns that the host had since somebody ran. */
  #turns = 0;
  /** Until when the host may take its time. */
  #until = 0;
  /** Looks in a row in which goroutines only polled, and the time then. */
  #polled = 0;
  #time = 0;
  /** The moment that code has polled for last. */
  #sought = 0;
  #watches = false;
  readonly #yielded = new Set<G>();

  constructor(p: P, patience: number) {
    super();
    this.#p = p;
    this.#patience = patience;
    this.adopt(p);
  }

  adopt(p: P): void {
    this.attach(p);
    const { idle } = p;
    p.idle = () => {
      this.#turns = 0;
      idle?.();
    };
  }

  override start(ring: () => void, delay: number): ReturnType<VirtualClock["start"]> {
    this.#watch();
    return super.start(ring, delay);
  }

  looked(when: number): void {
    this.#sought = when;
    this.#watch();
  }

  /** Something waits for time: sees that time can go on. */
  #watch(): void {
    if (this.#watches) return;
    this.#watches = true;
    let timer: HostTimer;
    const look = (): void => {
      const waits = this.awaited || this.#sought > this.now();
      this.#polled = waits && this.#time === this.now() && this.#onlyPolls() ? this.#polled + 1 : 0;
      this.#time = this.now();
      if (this.#polled === LOOKS) this.#standStill();
      else again();
    };
    const again = (): void => {
      timer = startTimer(look, LOOK);
      holdTimer(timer, false);
    };
    this.#p.atEnd.push(() => stopTimer(timer));
    again();
  }

  yielded(g: G): void {
    this.#yielded.add(g);
  }

  /** Whether those that are runnable did nothing since the last look but look and yield. */
  #onlyPolls(): boolean {
    const runnable = [...this.runs].flatMap((p) => [...p.allgs]).filter(({ status }) => status !== Gwaiting);
    const only = runnable.every(
      (g) => this.#yielded.has(g) || (g.status === Gpreempted && g.op !== null && polls(g.op)),
    );
    this.#yielded.clear();
    return only && runnable.length > 0;
  }

  #standStill(): void {
    const why = whyTimeStands([...this.runs].flatMap((p) => p.allgs.sorted()));
    const error = new BubbleError(`bubble: ${why}; let it wait for a channel or for time instead`);
    this.#p.finish({ ok: false, error, g: null });
  }

  protected override later(fn: () => void): void {
    afterPromises(fn);
  }

  protected override atRest(): void {
    if (this.#p.over) return;
    const outside = this.#outside();
    if (outside.length > 0) {
      if (!this.#waitForHost()) this.#fail(outside);
      return;
    }
    this.#turns = 0;
    const { settler, ending } = this;
    if (settler !== null) {
      this.settler = null;
      settler.complete(undefined, true);
    } else if (ending !== null) {
      this.ending = null;
      if (this.#p.allgs.length > 1) this.#fail([]);
      else ending.complete(undefined, true);
    } else if (!this.jump()) {
      // A nested run first: its end may be what the others wait for.
      [...this.runs].at(-1)?.dry();
      this.book();
    }
  }

  /** Those who wait for something that is not the bubble's. */
  #outside(): G[] {
    const promises: G[] = [];
    const foreign: G[] = [];
    let pending = 0;
    for (const p of this.runs) {
      for (const g of p.allgs) {
        if (g.status !== Gwaiting) continue;
        const whose = g.op === null ? PROMISE : this.#whose(g.op);
        if (whose === PROMISE) {
          promises.push(g);
          pending += g.op === null ? 1 : Math.max(1, promisesOf(g.op));
        } else if (whose === FOREIGN) foreign.push(g);
      }
    }
    if (promises.length === 0) return foreign;
    let own = this.runs.size - 1;
    for (const p of this.runs) {
      for (const { op } of p.awaiting) if (performerOf(op) !== null || this.#whose(op) === OWN) own++;
    }
    return pending > own ? [...foreign, ...promises] : foreign;
  }

  #whose(op: Operation<unknown>): Whose {
    const cases = casesOf(op);
    const home = homeOf(op);
    if (cases !== undefined) {
      let whose: Whose = OWN;
      for (const each of cases) whose = Math.max(whose, this.#whose(each)) as Whose;
      return whose;
    }
    if (awaitsPromise(op)) return PROMISE;
    if (home === null) return OWN;
    if (!this.runs.has(home)) return FOREIGN;
    return thingOf(op)?.outside === true ? PROMISE : OWN;
  }

  /** Books another look for when the host had its turn; false when it had enough of them. */
  #waitForHost(): boolean {
    if (this.#turns++ < HOST_TURNS) {
      this.#until = 0;
      macrotask(() => this.book());
      return true;
    }
    if (this.#patience === 0) return false;
    const now = monotonic();
    if (this.#until === 0) this.#until = now + this.#patience;
    if (now >= this.#until) return false;
    startTimer(() => this.book(), POLL);
    return true;
  }

  /** Ends the bubble: because of `outside`, or, when main has returned, of all that are left. */
  #fail(outside: readonly G[]): void {
    if (this.ending !== null || outside.length === 0) {
      const left = this.#p.info(({ op }) => op?.verb !== "rest");
      this.#p.finish({ ok: false, error: new LeakError(left, formatGroups(left)), g: null });
      return;
    }
    const named = [...this.runs].flatMap((p) => p.info((g) => outside.includes(g)));
    this.#p.finish({ ok: false, error: new OutsideError(named, formatAll(named), this.#hints(named)), g: null });
  }

  #hints(named: readonly GoroutineInfo[]): string[] {
    const hints: string[] = [];
    const busy = busier(this.#before);
    if (busy.length > 0) hints.push(`(the host is busy with: ${busy.join(", ")})`);
    if (!knowsOwners && named.some(({ reason }) => reason === "await")) {
      hints.push("(this host does not tell which run an async function belongs to after an await; use a generator)");
    }
    return hints;
  }
}

/** Who ends a wait: the bubble; whoever settles a promise; somebody else. */
type Whose = typeof OWN | typeof PROMISE | typeof FOREIGN;
const OWN = 0;
const PROMISE = 1;
const FOREIGN = 2;
