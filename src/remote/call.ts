/** A goroutine on another machine, as its caller has it. */
import type { CancelCtx } from "../context/cancel-ctx.ts";
import { Canceled } from "../context/errors.ts";
import { hold, unhold, Watcher } from "../context/hold.ts";
import { nodeOf } from "../context/parent.ts";
import { thrownFor } from "../context/thrown-for.ts";
import type { Context } from "../context/types.ts";
import { NO, Operation } from "../runtime/op.ts";
import type { P } from "../runtime/proc.ts";
import { rejectedWith } from "../runtime/rejection.ts";
import type { Thing } from "../runtime/thing.ts";
import type { Op } from "../runtime/types.ts";
import { made } from "../runtime/unused.ts";
import { type Waiter, WaitQueue } from "../runtime/waiter.ts";
import { Alarm } from "./alarm.ts";
import type { Box } from "./box.ts";
import { RemoteError } from "./error.ts";
import { type End, endOf, sendable } from "./luggage.ts";
import type { Peer } from "./station.ts";

/** A goroutine that `fleet.go` has started. */
export interface RemoteGoroutine<out R> {
  /** Its name in the fleet; no other call has the same. */
  readonly id: string;
  /**
   * Waits for its end and gives what its function returned, a copy.
   *
   * Blocks until then. Throws what the function throws, with the stack from there; `RemoteError` LOST when the process that
   * ran it is gone and no attempt is left; NOT_SERVED when it has not begun within `queueTimeout`; UNREACHABLE when the
   * call could not be stored. A case of a select that loses leaves the goroutine as it is.
   */
  join(): Op<R>;
  /**
   * Gives it up: one that has not begun never does, and `join` throws the cause; of one that has, the contexts among its arguments end, and
   * `join` gives what its function makes of that. Never blocks; does nothing once it has ended.
   *
   * @param cause why; `context.Canceled` by default
   */
  cancel(cause?: unknown): void;
}

/** What a call needs of those that make it. */
export interface Caller {
  readonly p: P;
  readonly server: string;
  readonly outside: boolean;
  /** It has ended, and nothing more is to be heard of it. */
  ended(call: Call, failed: boolean): void;
  /** What it failed with was thrown by a join. */
  joined(call: Call): void;
}

/** How often it is begun, at most, and how long it may wait for that. */
export interface CallSettings {
  readonly attempts: number;
  readonly queueTimeout: number;
}

/** A process that leaves tells what has become of its calls before; by another way, so it may come after, by as many milliseconds. */
const LAST_WORDS = 500;

type Outcome = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: unknown };

const REASONS = { join: "remote call" };

export class Call implements RemoteGoroutine<unknown> {
  readonly id: string;
  readonly name: string;
  readonly #caller: Caller;
  readonly #box: Box;
  readonly #settings: CallSettings;
  readonly joiners: WaitQueue = new WaitQueue();
  readonly #watches: ContextWatch[];
  readonly #late: Alarm;
  /** The server has it. */
  #stored = false;
  /** The process that it has begun on last. */
  #worker: Peer | null = null;
  #attempt = 0;
  /** What is to end there, of all attempts. */
  readonly #ends: { readonly at: number; readonly end: End; readonly thrown: unknown }[] = [];
  #outcome: Outcome | null = null;
  #joined = false;
  readonly #lost: Alarm;
  readonly #workerGone = (): void => {
    // With attempts left, the server brings it to another process.
    if (this.#attempt >= this.#settings.attempts) this.#lost.in(LAST_WORDS);
  };

  constructor(
    caller: Caller,
    id: string,
    name: string,
    box: Box,
    contexts: ReadonlyMap<number, Context>,
    settings: CallSettings,
  ) {
    this.#caller = caller;
    this.id = id;
    this.name = name;
    this.#box = box;
    this.#settings = settings;
    this.#lost = new Alarm(caller.p, () => this.end({ ok: false, error: lost(name) }));
    this.#late = new Alarm(caller.p, () => this.#notServed());
    if (settings.queueTimeout !== Infinity) this.#late.in(settings.queueTimeout);
    this.#watches = [];
    for (const [at, ctx] of contexts) {
      const node = nodeOf("go", ctx);
      if (node !== null && ctx.err() === undefined)
        this.#watches.push(new ContextWatch(node, () => this.#over(at, ctx)));
    }
  }

  /** What those wait for that join it. */
  get thing(): Thing {
    const { p, server, outside } = this.#caller;
    const label = `${this.name} on ${server}`;
    return { kind: "remote goroutine", id: 0, name: this.name, p, label, outside, touches: null, reasons: REASONS };
  }

  // What the caller does.

  join(): Op<unknown> {
    return made(new JoinOp(this));
  }

  /** What a join gives; `NO` before the end. */
  look(): unknown {
    if (this.#outcome === null) return NO;
    if (!this.#joined) {
      this.#joined = true;
      this.#caller.joined(this);
    }
    if (this.#outcome.ok) return this.#outcome.value;
    throw this.#outcome.error;
  }

  cancel(cause: unknown = Canceled): void {
    this.#give(-1, { late: false, cause: sendable(cause) }, cause);
  }

  /** A context among its arguments has ended. */
  #over(at: number, ctx: Context): void {
    this.#give(at, endOf(ctx) as End, thrownFor(ctx));
  }

  #give(at: number, end: End, thrown: unknown): void {
    if (this.#outcome !== null) return;
    this.#ends.push({ at, end, thrown });
    if (this.#worker !== null) this.#tellEnd(this.#worker, at, end);
    else if (this.#stored) this.#withdraw(thrown);
  }

  #tellEnd(worker: Peer, at: number, end: End): void {
    worker.tell(["end", this.id, at, end], () => {});
  }

  /** Takes it back, if it has not begun: then `error` is what comes of it. */
  #withdraw(error: unknown): void {
    this.#box.link.question(
      "remove",
      this.id,
      (was) => {
        if (was) this.end({ ok: false, error });
      },
      () => {},
    );
  }

  #notServed(): void {
    const { queueTimeout } = this.#settings;
    if (this.#worker !== null) return;
    const text = `go: no process has begun ${JSON.stringify(this.name)} within ${queueTimeout} ms`;
    const error = new RemoteError("NOT_SERVED", text);
    if (this.#stored) this.#withdraw(error);
    else this.#ends.push({ at: -1, end: { late: false, cause: error }, thrown: error });
  }

  // What becomes of it.

  stored(): void {
    this.#stored = true;
    const [first] = this.#ends;
    if (first !== undefined && this.#worker === null) this.#withdraw(first.thrown);
  }

  /** A process has begun it. */
  begun(worker: Peer, attempt: number): void {
    if (this.#outcome !== null || attempt < this.#attempt) return;
    this.#late.stop();
    this.#leave();
    this.#worker = worker;
    this.#attempt = attempt;
    for (const { at, end } of this.#ends) this.#tellEnd(worker, at, end);
    worker.watch(this.#workerGone);
  }

  /** The process that had begun it has given it back, to be begun anew. */
  givenBack(): void {
    if (this.#outcome !== null) return;
    this.#leave();
    this.#worker = null;
    const [first] = this.#ends;
    if (first !== undefined) this.#withdraw(first.thrown);
  }

  #leave(): void {
    this.#lost.stop();
    this.#worker?.unwatch(this.#workerGone);
  }

  end(outcome: Outcome): void {
    if (this.#outcome !== null) return;
    this.#outcome = outcome;
    this.#late.stop();
    this.#leave();
    for (const watch of this.#watches) watch.stop();
    this.#joined = this.joiners.first !== null;
    if (!outcome.ok) rejectedWith(outcome.error); // so that it says who waited, too
    this.#caller.ended(this, !outcome.ok && !this.#joined && this.#ends.length === 0);
    for (let w = this.joiners.shift(); w !== null; w = this.joiners.shift()) {
      if (outcome.ok) w.complete(outcome.value, true);
      else w.fail(outcome.error);
    }
  }

  /** What it failed with; undefined where it did not. */
  get failure(): unknown {
    return this.#outcome?.ok === false ? this.#outcome.error : undefined;
  }
}

/** What a call ends with whose process is gone. */
export function lost(name: string): RemoteError {
  const text = `go: the process that ran ${JSON.stringify(name)} is gone, and whether the call was done is not known`;
  return new RemoteError("LOST", text, { sent: "maybe" });
}

class ContextWatch extends Watcher {
  override prev: Watcher | null = null;
  override next: Watcher | null = null;
  readonly #node: CancelCtx;
  readonly #told: () => void;

  constructor(node: CancelCtx, told: () => void) {
    super();
    this.#node = node;
    this.#told = told;
    hold(node, this);
  }

  override tell(): void {
    this.#told();
  }

  stop(): void {
    if (!this.#node.told) unhold(this.#node, this);
  }
}

class JoinOp extends Operation<unknown> {
  readonly #call: Call;

  constructor(call: Call) {
    super();
    this.#call = call;
  }

  override get verb(): string {
    return "join";
  }

  override get on(): Thing {
    return this.#call.thing;
  }

  override attempt(): unknown {
    return this.#call.look();
  }

  override enqueue(w: Waiter): void {
    this.#call.joiners.push(w);
  }

  override dequeue(w: Waiter): void {
    this.#call.joiners.remove(w);
  }
}
