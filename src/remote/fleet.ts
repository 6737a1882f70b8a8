/** The processes that share a server and a name: how one of them joins, what it opens there, and how it leaves. */
import { chan } from "../chan/make.ts";
import type { Chan, RecvChan } from "../chan/types.ts";
import { Action } from "../runtime/action.ts";
import { callback, checkOptions, unexpected } from "../runtime/args.ts";
import { m } from "../runtime/m.ts";
import { NO, Operation } from "../runtime/op.ts";
import { ArgumentError, Panic, show } from "../runtime/panic.ts";
import type { P } from "../runtime/proc.ts";
import type { Result } from "../runtime/run.ts";
import type { Thing } from "../runtime/thing.ts";
import type { Go, Op } from "../runtime/types.ts";
import { made } from "../runtime/unused.ts";
import { claim, type Waiter } from "../runtime/waiter.ts";
import type { Parallel } from "../threads/sendable.ts";
import { sleep } from "../time/sleep.ts";
import { Alarm } from "./alarm.ts";
import { Box } from "./box.ts";
import type { RemoteGoroutine } from "./call.ts";
import { type CallHome, type CallPlan, Calls } from "./calls.ts";
import { RemoteChannel, type RemoteChanOptions } from "./chan.ts";
import { checkName, checkNumber, checkText } from "./check.ts";
import { RemoteError, sendRemoteErrors } from "./error.ts";
import { Link, type Owner } from "./link.ts";
import { mismatch } from "./mismatch.ts";
import { needFeature, type Queue, type QueueOptions, RemoteQueue } from "./queue.ts";
import { type ServeOptions, serving } from "./serve.ts";
import type { Connection, Feature, Port, QueueSpec, Transport } from "./transport.ts";
import { Wire } from "./wire.ts";

/** Options of `connect`. Durations are milliseconds. */
export interface FleetOptions {
  /** The fleet's name, under which its queues are on the server: 1 to 64 letters, digits, `-` or `_`. */
  readonly name: string;
  /** How long a message is a process's that says nothing any more: from 1,000 up, 30,000 by default. It is renewed at a third. */
  readonly lease?: number | undefined;
  /** How large a message may be, in bytes: 1 MiB by default. */
  readonly maxSize?: number | undefined;
  /** How long connecting may take: 10,000 by default. */
  readonly connectTimeout?: number | undefined;
  /** How long a send, an ack and other commands wait for a server that is away: 30,000 by default. */
  readonly sendTimeout?: number | undefined;
}

/**
 * This process as a member of a fleet. It belongs to the run that connected, and ends with it.
 *
 * Disposing of it (`await using`) drains it.
 */
export interface Fleet extends AsyncDisposable {
  /** What the server can do. An option that needs something else is refused where it is given. */
  readonly features: ReadonlySet<Feature>;
  /** What went wrong that no operation waited for: a lost connection, a close that failed. The newest 64 are kept. */
  readonly errors: RecvChan<RemoteError>;
  /**
   * Opens a queue, which is made if it is not there. Never blocks: what is wrong with it is thrown by its operations.
   *
   * @param name 1 to 64 letters, digits, `-` or `_`
   * @param options the same for all processes, or its operations throw `RemoteError` MISMATCH
   * @throws ArgumentError for options that are none, or that the server can't do
   */
  queue<T>(name: string, options?: QueueOptions<T>): Queue<T>;
  /**
   * Opens a channel, which is made if it is not there. Never blocks. Work belongs into a queue: a value that was received
   * from a channel is lost with the process that received it.
   *
   * @param name 1 to 64 letters, digits, `-` or `_`
   * @param options `capacity`, from 1 up, and what a channel here has; the same for all processes
   * @throws ArgumentError for options that are none
   */
  chan<T, Z = undefined>(name: string, options: RemoteChanOptions<T, Z>): Chan<T, Z>;
  /**
   * Starts a goroutine on whichever process of the fleet serves its function. Never blocks: what goes wrong is thrown by `join`.
   *
   * A context among the arguments arrives with its values and the time it has left, and ends there when it does here. The
   * caller's async context goes along as between threads. When this process dies, the contexts of its goroutines end; when
   * the one that runs it dies, it is begun again elsewhere if it has attempts left (`with`).
   *
   * @param fn a function that `parallel` has named
   * @param args what to call it with, copied
   * @throws ArgumentError for another function, and when something in the arguments can't travel or they are too large
   */
  go<A extends unknown[], R>(fn: Parallel<(...args: A) => R>, ...args: A): RemoteGoroutine<Result<R>>;
  /**
   * Gives a `go` with other options. What it gives can stand for the fleet as the `on` of pools and maps.
   *
   * @param options `attempts`, `group`, `key`, `queueTimeout`
   * @throws ArgumentError for options that are none
   */
  with(options: CallOptions): Pick<Fleet, "go">;
  /**
   * Works for the fleet: on the calls of the parallel functions that are loaded here, and on the queues that `handle` names.
   *
   * Blocks until `ctx` ends or the fleet is drained; what has begun is finished first.
   *
   * @param options `concurrency`, how many calls at once (8); `groups`, `queues` and `calls`, which of them; `ctx`
   * @throws ArgumentError for options that are none, and when there is nothing to serve
   */
  serve(options?: ServeOptions): Action<void>;
  /**
   * Leaves the fleet: receives nothing more, gives back what has arrived and is not received, finishes the work of `work` and
   * `serve`, waits for the goroutines that `go` has started and for what is on its way to the server, and closes the
   * connection. After it, everything of this fleet panics with CLOSED_FLEET.
   *
   * Blocks until then. Throws what remote goroutines have failed with that nothing joined; `RemoteError` HELD_UP after
   * `timeout`, when the contexts of what is still worked on have ended and it was given back, which does not count as an attempt.
   *
   * @param options `timeout`, in milliseconds
   * @throws ArgumentError when it is not that
   */
  drain(options?: DrainOptions): Action<void>;
}

/** Options of `fleet.with`. */
export interface CallOptions {
  /** How often a call is begun at most, when processes die that run it: a whole number from 1 up, 1 by default. */
  readonly attempts?: number | undefined;
  /** The processes that take it, by the groups that they serve: 1 to 64 letters, digits, `-` or `_`. */
  readonly group?: string | undefined;
  /** Calls of a function with one key are done one at a time, in order. */
  readonly key?: string | undefined;
  /** For how many milliseconds it may wait to be begun, before `join` throws `RemoteError` NOT_SERVED. For ever by default. */
  readonly queueTimeout?: number | undefined;
}

/** Options of `drain`. */
export interface DrainOptions {
  /** How long to wait for what is being worked on, in milliseconds from 0 up: for ever by default. */
  readonly timeout?: number | undefined;
}

/** What `go` does without other options. */
const PLAN: CallPlan = { attempts: 1, group: "", key: undefined, queueTimeout: Infinity };

/** A lease must be longer than the pauses that machines make. */
const SHORTEST_LEASE = 1000;
const MOST_ERRORS = 64;
/** Milliseconds between two looks at whether a drained fleet is at rest. */
const LOOK = 5;

interface Settings {
  readonly name: string;
  readonly lease: number;
  readonly maxSize: number;
  readonly connectTimeout: number;
  readonly sendTimeout: number;
}

export class RemoteFleet implements Fleet, Port, CallHome {
  readonly p: P;
  readonly settings: Settings;
  readonly errors: Chan<RemoteError> = chan<RemoteError>(MOST_ERRORS);
  readonly connection: Connection;
  up = false;
  over: Error | null = null;
  readonly #links = new Map<string, RemoteQueue | RemoteChannel | Box>();
  readonly calls: Calls;
  #connecting: ConnectOp | null;
  #waiter: Waiter | null;
  #lastError: unknown;
  readonly #timeout: Alarm;
  #number = 0;
  #ids = 0;
  readonly #atEnd = (): void => this.#end(new Panic("CLOSED_FLEET"));

  constructor(op: ConnectOp, w: Waiter) {
    this.#connecting = op;
    this.#waiter = w;
    this.settings = op.settings;
    this.p = m.current();
    this.p.atEnd.push(this.#atEnd);
    this.#timeout = new Alarm(this.p, () => this.#late());
    this.#timeout.in(this.settings.connectTimeout);
    this.connection = op.transport.open(this.settings.name, this);
    this.calls = new Calls(this);
    sendRemoteErrors();
    if (this.up) this.#joined();
  }

  get server(): string {
    return this.connection.server;
  }

  get lossy(): boolean {
    return this.connection.lossy;
  }

  get sendTimeout(): number {
    return this.settings.sendTimeout;
  }

  get features(): ReadonlySet<Feature> {
    return this.connection.features;
  }

  nextNumber(): number {
    return ++this.#number;
  }

  // What the adapter says.

  ready(): void {
    if (this.over !== null || this.up) return;
    this.up = true;
    if (this.connection === undefined) return; // it was there at once
    if (this.#connecting !== null) this.#joined();
    else for (const { link } of this.#links.values()) link.resume();
  }

  lost(error: unknown): void {
    this.#lastError = error;
    if (!this.up || this.over !== null) return;
    this.up = false;
    this.report(new RemoteError("LOST", `${this.server}: the connection is lost: ${textOf(error)}`, { cause: error }));
  }

  refused(error: RemoteError): void {
    if (this.#connecting !== null) this.#notJoined(error);
    else this.failed(error);
  }

  failed(error: RemoteError): void {
    this.report(error);
  }

  report(error: RemoteError): void {
    while (!this.errors.trySend(error)) this.errors.tryRecv();
  }

  // Connecting.

  get isConnecting(): boolean {
    return this.#connecting !== null;
  }

  #joined(): void {
    const w = this.#waiter as Waiter;
    this.#connecting?.forget(w);
    this.#connecting = null;
    this.#waiter = null;
    this.#timeout.stop();
    if (claim(w)) w.complete(this, true);
    else this.#end(new Panic("CLOSED_FLEET"));
  }

  #notJoined(error: Error): void {
    const w = this.#waiter as Waiter;
    this.#connecting?.forget(w);
    this.abandon();
    if (claim(w)) w.fail(error);
  }

  #late(): void {
    const { connectTimeout } = this.settings;
    const why = this.#lastError === undefined ? "no answer" : textOf(this.#lastError);
    const text = `connect: ${this.connection.server} was not reached within ${connectTimeout} ms: ${why}`;
    this.#notJoined(new RemoteError("CONNECT", text, { cause: this.#lastError }));
  }

  /** The waiter does not wait any more. */
  abandon(): void {
    this.#connecting = null;
    this.#waiter = null;
    this.#end(new Panic("CLOSED_FLEET"));
  }

  #end(error: Error): void {
    if (this.over !== null) return;
    this.over = error;
    this.up = false;
    this.#timeout.stop();
    const at = this.p.atEnd.indexOf(this.#atEnd);
    if (at >= 0 && !this.p.over) this.p.atEnd.splice(at, 1);
    this.calls?.end(error); // not there yet where connecting fails at once
    for (const { link } of this.#links.values()) link.end(error);
    this.connection.close();
  }

  // Opening.

  queue<T>(name: string, options: QueueOptions<T> = {}): Queue<T> {
    const where = `queue ${show(name)}`;
    checkName("queue", name);
    checkOptions(where, options, "capacity, lease");
    this.#check();
    const given = options as QueueOptions<never>;
    const spec = this.#queueSpec(where, name, given);
    const { features } = this;
    if (options.rate !== undefined) needFeature(where, features, "rate");
    if (options.concurrency !== undefined) needFeature(where, features, "concurrency");
    const known = this.#known(spec, given) as RemoteQueue | undefined;
    if (known !== undefined) return known as Queue<unknown> as Queue<T>;
    callback(`${where}: backoff`, options.backoff);
    const wire = new Wire(where, given, this.settings.maxSize);
    const open = (owner: Owner): Link => new Link(this, spec, options.reconfigure === true, undefined, owner);
    const queue = new RemoteQueue(given, wire, features, () => this.nextId(), open);
    this.#links.set(`${spec.kind} ${name}`, queue);
    return queue as Queue<unknown> as Queue<T>;
  }

  chan<T, Z = undefined>(name: string, options: RemoteChanOptions<T, Z>): Chan<T, Z> {
    const where = `chan ${show(name)}`;
    checkName("chan", name);
    checkOptions(where, options, "capacity, zero");
    this.#check();
    const given = options as RemoteChanOptions<never, unknown>;
    const spec: QueueSpec = {
      ...this.#queueSpec(where, name, { capacity: checkCapacity(where, options.capacity, Number.NaN) }),
      kind: "chan",
      attempts: Infinity,
    };
    const known = this.#known(spec, given) as RemoteChannel | undefined;
    if (known !== undefined) return known as Chan<unknown, unknown> as Chan<T, Z>;
    const wire = new Wire(where, given, this.settings.maxSize);
    const open = (owner: Owner): Link => new Link(this, spec, false, options.zero, owner);
    const channel = new RemoteChannel(given, wire, () => this.nextId(), open);
    this.#links.set(`${spec.kind} ${name}`, channel);
    return channel as Chan<unknown, unknown> as Chan<T, Z>;
  }

  #check(): void {
    if (this.over !== null) throw new Panic("CLOSED_FLEET");
  }

  nextId(): string {
    return `${this.connection.process}.${++this.#ids}`;
  }

  #queueSpec(where: string, name: string, options: QueueOptions<never>): QueueSpec {
    const { rate } = options;
    if (rate !== undefined) checkOptions(`${where}: rate`, rate, "perSecond, burst");
    const whole = (
      what: keyof QueueOptions<never> & ("attempts" | "concurrency" | "perKey"),
      instead: number,
    ): number => checkNumber(`${where}: ${what}`, options[what], { least: 1, whole: true, instead });
    const perSecond = checkNumber(`${where}: rate.perSecond`, rate?.perSecond, {
      least: Number.MIN_VALUE,
      instead: Infinity,
    });
    return {
      name,
      kind: "queue",
      capacity: checkCapacity(where, options.capacity, Infinity),
      lease: checkNumber(`${where}: lease`, options.lease, { least: SHORTEST_LEASE, instead: this.settings.lease }),
      attempts: whole("attempts", 5),
      perSecond,
      burst: checkNumber(`${where}: rate.burst`, rate?.burst, {
        least: 1,
        instead: perSecond === Infinity ? Infinity : Math.max(1, Math.round(perSecond / 20)),
      }),
      concurrency: whole("concurrency", Infinity),
      perKey: whole("perKey", 1),
      keepDead: checkNumber(`${where}: keepDead`, options.keepDead, { least: 0, whole: true, instead: 10_000 }),
      idWindow: checkNumber(`${where}: idWindow`, options.idWindow, { least: 0, instead: 120_000 }),
    };
  }

  /** What this process has opened already under that name, with the same options. */
  #known(spec: QueueSpec, options: object): RemoteQueue | RemoteChannel | undefined {
    const known = this.#links.get(`${spec.kind} ${spec.name}`) as RemoteQueue | RemoteChannel | undefined;
    if (known === undefined || (options as QueueOptions<never>).reconfigure === true) return undefined;
    const error = mismatch(known.link.spec, spec, "where this process opened it before");
    if (error !== null) throw error;
    return known;
  }

  /** A queue of the fleet's own. */
  box(name: string, stays: boolean): Box {
    const known = this.#links.get(`queue ${name}`);
    if (known !== undefined) return known as Box;
    const spec: QueueSpec = {
      ...this.#queueSpec(name, name, {}),
      attempts: Infinity, // a call's own number counts
      keepDead: 0,
    };
    const wire = new Wire(name, {}, this.settings.maxSize);
    const open = (owner: Owner): Link => new Link(this, spec, false, undefined, owner);
    const box = new Box(wire, stays, () => this.nextId(), open);
    this.#links.set(`queue ${name}`, box);
    return box;
  }

  leave({ link }: Box): void {
    this.#links.delete(`queue ${link.name}`);
  }

  // Calls.

  go<A extends unknown[], R>(fn: Parallel<(...args: A) => R>, ...args: A): RemoteGoroutine<Result<R>> {
    return this.calls.go(fn, args, PLAN) as RemoteGoroutine<unknown> as RemoteGoroutine<Result<R>>;
  }

  with(options: CallOptions): Pick<Fleet, "go"> {
    checkOptions("with", options, "key, attempts");
    const { group, key } = options;
    if (group !== undefined) checkName("with: group", group);
    checkText("with: key", key);
    const plan: CallPlan = {
      attempts: checkNumber("with: attempts", options.attempts, { least: 1, whole: true, instead: 1 }),
      group: group ?? "",
      key,
      queueTimeout: checkNumber("with: queueTimeout", options.queueTimeout, { least: 0, instead: Infinity }),
    };
    if (key !== undefined) needFeature("with: key", this.features, "key");
    const go = (fn: unknown, ...args: unknown[]): RemoteGoroutine<unknown> => this.calls.go(fn, args, plan);
    return { go } as Pick<Fleet, "go">;
  }

  serve(options: ServeOptions = {}): Action<void> {
    const calls = this.calls;
    this.#check();
    const queue: Fleet["queue"] = (name, queueOptions) => this.queue(name, queueOptions);
    return new Action("Fleet.serve", serving({ calls, queue }, options));
  }

  /** The queues that this process works on, with what metrics call them. */
  served(): { readonly label: string; readonly link: Link }[] {
    return [...this.#links.values()].flatMap((each) => {
      const { link } = each;
      if (each instanceof Box) {
        const [, group = "", name = ""] = link.name.split(":");
        const label = `{function=${show(decodeURIComponent(name))},group=${show(group)}}`;
        return each.stays || !each.served ? [] : [{ label, link }];
      }
      return link.workers > 0 ? [{ label: `{queue=${show(link.name)}}`, link }] : [];
    });
  }

  // Leaving.

  drain(options: DrainOptions = {}): Action<void> {
    checkOptions("drain", options, "timeout");
    const timeout = checkNumber("drain: timeout", options.timeout, { least: 0, instead: Infinity });
    return new Action("Fleet.drain", () => this.#drain(timeout));
  }

  *#drain(timeout: number): Go {
    if (this.over !== null) return;
    for (const each of this.#links.values()) if (!(each instanceof Box && each.stays)) each.link.stop();
    // What is being worked on acks by itself; a link is quiet when that, too, is done.
    const quiet = (): boolean => this.calls.isQuiet && [...this.#links.values()].every(({ link }) => link.isQuiet);
    const until = this.p.clock.now() + timeout;
    while (this.over === null && !quiet() && this.p.clock.now() < until) yield* sleep(LOOK);
    const heldUp = quiet() ? null : this.#giveUp(timeout);
    yield* this.#idle(); // what others are told of their calls comes before the address is given up
    this.calls.close();
    yield* this.#idle();
    this.#end(new Panic("CLOSED_FLEET"));
    if (heldUp !== null) throw heldUp;
    this.calls.throwFailures();
  }

  /** Waits until nothing is on its way to the server. */
  *#idle(): Go {
    while (this.over === null && [...this.#links.values()].some(({ link }) => !link.isIdle)) yield* sleep(LOOK);
  }

  /** Waits for nothing more. */
  #giveUp(timeout: number): RemoteError {
    const error = new RemoteError("HELD_UP", "");
    const made = [...this.calls.made.values()].map(({ name }) => `goroutine ${show(name)}, which runs elsewhere`);
    const links = [...this.#links.values()].flatMap(({ link }) => link.giveBackAll(error));
    const what = [...this.calls.giveBack(error), ...links, ...made];
    const list = what.length === 0 ? "commands that the server does not answer" : what.join(", ");
    error.message = `drain: after ${timeout} ms not done, and given up: ${list}`;
    return error;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.drain();
  }
}

function checkCapacity(where: string, capacity: number | undefined, instead: number): number {
  if (capacity === 0) {
    throw new ArgumentError(`${where}: capacity: there is no rendezvous over machines; use capacity 1 in place of 0`);
  }
  const checked = checkNumber(`${where}: capacity`, capacity, { least: 1, whole: true, instead });
  if (Number.isNaN(checked)) throw new ArgumentError(`${where}: give a capacity, a whole number from 1 up`);
  return checked;
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const CONNECTS = { connect: "remote call" };

class ConnectOp extends Operation<Fleet> {
  readonly transport: Transport;
  readonly settings: Settings;
  readonly #fleets = new Map<Waiter, RemoteFleet>();

  constructor(transport: Transport, settings: Settings) {
    super();
    this.transport = transport;
    this.settings = settings;
  }

  override get verb(): string {
    return "connect";
  }

  override get on(): Thing {
    const outside = [...this.#fleets.values()].some(({ connection }) => connection.outside);
    const label = `fleet ${this.settings.name}`;
    return { kind: "fleet", id: 0, name: undefined, p: null, label, outside, touches: null, reasons: CONNECTS };
  }

  override attempt(): NO {
    return NO;
  }

  override enqueue(w: Waiter): void {
    const fleet = new RemoteFleet(this, w);
    if (fleet.isConnecting) this.#fleets.set(w, fleet);
  }

  override dequeue(w: Waiter): void {
    const fleet = this.#fleets.get(w);
    this.#fleets.delete(w);
    fleet?.abandon();
  }

  forget(w: Waiter): void {
    this.#fleets.delete(w);
  }
}

/**
 * Joins a fleet: connects to the server that `transport` stands for.
 *
 * Blocks until the connection is there. Throws `RemoteError` CONNECT when that takes longer than `connectTimeout`, with
 * what went wrong last as its cause, and when the server is not what it has to be.
 *
 * @param transport `memory()`, or what an adapter makes of a client
 * @param options `name`, the fleet's, and how long to wait for what
 * @throws ArgumentError when they are not that
 *
 * @example
 * ```ts
 * import { go, run } from "millrace";
 * import { connect, memory } from "millrace/remote";
 * await run(function* () {
 *   const fleet = yield* connect(memory(), { name: "shop" });
 *   const mails = fleet.queue<string>("mails");
 *   const worker = go(() => mails.work((to) => console.log(`mail to ${to}`))); // mail to ann, then mail to bob
 *   yield* mails.sendMany(["ann", "bob"]);
 *   mails.close();
 *   yield* worker.join();
 *   yield* fleet.drain();
 * });
 * ```
 */
export function connect(transport: Transport, options: FleetOptions): Op<Fleet> {
  if (typeof (transport as Partial<Transport> | null)?.open !== "function") {
    throw unexpected("connect", "a transport, such as memory()", transport);
  }
  checkOptions("connect", options, "name, lease");
  const settings: Settings = {
    name: checkName("connect", options.name),
    lease: checkNumber("connect: lease", options.lease, { least: SHORTEST_LEASE, instead: 30_000 }),
    maxSize: checkNumber("connect: maxSize", options.maxSize, { least: 1, whole: true, instead: 1 << 20 }),
    connectTimeout: checkNumber("connect: connectTimeout", options.connectTimeout, { least: 1, instead: 10_000 }),
    sendTimeout: checkNumber("connect: sendTimeout", options.sendTimeout, { least: 1, instead: 30_000 }),
  };
  return made(new ConnectOp(transport, settings));
}
