/**
 * The goroutine (Go's `g`).
 *
 * A `G` is its own waiter for a plain operation and its own entry in the run queue and in the list of all goroutines:
 * parked on a receive, a goroutine is this object and its generator, nothing else. Every field costs 8 bytes times ten
 * million, so think before adding one.
 *
 *                    go                    scheduler                  no partner
 *   (nothing) ────────────────▶ Grunnable ───────────▶ Grunning ────────────────▶ Gwaiting
 *                                 ▲  ▲                  │    │                        │
 *                                 │  └── Gpreempted ◀───┘    └──▶ Gdead               │
 *                                 └───────────────── complete / fail ─────────────────┘
 *
 * `Gnew` is Grunnable before the first step of its body, `Gthrow` is Grunnable with an error to throw where it waited;
 * `Gretry` is Grunning out of Gpreempted: the operation is still to be attempted.
 */
import type { AsyncScope } from "./async-scope.ts";
import type { Body } from "./body.ts";
import { emit, tap, tellSync, waker } from "./events.ts";
import { NO, Operation } from "./op.ts";
import type { P } from "./proc.ts";
import { shownAs } from "./shown.ts";
import { Gdead, Gnew, Gpanicked, Grunnable, Gthrow, hasEnded, type Status } from "./status.ts";
import { labelOf, type Thing } from "./thing.ts";
import type { Go, Goroutine, Op } from "./types.ts";
import { made } from "./unused.ts";
import { type Proxies, Waiter } from "./waiter.ts";

/** A goroutine that can be watched: told of its end is a waiter that does not ask for its outcome, as a `join` does. */
export interface Watched extends Goroutine {
  watch(w: Waiter): void;
}

/** Number and name of a goroutine that starts others: not itself, because it may be long gone when they are looked at. */
export interface Creator {
  readonly id: number;
  readonly name: string;
}

export class G extends Waiter implements Watched, Thing {
  override prev: Waiter | null = null;
  override next: Waiter | null = null;
  override value: unknown = undefined;
  override proxies: Proxies = null;
  status: Status = Gnew;
  /** What it waits for; the operation to attempt again when preempted. */
  op: Operation<unknown> | null = null;
  /** The suspended body; null before its start, and always for async and plain functions. */
  gen: Go<unknown> | null = null;
  readonly p: P;
  readonly id: number;
  /** Its function; once it runs, or where it has none of its own, only the name. */
  fn: Body | string;
  /** When it parked, in milliseconds of `m.coarse`. */
  since = 0;
  /** Its place in the run's list of goroutines. */
  at = 0;
  /** The goroutine that started this one. */
  readonly creator: Creator | null;
  /** The async scope in which it runs. */
  scope: AsyncScope;

  constructor(p: P, id: number, fn: Body | string, creator: Creator | null, scope: AsyncScope) {
    super();
    this.p = p;
    this.id = id;
    this.fn = fn;
    this.creator = creator;
    this.scope = scope;
  }

  get name(): string {
    if (typeof this.fn === "string") return this.fn;
    const name = this.fn.name || (this.p.isMain(this) ? "main" : "func");
    if (this.status !== Gnew) this.fn = name; // to look it up again would be slow
    return name;
  }

  override get g(): this {
    return this;
  }

  override get gone(): boolean {
    return this.p.over;
  }

  get kind(): "goroutine" {
    return "goroutine";
  }

  /** Whether a join would not wait. */
  ready(): boolean {
    return hasEnded(this.status);
  }

  join(): Op<never> {
    return made(new JoinOp(this)) as Op<unknown> as Op<never>;
  }

  watch(w: Waiter): void {
    this.p.allgs.join(this, w);
  }

  override complete(value: unknown, _ok: boolean): void {
    this.value = value;
    this.status = Grunnable;
    this.op = null;
    this.p.ready(this);
    if (tap.listener !== null) emit({ kind: "go-ready", run: this.p.id, g: this.id, wait: 0, ...waker() });
  }

  override fail(error: unknown): void {
    this.complete(error, false);
    this.status = Gthrow;
  }
}

shownAs(G.prototype, ({ id, name }) => `Goroutine ${id} (${name})`);

class JoinOp extends Operation<unknown> {
  readonly #g: G;

  constructor(g: G) {
    super();
    this.#g = g;
  }

  override get verb(): string {
    return "join";
  }

  override get on(): G {
    return this.#g;
  }

  override attempt(): unknown {
    const { status, value, p } = this.#g;
    if (status !== Gdead && status !== Gpanicked) return NO;
    if (tap.listener !== null) tellSync("acquire", p, labelOf(this.#g) as string);
    if (status === Gdead) return value;
    p.unheard.delete(this.#g);
    throw value;
  }

  override enqueue(w: Waiter): void {
    this.#g.p.allgs.join(this.#g, w);
  }

  override dequeue(w: Waiter): void {
    this.#g.p.allgs.unjoin(this.#g, w);
  }
}
