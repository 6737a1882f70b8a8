/**
 * The engine: one queue as one process sees it. What is the same for every server is here; an adapter carries commands.
 *
 * A receive is claimed locally: the link tells the server how many messages it wants, one for each waiter and some ahead for
 * `work`. What arrives is leased to this process and given to a waiter at once, so a select is exact. What no waiter takes
 * for `LINGER` milliseconds is given back, which does not count as an attempt.
 *
 * A send that is a case of a select, on a queue with a capacity, reserves room, commits, and stores. A plain one is
 * stored at once if there is room, and else gets in line. Without a capacity there is nothing to wait for but the server, so
 * such a case commits as soon as the select would wait; then it waits for the answer, whatever else becomes ready.
 *
 * Invariants: each message in `#held` is leased to this process as far as it knows; `#buffer` holds those of them that the
 * program has not got; a waiter with a pending send is its `value`, which is in `#tickets`, on its way, or done.
 *
 * Rejected: a receive that asks the server when it is performed and takes what comes (a select that loses would have to
 * cancel, and the message may be under way); decisions by promises (a program could not be tested in virtual time).
 */
import { CLOSED } from "../chan/closed.ts";
import { withCancelCause } from "../context/cancel.ts";
import type { CancelCauseFunc, Context } from "../context/types.ts";
import { NO, Operation } from "../runtime/op.ts";
import { Panic } from "../runtime/panic.ts";
import type { P } from "../runtime/proc.ts";
import type { Thing } from "../runtime/thing.ts";
import { claim, type Waiter, WaitQueue } from "../runtime/waiter.ts";
import { Alarm } from "./alarm.ts";
import { RemoteError } from "./error.ts";
import { Line, type Lines } from "./line.ts";
import {
  type Connection,
  type Delivery,
  type Item,
  type PushResult,
  type Question,
  type Questions,
  type QueueLink,
  type QueueSink,
  type QueueSpec,
  ROOM_KEPT,
  type Settlement,
} from "./transport.ts";

/** For how many milliseconds a message that no waiter takes is kept. */
const LINGER = 20;
/** The most commands in a batch. */
const BATCH = 256;
/** From which part of a lease on an ack asks whether it is still held. */
const SURE = 0.8;

/** What a lease's end is to become. */
interface Extension {
  readonly delivery: Delivery;
  readonly d: number;
}

/** What the links of a process share. */
export interface Process extends Lines {
  readonly connection: Connection;
  /** Why nothing can be done with it any more. */
  readonly over: Error | null;
  report(error: RemoteError): void;
}

/** A message that this process holds. */
export class Lease {
  readonly delivery: Delivery;
  readonly value: unknown;
  /** The context it was sent with. */
  readonly origin: Context;
  /** When it was leased or renewed last, by the run's clock. */
  at: number;
  /** It is renewed by itself. */
  renews = true;
  lost = false;
  settled = false;
  /** Called when it is lost. */
  onLost: ((error: RemoteError) => void) | null = null;
  #ctx: Context | null = null;
  #cancel: CancelCauseFunc | null = null;

  constructor(delivery: Delivery, value: unknown, origin: Context, at: number) {
    this.delivery = delivery;
    this.value = value;
    this.origin = origin;
    this.at = at;
  }

  /** Something may wait for the end of its context. */
  get watched(): boolean {
    return this.#ctx !== null;
  }

  get ctx(): Context {
    if (this.#ctx === null) {
      [this.#ctx, this.#cancel] = withCancelCause(this.origin);
      if (this.lost) this.lose();
    }
    return this.#ctx;
  }

  lose(): void {
    this.lost = true;
    if (this.#cancel === null && this.onLost === null) return;
    const { id, attempt } = this.delivery;
    const error = new RemoteError("LEASE_LOST", `the lease on message ${id} has ended in attempt ${attempt}`);
    this.onLost?.(error);
    this.end(error);
  }

  /** Ends its context. */
  end(cause: unknown): void {
    this.#cancel?.(cause);
  }
}

/** What a link needs of the queue or channel it serves. */
export interface Owner {
  /** The value in a message. Throws when it is none. */
  decode(body: Uint8Array): { readonly value: unknown; readonly ctx: Context };
  /** What a receive gives for a message; the program has it from here on. */
  hand(lease: Lease): unknown;
}

/** A send that is not done. */
export class Pending {
  readonly item: Item;
  /** Whose send it is; null where it has gone, or never was. */
  w: Waiter | null;
  /** Told how it ended, where no waiter is. */
  readonly done: ((error: Error | null) => void) | null;
  /** It will happen: its select has no other case any more. */
  committed: boolean;

  constructor(item: Item, w: Waiter | null, done: Pending["done"] = null) {
    this.item = item;
    this.w = w;
    this.done = done;
    this.committed = w === null;
  }

  end(error: Error | null): void {
    const { w } = this;
    if (w === null) this.done?.(error);
    else if (error === null) w.complete(undefined, true);
    else w.fail(error);
  }
}

const REASONS = { receive: "remote receive", send: "remote send", call: "remote call" };

export class Link implements QueueSink, Thing {
  readonly kind = "remote";
  readonly id = 0;
  readonly name: string;
  readonly label: string;
  readonly zero: unknown;
  /** What happens on the server is not known here. */
  readonly touches = null;
  readonly reasons: typeof REASONS = REASONS;
  readonly spec: QueueSpec;
  readonly process: Process;
  readonly #owner: Owner;
  readonly #server: QueueLink;
  readonly #queue = new WaitQueue();
  #waiting = 0;
  /** How many more than the waiters need are wanted ahead. */
  #ahead = 0;
  readonly #buffer: Lease[] = [];
  readonly #held = new Map<string, Lease>();
  /** How many the server is to bring, by what it said last. */
  #asked = 0;
  #asking = 0;
  #version = 0;
  #closed = false;
  #stopped = false;
  #error: Error | null = null;
  /** Sends in line for room, by ticket. */
  readonly #tickets = new Map<string, Pending>();
  /** Room that a `trySend` may use, and the ticket that is to bring it. */
  #spare: string | null = null;
  #spareAsked: string | null = null;
  readonly #pushes: Line<Item, PushResult>;
  readonly #settles: Line<Settlement, boolean>;
  readonly #extensions: Line<Extension, boolean>;
  readonly #questions: Line<Question, unknown>;
  readonly #linger: Alarm;
  readonly #spareKept: Alarm;
  readonly #renew: Alarm;
  /** The same while something may wait for the end of a lease, so that time goes on. */
  readonly #renewWatched: Alarm;
  #watched = false;
  /** Asks again, where what was said may have been lost. */
  readonly #look: Alarm;
  #closing = false;

  constructor(process: Process, spec: QueueSpec, reconfigure: boolean, zero: unknown, owner: Owner) {
    this.process = process;
    this.spec = spec;
    this.name = spec.name;
    this.zero = zero;
    this.#owner = owner;
    const { p, connection } = process;
    this.label = `${spec.kind} ${JSON.stringify(spec.name)} on ${connection.server}`;
    this.#pushes = new Line(process, BATCH, (no, items, done) => this.#server.push(no, items, done));
    this.#settles = new Line(process, BATCH, (no, batch, done) => this.#server.settle(no, batch, done));
    this.#extensions = new Line(process, 1, (_no, [first], done) => {
      const { delivery, d } = first as Extension;
      this.#server.extend([delivery], d, done);
    });
    this.#questions = new Line(process, 1, (no, [question], done) =>
      this.#server.ask(no, question as Question, (answer) => done([answer])),
    );
    this.#linger = new Alarm(p, () => this.#giveBack());
    this.#spareKept = new Alarm(p, () => this.#dropSpare());
    this.#renew = new Alarm(p, () => this.#renewAll(), true);
    this.#renewWatched = new Alarm(p, () => this.#renewAll());
    this.#look = new Alarm(p, () => this.#restate());
    this.#server = connection.queue(spec, reconfigure, this);
  }

  get p(): P {
    return this.process.p;
  }

  get outside(): boolean {
    return this.process.connection.outside;
  }

  /** How many have arrived here and are not received. */
  get length(): number {
    return this.#buffer.length;
  }

  /** How many the program has, and has not settled. */
  get inHand(): number {
    return this.#held.size - this.#buffer.length;
  }

  /** Throws when it can't be used any more. */
  check(): void {
    const error = this.process.over ?? this.#error;
    if (error !== null) throw error instanceof Panic ? new Panic(error.code) : error;
  }

  // Receiving: what `range` and the receives of a channel wait on.

  get recvq(): this {
    return this;
  }

  /** The next that has arrived; `CLOSED` once the queue is closed and nothing is left in it, by what was heard last. */
  take(): unknown {
    this.check();
    if (this.#stopped) return CLOSED;
    const lease = this.#buffer.shift();
    if (lease === undefined) return NO;
    this.ask();
    return this.#owner.hand(lease);
  }

  /** Whether it was closed and empty when the server last said so. */
  get isClosed(): boolean {
    return this.#closed || this.#stopped;
  }

  /** The fleet is drained, or was: nothing more is received. */
  get isStopped(): boolean {
    return this.#stopped;
  }

  push(w: Waiter): void {
    this.#queue.push(w);
    this.#waiting++;
    this.ask();
  }

  remove(w: Waiter): void {
    if (w.prev === null && this.#queue.first !== w) return;
    this.#queue.remove(w);
    this.#waiting--;
    this.#ease();
  }

  /** How many goroutines work on messages of this queue. */
  workers = 0;

  /** `n` more, or fewer, are wanted ahead of the waiters. */
  ahead(n: number): void {
    this.#ahead += n;
    if (n > 0) this.ask();
    else this.#ease();
  }

  get #want(): number {
    if (this.#stopped || this.#error !== null) return 0;
    // Of a closed queue only waiters want to know: what is wanted ahead would be asked for without end.
    return Math.max(0, this.#waiting + (this.#closed ? 0 : this.#ahead) - this.#buffer.length);
  }

  /** Tells the server how many are wanted, if it thinks otherwise. */
  ask(): void {
    this.#watch();
    const want = this.#want;
    if (want === this.#asked || this.#asking > 0 || !this.process.up) return;
    this.#asked = want;
    this.#asking++;
    this.#server.want(want, () => {
      if (this.#asking > 0) this.#asking--;
      this.ask();
    });
  }

  /** Fewer are wanted: that is told when it stays so for a moment, because most loops come back. */
  #ease(): void {
    if (!this.#linger.isSet) this.#linger.in(LINGER);
  }

  arrived(list: readonly Delivery[], owed: number, version: number): void {
    if (version > this.#version) {
      this.#version = version;
      this.#asked = owed;
    }
    this.#closed = false;
    const at = this.p.clock.now();
    for (const delivery of list) {
      if (this.#held.has(delivery.tag)) continue; // it came twice
      try {
        const { value, ctx } = this.#owner.decode(delivery.body);
        const lease = new Lease(delivery, value, ctx, at);
        this.#held.set(delivery.tag, lease);
        this.#buffer.push(lease);
      } catch (error) {
        this.#unreadable(delivery, error);
      }
    }
    this.#serve();
    this.ask();
    if (this.#stopped) this.#giveBack();
    else if (this.#buffer.length > this.#ahead) this.#ease();
    this.#watchLeases();
  }

  #serve(): void {
    while (this.#buffer.length > 0) {
      const w = this.#next();
      if (w === null) return;
      const lease = this.#buffer.shift() as Lease;
      w.complete(this.#owner.hand(lease), true);
    }
  }

  #next(): Waiter | null {
    for (let w = this.#queue.first; w !== null; w = this.#queue.first) {
      this.#queue.remove(w);
      this.#waiting--;
      if (claim(w)) return w;
    }
    return null;
  }

  /** A message that can't be read is a dead letter, and the consumer goes on. */
  #unreadable(delivery: Delivery, error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.#settles.add({ delivery, how: "dead", delay: 0, reason, sure: true }, ignore, (e) => this.#report(e));
  }

  /** Gives back what no waiter has taken, and says how many are wanted now. */
  #giveBack(): void {
    const kept = this.#stopped ? 0 : this.#ahead;
    for (const lease of this.#buffer.splice(kept)) {
      this.#drop(lease);
      this.#settles.add(this.#settlement(lease, "back"), ignore, ignore);
    }
    this.ask();
  }

  closed(): void {
    this.#closed = true;
    this.#asked = 0;
    for (let w = this.#next(); w !== null; w = this.#next()) w.complete(this.zero, false);
  }

  failed(error: RemoteError): void {
    this.#error ??= error;
    this.#endAll(error);
  }

  #endAll(error: Error): void {
    for (let w = this.#next(); w !== null; w = this.#next()) w.fail(error);
    const pendings = [...this.#tickets.values()];
    this.#tickets.clear();
    for (const pending of pendings) pending.end(error);
    for (const line of this.#lines) line.fail(error);
    for (const lease of this.#held.values()) lease.lose();
    this.#held.clear();
    this.#buffer.length = 0;
    for (const alarm of this.#alarms) alarm.stop();
  }

  get #lines(): readonly Line<never, never>[] {
    return [this.#pushes, this.#settles, this.#extensions, this.#questions] as unknown as Line<never, never>[];
  }

  get #alarms(): readonly Alarm[] {
    return [this.#linger, this.#spareKept, this.#renew, this.#renewWatched, this.#look];
  }

  #report(error: Error): void {
    this.process.report(
      error instanceof RemoteError ? error : new RemoteError("SERVER", error.message, { cause: error }),
    );
  }

  // Sending.

  /** Performs a send for `w`, which has found no room at hand. */
  send(pending: Pending, w: Waiter): void {
    const { spec, process } = this;
    const canLose = w.root !== w;
    w.value = pending;
    if (canLose && spec.capacity !== Infinity) {
      this.#tickets.set(pending.item.ticket, pending);
      if (process.up) this.#server.reserve(pending.item.ticket);
      this.#watch();
      return;
    }
    if (canLose && !w.commit()) return;
    pending.committed = true;
    this.#store(pending);
  }

  /** `w` does not wait any more. */
  unsend(pending: Pending): void {
    if (this.#tickets.delete(pending.item.ticket) && this.process.up) this.#server.unreserve(pending.item.ticket);
  }

  #store(pending: Pending): void {
    this.#pushes.add(
      pending.item,
      (result) => {
        if (result === "full") this.#line(pending);
        else pending.end(result === "closed" ? new Panic("SEND_ON_CLOSED") : null);
      },
      (error) => pending.end(error),
    );
  }

  /** Stores without a waiter. */
  post(item: Item, done: (error: Error | null) => void): void {
    this.#store(new Pending(item, null, done));
  }

  /** There was no room, and its ticket is in line. */
  #line(pending: Pending): void {
    this.#tickets.set(pending.item.ticket, pending);
    this.#watch();
  }

  room(ticket: string): void {
    if (ticket === this.#spareAsked) {
      this.#spareAsked = null;
      this.#spare = ticket;
      this.#spareKept.in(ROOM_KEPT / 2);
      return;
    }
    const pending = this.#tickets.get(ticket);
    if (pending === undefined) {
      // Told twice, or late: if it is not on its way, the room is another's.
      if (!this.#isOnItsWay(ticket)) this.#server.unreserve(ticket);
      return;
    }
    this.#tickets.delete(ticket);
    if (!pending.committed) {
      if (pending.w === null || !pending.w.commit()) {
        this.#server.unreserve(ticket);
        return;
      }
      pending.committed = true;
    }
    this.#store(pending);
  }

  #isOnItsWay(ticket: string): boolean {
    return this.#pushes.some((item) => item.ticket === ticket);
  }

  /** Sends if a room is at hand. Without one, asks for one, for the next time. */
  trySend(item: Item): boolean {
    this.check();
    if (this.spec.capacity !== Infinity) {
      if (this.#spare === null && this.#spareAsked === null && this.process.up) {
        this.#spareAsked = `${item.ticket}+`;
        this.#server.reserve(this.#spareAsked); // may come at once
      }
      if (this.#spare === null) return false;
    }
    const ticket = this.#spare ?? item.ticket;
    this.#spare = null;
    this.#spareKept.stop();
    this.post({ ...item, ticket }, (error) => error !== null && this.#report(error));
    return true;
  }

  #dropSpare(): void {
    if (this.#spare !== null) this.#server.unreserve(this.#spare);
    this.#spare = null;
  }

  // Settling.

  #settlement(lease: Lease, how: Settlement["how"], delay = 0, reason = ""): Settlement {
    const sure = this.p.clock.now() - lease.at < SURE * this.spec.lease;
    return { delivery: lease.delivery, how, delay, reason, sure };
  }

  /** Takes a lease that is being settled from those that are renewed. */
  #drop(lease: Lease): void {
    lease.settled = true;
    this.#held.delete(lease.delivery.tag);
  }

  /** Throws where a message can't be settled. */
  checkLease(lease: Lease): void {
    this.check();
    if (lease.settled) throw new Panic("ACKED");
    if (lease.lost) throw new Panic("LEASE_LOST");
  }

  settle(
    lease: Lease,
    how: Settlement["how"],
    delay: number,
    reason: string,
    done: () => void,
    fail: (error: Error) => void,
  ): void {
    const settlement = this.#settlement(lease, how, delay, reason);
    this.#drop(lease);
    this.#settles.add(settlement, (held) => (held ? done() : fail(this.#lost(lease))), fail);
  }

  /** Acks a message that the program has without asking for it. */
  release(lease: Lease): void {
    this.#settleUnasked(lease, "ack");
  }

  /** Gives back a message that the program has: that was no attempt. */
  giveBack(lease: Lease): void {
    this.#settleUnasked(lease, "back");
  }

  #settleUnasked(lease: Lease, how: "ack" | "back"): void {
    this.settle(lease, how, 0, "", ignore, (error) => {
      if (!(error instanceof Panic)) this.#report(error);
    });
  }

  /** Gives back what workers have, and ends its contexts; says what that was. */
  giveBackAll(cause: unknown): string[] {
    if (this.workers === 0) return [];
    const leases = [...this.#held.values()];
    for (const lease of leases) {
      this.giveBack(lease);
      lease.end(cause);
    }
    return leases.map(({ delivery }) => `message ${delivery.id} of ${this.label}`);
  }

  #lost(lease: Lease): Panic {
    lease.lose();
    const { id, attempt } = lease.delivery;
    return new Panic("LEASE_LOST", `message ${id}, attempt ${attempt}`);
  }

  /** Lets the lease end `d` milliseconds from now, and renews it no more. */
  extend(lease: Lease, d: number, done: () => void, fail: (error: Error) => void): void {
    lease.renews = false;
    const end = this.p.clock.now() + d;
    this.#extensions.add(
      { delivery: lease.delivery, d },
      (held) => {
        if (held) {
          lease.at = end - this.spec.lease;
          done();
        } else {
          this.#lose(lease);
          fail(this.#lost(lease));
        }
      },
      fail,
    );
  }

  /** A context of a lease was made: something may wait for its end. */
  watchLeases(): void {
    this.#watched = true;
    this.#watchLeases();
  }

  #watchLeases(): void {
    if (this.#held.size === 0) return;
    const alarm = this.#watched ? this.#renewWatched : this.#renew;
    if (!alarm.isSet) alarm.in(this.spec.lease / 3);
  }

  #renewAll(): void {
    const now = this.p.clock.now();
    const due: Lease[] = [];
    this.#watched = false;
    for (const lease of this.#held.values()) {
      this.#watched ||= lease.watched;
      if (now - lease.at >= this.spec.lease) this.#lose(lease);
      else if (lease.renews && now - lease.at >= this.spec.lease / 4) due.push(lease);
    }
    if (due.length > 0 && this.process.up) {
      const list = due.map(({ delivery }) => delivery);
      this.#server.extend(list, this.spec.lease, (held) => {
        due.forEach((lease, i) => {
          if (held[i] === true) lease.at = Math.max(lease.at, now);
          else if (!lease.settled) this.#lose(lease);
        });
      });
    }
    this.#watchLeases();
  }

  #lose(lease: Lease): void {
    this.#held.delete(lease.delivery.tag);
    const at = this.#buffer.indexOf(lease);
    if (at >= 0) this.#buffer.splice(at, 1);
    lease.lose();
    this.ask();
  }

  // Everything else.

  question<K extends keyof Questions>(
    kind: K,
    args: Questions[K]["args"],
    done: (answer: Questions[K]["answer"]) => void,
    fail: (error: Error) => void,
  ): void {
    // Another command of ours may be the first to be told that the queue is gone.
    const gone = (error: Error): void =>
      kind === "drop" && error instanceof RemoteError && error.code === "STATE_LOST"
        ? done(undefined as never)
        : fail(error);
    this.#questions.add({ kind, args } as Question, done as (answer: unknown) => void, gone);
  }

  /** Closes the queue, behind all that was sent before. */
  close(): void {
    this.check();
    if (this.#closing) return;
    this.#closing = true;
    this.#closeNow();
  }

  #closeNow(): void {
    if (!this.#pushes.idle) {
      this.#pushes.onIdle = () => this.#closeNow();
      return;
    }
    this.question("close", undefined, ignore, (error) => this.#report(error));
  }

  reopened(): void {
    this.#closing = false;
    this.#closed = false;
  }

  /** Asks again what was asked: something may have been lost. */
  #watch(): void {
    if (this.process.lossy && !this.#look.isSet && (this.#want > 0 || this.#tickets.size > 0)) {
      this.#look.in(this.spec.lease / 2);
    }
  }

  #restate(): void {
    if (!this.process.up) return;
    this.#asking = 0;
    this.#asked = -1;
    this.ask();
    for (const ticket of this.#tickets.keys()) this.#server.reserve(ticket);
    this.#watch();
  }

  /** The connection is back: says anew what is wanted, held and under way. */
  resume(): void {
    this.#spareAsked = null;
    this.#restate();
    this.#renewAll();
    for (const line of this.#lines) line.again();
  }

  /** Takes no more: receivers that wait get what they get of a closed channel. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#dropSpare();
    for (let w = this.#next(); w !== null; w = this.#next()) w.complete(this.zero, false);
    for (const pending of [...this.#tickets.values()]) {
      this.unsend(pending);
      pending.end(new Panic("CLOSED_FLEET"));
    }
    this.#giveBack();
  }

  /** Whether nothing is on its way to the server. */
  get isIdle(): boolean {
    return this.#lines.every(({ idle }) => idle);
  }

  /** Whether that is so, and no worker has a message. */
  get isQuiet(): boolean {
    return this.workers === 0 && this.isIdle;
  }

  /** The fleet is over. */
  end(error: Error): void {
    this.#stopped = true;
    this.#endAll(error);
    this.#server.stop();
  }
}

function ignore(): void {}

/** An operation on a link that waits for the server. */
export abstract class LinkOp<T> extends Operation<T> {
  readonly link: Link;

  constructor(link: Link) {
    super();
    this.link = link;
  }

  override get verb(): string {
    return "call";
  }

  override get on(): Link {
    return this.link;
  }
}

/** Receives what has arrived, or waits for it. */
export class RecvOp extends LinkOp<unknown> {
  override get verb(): string {
    return "receive";
  }

  override attempt(): unknown {
    const value = this.link.take();
    return value === CLOSED ? this.link.zero : value;
  }

  override enqueue(w: Waiter): void {
    this.link.push(w);
  }

  override dequeue(w: Waiter): void {
    this.link.remove(w);
  }
}

/** Stores a message. */
export class SendOp extends LinkOp<void> {
  readonly #item: () => Item;

  /** @param item makes the message of one performance: its number is its own */
  constructor(link: Link, item: () => Item) {
    super(link);
    this.#item = item;
  }

  override get verb(): string {
    return "send";
  }

  override attempt(): NO {
    this.link.check();
    return NO;
  }

  override enqueue(w: Waiter): void {
    this.link.send(new Pending(this.#item(), w), w);
  }

  override dequeue(w: Waiter): void {
    if (!(w.value instanceof Pending)) return;
    this.link.unsend(w.value);
    w.value.w = null;
  }
}

/** What a command of an `AskOp` answers with. */
export interface Answer<T> {
  done(value: T): void;
  fail(error: Error): void;
}

/** Asks the server for something. One that changes something commits when it would wait; one that only looks can still lose. */
export class AskOp<T> extends LinkOp<T> {
  readonly #check: () => void;
  readonly #changes: boolean;
  readonly #start: (answer: Answer<T>) => void;

  constructor(link: Link, changes: boolean, check: () => void, start: (answer: Answer<T>) => void) {
    super(link);
    this.#check = check;
    this.#changes = changes;
    this.#start = start;
  }

  override attempt(): NO {
    this.link.check();
    this.#check();
    return NO;
  }

  override enqueue(w: Waiter): void {
    if (this.#changes && w.root !== w && !w.commit()) return;
    const asking: { w: Waiter | null } = { w };
    w.value = asking;
    const waiter = (): Waiter | null => {
      const still = asking.w;
      asking.w = null;
      return still !== null && (this.#changes || claim(still)) ? still : null;
    };
    this.#start({ done: (value) => waiter()?.complete(value, true), fail: (error) => waiter()?.fail(error) });
  }

  override dequeue(w: Waiter): void {
    if (w.value !== undefined) (w.value as { w: Waiter | null }).w = null;
  }
}
