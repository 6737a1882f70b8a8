/**
 * A server in the memory of the process: for programs that need none yet, for tests, and as the model that says in the
 * fewest words what every other server must do.
 *
 * It runs on the clock of the run, so that a bubble's time moves and exploration decides what goes wrong. Without faults a
 * command is done and answered at once, on the caller's stack; so whatever calls back comes after the own state is right,
 * and a command that comes while another is being done is taken up by that one (`#turn`).
 */

import { checkOptions } from "../runtime/args.ts";
import { m } from "../runtime/m.ts";
import type { P } from "../runtime/proc.ts";
import { RuntimeTimer } from "../runtime/timers.ts";
import { Alarm } from "./alarm.ts";
import { checkNumber } from "./check.ts";
import { RemoteError } from "./error.ts";
import { mismatch } from "./mismatch.ts";
import {
  type Connection,
  type DeadItem,
  type Delivery,
  type Feature,
  type Item,
  type Port,
  type PushResult,
  QUEUE_FEATURES,
  type Question,
  type QueueLink,
  type QueueSink,
  type QueueSpec,
  type QueueStats,
  ROOM_KEPT,
  type Settlement,
  type Transport,
} from "./transport.ts";

/** What goes wrong between the processes of a `memory()` and its server, by chance of the run's seed. */
export interface Faults {
  /** How likely it is that a command or an answer is lost, from 0 to 1. */
  readonly lose?: number | undefined;
  /** How likely it is that a command arrives twice. */
  readonly duplicate?: number | undefined;
  /** How many milliseconds a command or an answer may take. */
  readonly delay?: number | undefined;
  /** How likely it is that the server restarts at a command: it keeps the messages and forgets all connections. */
  readonly restart?: number | undefined;
  /**
   * Whether nothing gets through from one to the other now. The server is 0, the processes are counted from 1 in the order
   * in which they connected.
   */
  readonly partition?: ((from: number, to: number) => boolean) | undefined;
}

/** Options of `memory`. */
export interface MemoryOptions {
  /** What goes wrong; nothing by default. */
  readonly faults?: Faults | undefined;
}

const PRIORITIES = 10;
/** How many messages are handed over at a time. */
const HANDFUL = 64;
/** How long a restart takes, in milliseconds. */
const RESTART = 50;
/** Milliseconds between two tries to connect. */
const RETRY = 100;

/**
 * A server in the memory of this process: all that connect to the same one are one fleet's processes. It needs nothing and
 * keeps nothing; for tests it can lose, repeat and delay what is said, by the run's seed.
 *
 * @param options `faults`, what goes wrong
 * @throws ArgumentError when they are not that
 *
 * @example
 * ```ts
 * import { run } from "millrace";
 * import { connect, memory } from "millrace/remote";
 * const transport = memory();
 * await run(function* () {
 *   const sender = yield* connect(transport, { name: "shop" });
 *   const worker = yield* connect(transport, { name: "shop" });
 *   yield* sender.queue<string>("mails").send("ann");
 *   const message = yield* worker.queue<string>("mails").recv();
 *   console.log(message?.value); // ann
 * });
 * ```
 */
export function memory(options: MemoryOptions = {}): Transport {
  checkOptions("memory", options, "faults");
  const { faults } = options;
  if (faults !== undefined) {
    checkOptions("memory: faults", faults, "lose, delay");
    for (const what of ["lose", "duplicate", "restart"] as const) {
      checkNumber(`memory: faults.${what}`, faults[what], { least: 0, most: 1, instead: 0 });
    }
    checkNumber("memory: faults.delay", faults.delay, { least: 0, instead: 0 });
  }
  return new Server(faults ?? null);
}

/** Whether something happens that has this likelihood. Not in a schedule without choices, where chance gives 0. */
function happens(p: P, likelihood: number | undefined): boolean {
  if (likelihood === undefined || likelihood <= 0) return false;
  const n = Math.max(1, Math.round(1 / likelihood));
  return p.below(n) === n - 1;
}

class Server implements Transport {
  readonly faults: Faults | null;
  readonly connections = new Set<MemoryConnection>();
  readonly #queues = new Map<string, Broker>();
  #processes = 0;

  constructor(faults: Faults | null) {
    this.faults = faults;
  }

  open(fleet: string, port: Port): Connection {
    const connection = new MemoryConnection(this, fleet, port, ++this.#processes);
    this.connections.add(connection);
    connection.hello();
    return connection;
  }

  /** The queue, made if it is not there; an error when it has other options. */
  broker(fleet: string, spec: QueueSpec, reconfigure: boolean): Broker | RemoteError {
    const name = `${fleet} ${spec.kind} ${spec.name}`;
    let broker = this.#queues.get(name);
    if (broker === undefined) {
      broker = new Broker(this, name, spec);
      this.#queues.set(name, broker);
    } else if (reconfigure) broker.spec = spec;
    return mismatch(broker.spec, spec, "on the server") ?? broker;
  }

  drop(broker: Broker): void {
    if (this.#queues.get(broker.name) === broker) this.#queues.delete(broker.name);
  }

  /** A run whose clock goes on: that of the process that connected first. */
  get p(): P {
    for (const { port } of this.connections) if (!port.p.over) return port.p;
    return m.current();
  }

  restart(): void {
    for (const broker of this.#queues.values()) broker.forgetProcesses();
    for (const connection of [...this.connections]) connection.restart();
  }
}

class MemoryConnection implements Connection {
  readonly process: string;
  readonly server = "memory";
  readonly features: ReadonlySet<Feature> = QUEUE_FEATURES;
  readonly outside = false;
  readonly lossy: boolean;
  readonly port: Port;
  readonly number: number;
  readonly links = new Set<MemoryLink>();
  readonly #server: Server;
  readonly #fleet: string;
  #closed = false;
  /** Counts the connections of this process: what was sent before a restart is lost. */
  #epoch = 0;

  constructor(server: Server, fleet: string, port: Port, number: number) {
    this.#server = server;
    this.#fleet = fleet;
    this.port = port;
    this.number = number;
    this.process = `m${number}`;
    this.lossy = server.faults !== null;
  }

  /** Tries to get through, until an answer comes. */
  hello(): void {
    const { faults } = this.#server;
    const { number, port } = this;
    if (this.#closed) return;
    if (faults?.partition?.(number, 0) === true || faults?.partition?.(0, number) === true) {
      later(port.p, RETRY, () => this.hello());
    } else port.ready();
  }

  queue(spec: QueueSpec, reconfigure: boolean, sink: QueueSink): QueueLink {
    const broker = this.#server.broker(this.#fleet, spec, reconfigure);
    const link = new MemoryLink(this, broker, sink);
    this.links.add(link);
    if (broker instanceof RemoteError) this.down(() => sink.failed(broker));
    return link;
  }

  close(): void {
    this.#closed = true;
    this.#server.connections.delete(this);
    for (const link of this.links) link.stop();
  }

  /** Does something at the server. */
  up(fn: () => void): void {
    const { faults } = this.#server;
    if (faults === null) fn();
    else if (happens(this.port.p, faults.restart)) this.#server.restart();
    else {
      this.#carry(this.number, 0, fn);
      if (happens(this.port.p, faults.duplicate)) this.#carry(this.number, 0, fn);
    }
  }

  /** Does something in the process. */
  down(fn: () => void): void {
    this.#carry(0, this.number, () => {
      if (!this.#closed) fn();
    });
  }

  #carry(from: number, to: number, fn: () => void): void {
    const { faults } = this.#server;
    if (faults === null) {
      fn();
      return;
    }
    const { p } = this.port;
    if (faults.partition?.(from, to) === true || happens(p, faults.lose)) return;
    const epoch = this.#epoch;
    const arrive = (): void => {
      if (epoch === this.#epoch) fn();
    };
    const delay = faults.delay ?? 0;
    if (delay === 0) arrive();
    else later(p, p.below(Math.ceil(delay) + 1), arrive);
  }

  restart(): void {
    this.#epoch++;
    this.port.lost(new Error("the server restarts"));
    later(this.port.p, RESTART, () => this.hello());
  }
}

function later(p: P, ms: number, fn: () => void): void {
  p.timers.add(new RuntimeTimer(p.timers, fn as (arg: never) => void, undefined), p.clock.now() + ms, p.timers.order());
}

/** A message at the server. */
interface Stored {
  readonly id: string;
  readonly body: Uint8Array;
  readonly key: string | undefined;
  readonly priority: number;
  readonly sentAt: number;
  /** When it is not worth delivering any more, by the run's clock. */
  readonly expires: number;
  /** How many attempts have ended. */
  attempt: number;
  state: "ready" | "delayed" | "parked" | "leased" | "dead";
  /** When its delay or its lease is over. */
  due: number;
  /** It is among those of its key that may be worked on. */
  active: boolean;
  since: number;
  tag: string;
  holder: MemoryLink | null;
  reason: string;
  diedAt: number;
}

/** What was answered last on a line of a process. */
interface Done {
  no: number;
  answer: unknown;
}

/** A queue at the server. */
class Broker {
  readonly name: string;
  spec: QueueSpec;
  readonly #server: Server;
  readonly #ready: Set<Stored>[] = Array.from({ length: PRIORITIES }, () => new Set());
  /** Delayed and leased ones. */
  readonly #timed = new Set<Stored>();
  /** No delay and no lease is over before. */
  #soonest = Infinity;
  readonly #leased = new Map<string, Stored>();
  readonly #keys = new Map<string, { active: number; readonly parked: Stored[] }>();
  readonly #dead = new Set<Stored>();
  readonly #ids = new Map<string, number>();
  /** All that are not dead. */
  readonly #live = new Set<Stored>();
  /** What each process wants, the one that has waited longest first. */
  readonly #wants = new Map<MemoryLink, number>();
  /** Those in line for room, and those that have got some: until when it is kept. */
  readonly #line = new Map<string, MemoryLink>();
  readonly #rooms = new Map<string, { readonly link: MemoryLink; readonly until: number }>();
  readonly #done = new Map<string, Done>();
  #closed = false;
  #dropped = false;
  #version = 0;
  #tags = 0;
  #tokens: number;
  #tokensAt: number;
  #turning = false;
  #again = false;
  #alarm: Alarm | null = null;

  constructor(server: Server, name: string, spec: QueueSpec) {
    this.#server = server;
    this.name = name;
    this.spec = spec;
    this.#tokens = spec.burst;
    this.#tokensAt = this.#now;
  }

  get #now(): number {
    return this.#server.p.clock.now();
  }

  // Commands.

  /** What was answered to a command with that number; what `act` gives, if it is new. */
  #once<T>(link: MemoryLink, line: string, no: number, act: () => T): T | undefined {
    const key = `${line} ${link.process}`;
    const done = this.#done.get(key);
    if (done !== undefined && no <= done.no) return no === done.no ? (done.answer as T) : undefined;
    const answer = act();
    this.#done.set(key, { no, answer });
    return answer;
  }

  #isDone(link: MemoryLink, line: string, no: number): boolean {
    return (this.#done.get(`${line} ${link.process}`)?.no ?? 0) >= no;
  }

  #lostFor(link: MemoryLink): boolean {
    if (!this.#dropped) return false;
    const text = `${this.spec.kind} ${JSON.stringify(this.spec.name)} was dropped, and what was in it is gone; open it again`;
    link.tell((sink) => sink.failed(new RemoteError("STATE_LOST", text)));
    return true;
  }

  want(link: MemoryLink, n: number, done: () => void): void {
    if (this.#lostFor(link)) return;
    if (n === 0) this.#wants.delete(link);
    else this.#wants.set(link, n);
    this.#turn(done);
  }

  push(link: MemoryLink, no: number, items: readonly Item[], done: (results: readonly PushResult[]) => void): void {
    if (this.#lostFor(link)) return;
    this.#due();
    const results = this.#once(link, "push", no, () => {
      let full = false;
      return items.map((item) => {
        const result = full ? "full" : this.#store(item);
        full ||= result === "full";
        if (result === "full") this.#line.set(item.ticket, link);
        return result;
      });
    });
    this.#turn(results === undefined ? null : () => done(results));
  }

  #store(item: Item): PushResult {
    const reserved = this.#rooms.delete(item.ticket);
    if (this.#closed) return "closed";
    if (item.once && this.#ids.has(item.id)) return "dup";
    if (!reserved && !(this.#line.size === 0 && this.#free > 0)) return "full";
    this.#line.delete(item.ticket);
    const now = this.#now;
    if (item.once) this.#ids.set(item.id, now + this.spec.idWindow);
    const { p } = this.#server;
    const stored: Stored = {
      id: item.id,
      body: item.body,
      key: item.key,
      priority: item.priority,
      sentAt: p.clock.wall(),
      expires: now + item.expires,
      attempt: 0,
      state: "delayed",
      due: now + item.delay,
      active: false,
      since: now,
      tag: "",
      holder: null,
      reason: "",
      diedAt: 0,
    };
    this.#live.add(stored);
    if (item.delay > 0) this.#wait(stored);
    else this.#makeReady(stored);
    return "ok";
  }

  get #free(): number {
    return this.spec.capacity - this.#live.size - this.#rooms.size;
  }

  /** Something happens to it when it is due. */
  #wait(stored: Stored): void {
    this.#timed.add(stored);
    this.#soonest = Math.min(this.#soonest, stored.due);
  }

  /** It may be received now, unless others of its key come first. */
  #makeReady(stored: Stored): void {
    const { key } = stored;
    if (key !== undefined && !stored.active) {
      let of = this.#keys.get(key);
      if (of === undefined) {
        of = { active: 0, parked: [] };
        this.#keys.set(key, of);
      }
      if (of.active >= this.spec.perKey) {
        stored.state = "parked";
        of.parked.push(stored);
        return;
      }
      of.active++;
      stored.active = true;
    }
    stored.state = "ready";
    stored.since = this.#now;
    (this.#ready[stored.priority] as Set<Stored>).add(stored);
  }

  /** It is in the queue no more. The next of its key may be received. */
  #leave(stored: Stored): void {
    this.#live.delete(stored);
    const { key } = stored;
    const of = key === undefined ? undefined : this.#keys.get(key);
    if (of === undefined) return;
    if (stored.state === "parked") of.parked.splice(of.parked.indexOf(stored), 1);
    if (stored.active) {
      of.active--;
      const next = of.parked.shift();
      if (next !== undefined) this.#makeReady(next);
    }
    if (of.active === 0 && of.parked.length === 0) this.#keys.delete(key as string);
  }

  #take(stored: Stored): void {
    (this.#ready[stored.priority] as Set<Stored>).delete(stored);
    this.#timed.delete(stored);
    if (stored.state === "leased") this.#leased.delete(stored.tag);
  }

  #die(stored: Stored, reason: string): void {
    this.#take(stored);
    this.#leave(stored);
    stored.state = "dead";
    stored.active = false;
    stored.reason = reason;
    stored.diedAt = this.#server.p.clock.wall();
    this.#dead.add(stored);
    for (const oldest of this.#dead) {
      if (this.#dead.size <= this.spec.keepDead) break;
      this.#dead.delete(oldest);
    }
  }

  /** An attempt has failed. */
  #failed(stored: Stored, delay: number, reason: string): void {
    stored.attempt++;
    if (stored.attempt >= this.spec.attempts) {
      this.#die(stored, reason);
      return;
    }
    this.#take(stored);
    if (delay > 0) {
      stored.state = "delayed";
      stored.due = this.#now + delay;
      this.#wait(stored);
    } else this.#makeReady(stored);
  }

  settle(link: MemoryLink, no: number, batch: readonly Settlement[], done: (held: readonly boolean[]) => void): void {
    if (this.#lostFor(link)) return;
    this.#due();
    const held = this.#once(link, "settle", no, () =>
      batch.map(({ delivery, how, delay, reason }) => {
        const stored = this.#leased.get(delivery.tag);
        if (stored === undefined) return false;
        if (how === "ack") {
          this.#take(stored);
          this.#leave(stored);
        } else if (how === "dead") {
          stored.attempt++;
          this.#die(stored, reason);
        } else if (how === "nack") this.#failed(stored, delay, reason);
        else {
          this.#take(stored);
          this.#makeReady(stored);
        }
        return true;
      }),
    );
    this.#turn(held === undefined ? null : () => done(held));
  }

  extend(link: MemoryLink, list: readonly Delivery[], d: number, done: (held: readonly boolean[]) => void): void {
    if (this.#lostFor(link)) return;
    this.#due();
    const held = list.map(({ tag }) => {
      const stored = this.#leased.get(tag);
      if (stored !== undefined) {
        stored.due = this.#now + d;
        this.#wait(stored);
      }
      return stored !== undefined;
    });
    this.#turn(() => done(held));
  }

  reserve(link: MemoryLink, ticket: string): void {
    if (this.#lostFor(link)) return;
    this.#due();
    if (this.#rooms.has(ticket) || this.#closed) link.tell((sink) => sink.room(ticket));
    else this.#line.set(ticket, link);
    this.#turn(null);
  }

  unreserve(ticket: string): void {
    this.#line.delete(ticket);
    this.#rooms.delete(ticket);
    this.#turn(null);
  }

  ask(link: MemoryLink, no: number, question: Question, done: (answer: unknown) => void): void {
    if (!this.#isDone(link, "ask", no) && this.#lostFor(link)) return; // a drop may be asked for twice
    this.#due();
    const answer = this.#once(link, "ask", no, () => ({ answer: this.#answer(question) }));
    this.#turn(answer === undefined ? null : () => done(answer.answer));
  }

  #answer(question: Question): unknown {
    switch (question.kind) {
      case "close":
        this.#closed = true;
        for (const [ticket, link] of this.#line) link.tell((sink) => sink.room(ticket));
        this.#line.clear();
        return undefined;
      case "reopen":
        this.#closed = false;
        return undefined;
      case "drop":
        this.#server.drop(this);
        this.#dropped = true;
        for (const link of new Set([...this.#wants.keys(), ...this.#line.values()])) this.#lostFor(link);
        return undefined;
      case "stats":
        return this.#stats();
      case "remove":
        for (const stored of this.#live) {
          if (stored.id !== question.args || stored.state === "leased") continue;
          this.#take(stored);
          this.#leave(stored);
          return true;
        }
        return false;
      case "listDead":
        return [...this.#dead].slice(0, question.args).map((stored): DeadItem => ({ ...stored }));
      case "redrive": {
        const { args: ids } = question;
        const all = [...this.#dead].filter(({ id }) => ids === "all" || ids.includes(id));
        for (const stored of all) {
          this.#dead.delete(stored);
          stored.attempt = 0;
          this.#live.add(stored);
          this.#makeReady(Object.assign(stored, { expires: Infinity }));
        }
        return all.length;
      }
      case "purge": {
        const { size } = this.#dead;
        this.#dead.clear();
        return size;
      }
    }
  }

  #stats(): QueueStats {
    const count = { ready: 0, delayed: 0, parked: 0, leased: 0, dead: 0 };
    let since = Infinity;
    for (const stored of this.#live) {
      count[stored.state]++;
      if (stored.state === "ready") since = Math.min(since, stored.since);
    }
    const oldest = since === Infinity ? 0 : this.#now - since;
    return { ...count, dead: this.#dead.size, oldest, closed: this.#closed };
  }

  /** The process says nothing more. */
  forget(link: MemoryLink): void {
    this.#wants.delete(link);
    for (const [ticket, by] of this.#line) if (by === link) this.#line.delete(ticket);
    for (const [ticket, room] of this.#rooms) if (room.link === link) this.#rooms.delete(ticket);
    this.#turn(null);
  }

  /** The server has restarted. */
  forgetProcesses(): void {
    this.#wants.clear();
    this.#line.clear();
  }

  // What follows from a command, or from time.

  /** Does what is due. */
  #due(): void {
    const now = this.#now;
    if (now >= this.#soonest) {
      for (const stored of [...this.#timed]) {
        if (stored.due > now) continue;
        if (stored.state === "leased") {
          if (stored.holder !== null) this.#toTheEnd(stored.holder);
          this.#failed(stored, 0, "its lease ended");
        } else {
          this.#timed.delete(stored);
          this.#makeReady(stored);
        }
      }
      this.#soonest = Infinity;
      for (const { due } of this.#timed) this.#soonest = Math.min(this.#soonest, due);
    }
    for (const [id, until] of this.#ids) {
      if (until > now) break; // each is kept equally long
      this.#ids.delete(id);
    }
    for (const [ticket, { until }] of this.#rooms) if (until <= now) this.#rooms.delete(ticket);
  }

  /** A process that says nothing more is served after all that do. */
  #toTheEnd(link: MemoryLink): void {
    const wanted = this.#wants.get(link);
    this.#wants.delete(link);
    if (wanted !== undefined) this.#wants.set(link, wanted);
  }

  /** Does what has become possible, after a command has been answered. */
  #turn(answer: (() => void) | null): void {
    answer?.();
    this.#again = true;
    if (this.#turning) return;
    this.#turning = true;
    while (this.#again) {
      this.#again = false;
      this.#due();
      this.#handOut();
      this.#giveRoom();
      if (this.#closed && this.#live.size === 0) this.#tellClosed();
    }
    this.#turning = false;
    this.#setAlarm();
  }

  #handOut(): void {
    for (const [link, wanted] of this.#wants) {
      const list: Delivery[] = [];
      while (list.length < Math.min(wanted, HANDFUL)) {
        const stored = this.#nextReady();
        if (stored === null) break;
        list.push(this.#lease(stored, link));
      }
      if (list.length === 0) return;
      const owed = wanted - list.length;
      if (owed === 0) this.#wants.delete(link);
      else this.#wants.set(link, owed);
      const version = ++this.#version;
      this.#again = true;
      link.tell((sink) => sink.arrived(list, owed, version));
    }
  }

  /** The next message that may be delivered. */
  #nextReady(): Stored | null {
    if (this.#leased.size >= this.spec.concurrency) return null;
    this.#fillTokens();
    if (this.#tokens < 1) return null;
    const now = this.#now;
    for (const ready of this.#ready) {
      for (const stored of ready) {
        if (stored.expires > now) return stored;
        this.#die(stored, "EXPIRED");
      }
    }
    return null;
  }

  #fillTokens(): void {
    const { perSecond, burst } = this.spec;
    const now = this.#now;
    if (perSecond === Infinity) this.#tokens = Infinity;
    else this.#tokens = Math.min(burst, this.#tokens + ((now - this.#tokensAt) * perSecond) / 1000 + 1e-9);
    this.#tokensAt = now;
  }

  #lease(stored: Stored, link: MemoryLink): Delivery {
    this.#take(stored);
    this.#tokens--;
    stored.state = "leased";
    stored.tag = String(++this.#tags);
    stored.holder = link;
    stored.due = this.#now + this.spec.lease;
    this.#leased.set(stored.tag, stored);
    this.#wait(stored);
    const { id, tag, attempt, sentAt, key, body } = stored;
    return { id, tag, attempt: attempt + 1, sentAt, key, body };
  }

  #giveRoom(): void {
    for (const [ticket, link] of this.#line) {
      if (this.#free <= 0) return;
      this.#line.delete(ticket);
      this.#rooms.set(ticket, { link, until: this.#now + ROOM_KEPT });
      link.tell((sink) => sink.room(ticket));
    }
  }

  #tellClosed(): void {
    const links = [...this.#wants.keys()];
    this.#wants.clear();
    for (const link of links) link.tell((sink) => sink.closed());
  }

  /** While a process waits for what only time brings, time must bring it. */
  #setAlarm(): void {
    let next = Infinity;
    if (this.#wants.size > 0 || this.#line.size > 0) {
      next = this.#soonest;
      if (this.#tokens < 1 && this.#ready.some(({ size }) => size > 0)) {
        next = Math.min(next, this.#tokensAt + ((1 - this.#tokens) * 1000) / this.spec.perSecond);
      }
    }
    if (this.#line.size > 0) for (const { until } of this.#rooms.values()) next = Math.min(next, until);
    const { p } = this.#server;
    if (this.#alarm?.p !== p) {
      this.#alarm?.stop();
      this.#alarm = new Alarm(p, () => this.#turn(null));
    }
    if (next === Infinity) this.#alarm.stop();
    else this.#alarm.at(next);
  }
}

class MemoryLink implements QueueLink {
  readonly process: string;
  readonly #connection: MemoryConnection;
  readonly #broker: Broker | null;
  readonly #sink: QueueSink;

  constructor(connection: MemoryConnection, broker: Broker | RemoteError, sink: QueueSink) {
    this.process = connection.process;
    this.#connection = connection;
    this.#broker = broker instanceof RemoteError ? null : broker;
    this.#sink = sink;
  }

  tell(fn: (sink: QueueSink) => void): void {
    this.#connection.down(() => fn(this.#sink));
  }

  #up(fn: (broker: Broker) => void): void {
    const broker = this.#broker;
    if (broker !== null) this.#connection.up(() => fn(broker));
  }

  /** Gives an answer back to the process. */
  #answer<A extends unknown[]>(done: (...args: A) => void): (...args: A) => void {
    return (...args) => this.#connection.down(() => done(...args));
  }

  want(n: number, done: () => void): void {
    this.#up((broker) => broker.want(this, n, this.#answer(done)));
  }

  push(no: number, items: readonly Item[], done: (results: readonly PushResult[]) => void): void {
    this.#up((broker) => broker.push(this, no, items, this.#answer(done)));
  }

  reserve(ticket: string): void {
    this.#up((broker) => broker.reserve(this, ticket));
  }

  unreserve(ticket: string): void {
    this.#up((broker) => broker.unreserve(ticket));
  }

  settle(no: number, batch: readonly Settlement[], done: (held: readonly boolean[]) => void): void {
    this.#up((broker) => broker.settle(this, no, batch, this.#answer(done)));
  }

  extend(list: readonly Delivery[], d: number, done: (held: readonly boolean[]) => void): void {
    this.#up((broker) => broker.extend(this, list, d, this.#answer(done)));
  }

  ask(no: number, question: Question, done: (answer: unknown) => void): void {
    this.#up((broker) => broker.ask(this, no, question, this.#answer(done)));
  }

  stop(): void {
    this.#connection.links.delete(this);
    this.#broker?.forget(this);
  }
}
