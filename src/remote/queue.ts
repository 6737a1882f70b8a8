/** A queue of work: at least once, leased while a process works on it, with attempts, delays and dead letters. */
import { CLOSED } from "../chan/closed.ts";
import { iterate } from "../chan/iterate.ts";
import { TranslatedRecv } from "../chan/translated.ts";
import type { Received, RecvChan, TryReceived, Values } from "../chan/types.ts";
import { cause } from "../context/cancel.ts";
import { nodeOf } from "../context/parent.ts";
import type { Context } from "../context/types.ts";
import { Action, call } from "../runtime/action.ts";
import { callable, checkOptions, unexpected, whole } from "../runtime/args.ts";
import { m } from "../runtime/m.ts";
import { NO } from "../runtime/op.ts";
import { ArgumentError, Goexit, Panic, show } from "../runtime/panic.ts";
import type { Go, Op } from "../runtime/types.ts";
import { made } from "../runtime/unused.ts";
import { select } from "../select/select.ts";
import { WaitGroup } from "../sync/waitgroup.ts";
import { checkNumber, checkText } from "./check.ts";
import { Discard } from "./error.ts";
import { AskOp, type Lease, type Link, RecvOp, SendOp } from "./link.ts";
import { Linked } from "./linked.ts";
import { type Message, RemoteMessage } from "./message.ts";
import type { Feature, Item, Questions, QueueStats } from "./transport.ts";
import type { Wire, WireOptions } from "./wire.ts";

/** What does the work of a message: its value, and the message itself, which it need not settle. */
export type Handler<T> = (value: T, message: Message<T>) => unknown;

/** Options of `fleet.queue`. They are the same for all that open the queue; durations are milliseconds. */
export interface QueueOptions<T> extends WireOptions<T> {
  /** How many messages may be stored and not acked before a send waits: a whole number from 1 up. No bound by default. */
  readonly capacity?: number | undefined;
  /** How long a message is a process's that says nothing any more: from 1,000 up; the fleet's by default. */
  readonly lease?: number | undefined;
  /** How often a message is tried before it is a dead letter: a whole number from 1 up, 5 by default. */
  readonly attempts?: number | undefined;
  /**
   * How long a message waits after an attempt has failed, of which it gets the number: a second by default, doubling up to five minutes, less a random part of up to a half. It
   * is this process's own.
   */
  readonly backoff?: ((attempt: number) => number) | undefined;
  /** How many are delivered in a second, over the whole fleet; `burst` at once, a twentieth of a second's by default. */
  readonly rate?: { readonly perSecond: number; readonly burst?: number | undefined } | undefined;
  /** How many are worked on at once, over the whole fleet: a whole number from 1 up. */
  readonly concurrency?: number | undefined;
  /** How many messages of a key are worked on at once: a whole number, 1 by default, which keeps them in order. */
  readonly perKey?: number | undefined;
  /** How many dead letters are kept, the newest: 10,000 by default. */
  readonly keepDead?: number | undefined;
  /** For how long a message's id keeps others with that id out: two minutes by default. */
  readonly idWindow?: number | undefined;
  /** Gives the queue these options, where it has others on the server. */
  readonly reconfigure?: boolean | undefined;
}

/** Options of one message. Durations are milliseconds. */
export interface SendOptions {
  /** Its id: within the queue's `idWindow`, a second message with it is not stored, so a send can be repeated safely. */
  readonly id?: string | undefined;
  /** Messages of a key are worked on in order, `perKey` at a time. */
  readonly key?: string | undefined;
  /** From 0, first, to 9; 4 by default. */
  readonly priority?: number | undefined;
  /** How long it waits before it can be received. */
  readonly delay?: number | undefined;
  /** When it can be received, instead of `delay`. */
  readonly at?: Date | undefined;
  /** After how long it is not worth receiving any more: it becomes a dead letter. */
  readonly expires?: number | undefined;
  /** Its values travel with the message; a context that has ended refuses the send. */
  readonly ctx?: Context | undefined;
}

/** Options of `work`. */
export interface WorkOptions {
  /** How many messages this call works on at once: a whole number from 1 up, 1 by default. */
  readonly concurrency?: number | undefined;
  /** Ends the work when it ends: what has begun is finished, nothing new begins. */
  readonly ctx?: Context | undefined;
}

/** A message that was given up: it had all its attempts, expired, could not be read, or was thrown out. */
export interface DeadLetter<out T> {
  /** The message's. */
  readonly id: string;
  /** What it was sent with. */
  readonly key: string | undefined;
  /** How many attempts it had. */
  readonly attempts: number;
  /** When it was stored first. */
  readonly sentAt: Date;
  /** When it was given up. */
  readonly diedAt: Date;
  /** The text of what the last attempt failed with; `"EXPIRED"` for one that came too late. */
  readonly reason: string;
  /** What was sent; undefined where that can't be read, which `reason` then says. */
  readonly value: T | undefined;
}

/** The messages of a queue that were given up. */
export interface DeadLetters<out T> {
  /**
   * The oldest of them. Blocks until the server answers.
   *
   * @param max how many at most: a whole number from 1 up
   */
  list(max: number): Op<DeadLetter<T>[]>;
  /**
   * Puts them into the queue again, with all their attempts, and says how many those were. Blocks until that is done.
   *
   * @param ids which, or `"all"`
   */
  redrive(ids: readonly string[] | "all"): Op<number>;
  /** Deletes all, and says how many those were. Blocks until that is done. */
  purge(): Op<number>;
}

/**
 * A queue of messages that all processes of a fleet share. To receive from it is to receive from a channel of messages:
 * `recv`, `range`, `select`, `for await` work; what was received is this process's until it is settled.
 */
export interface Queue<in out T> extends RecvChan<Message<T>> {
  /**
   * Stores a message.
   *
   * Blocks until the server has stored it; where the queue has a capacity, until there is room, first come, first served over the whole
   * fleet. As a case of a select it leaves nothing if it loses; without a capacity it happens as soon as the select would wait.
   * Panics with SEND_ON_CLOSED when the queue is closed, also while it waits. Throws `RemoteError` UNREACHABLE when the
   * server is away for longer than `sendTimeout`, with `sent` saying whether it may have been stored.
   *
   * @param value what a receiver gets, a copy
   * @param options `id`, `key`, `priority`, `delay` or `at`, `expires`, `ctx`
   * @throws ArgumentError when something in the value can't travel, with the way to it; for options that are none
   */
  send(value: T, options?: SendOptions): Op<void>;
  /**
   * Stores all of `values`, in order, many at a time. Blocks until the last is stored; panics and throws as `send` does.
   *
   * @param values any iterable
   * @param options for each of them; they can't share an `id`
   */
  sendMany(values: Iterable<T>, options?: SendOptions): Action<void>;
  /**
   * Receives up to `max` messages: what has arrived, at least one; none once the queue is closed and empty. Blocks until then.
   *
   * @param max a whole number from 1 up
   * @throws ArgumentError when it is not that
   */
  recvMany(max: number): Op<Message<T>[]>;
  /**
   * Works on messages: each is given to `fn`, acked when that returns, and nacked when it throws, with the queue's
   * `backoff`; `Discard` makes a dead letter of it. What `fn` has settled itself is left alone.
   *
   * Blocks until the queue is closed and empty, `ctx` ends, or the fleet is drained; what has begun is finished first.
   *
   * @param fn a generator, async or plain function; a parallel one runs on any thread
   * @param options `concurrency`, how many at once, and `ctx`
   * @throws ArgumentError for options that are none
   */
  work(fn: Handler<T>, options?: WorkOptions): Action<void>;
  /**
   * Takes a message out of the queue that no process works on, and says whether it was there. Blocks until the server answers.
   *
   * @param id the one it was sent with, or `message.id`
   */
  remove(id: string): Op<boolean>;
  /** Says that no more will be sent, behind all that this process has sent. Never blocks; a second time it does nothing. */
  close(): void;
  /** Takes a close back. Blocks until that is done. */
  reopen(): Op<void>;
  /** Deletes the queue and all that is in it. Blocks until that is done; other processes get `RemoteError` STATE_LOST. */
  drop(): Op<void>;
  /** How many messages are in which state. Blocks until the server answers. */
  stats(): Op<QueueStats>;
  /** The messages that were given up. */
  readonly dead: DeadLetters<T>;
}

const pair = (value: unknown, ok: boolean): Received<unknown, unknown> => [value, ok] as Received<unknown, unknown>;

/** How many messages of a `sendMany` may be on their way. */
const SIDE_BY_SIDE = 1024;

/** A second, doubling up to five minutes, less up to a half of it. */
function usualBackoff(attempt: number): number {
  const most = Math.min(300_000, 1000 * 2 ** (attempt - 1));
  return most - (m.current().below(500) / 1000) * most;
}

export class RemoteQueue extends Linked implements Queue<unknown> {
  readonly #wire: Wire;
  readonly #options: QueueOptions<never>;
  readonly #backoff: (attempt: number) => number;
  readonly #features: ReadonlySet<Feature>;
  readonly #nextId: () => string;
  /** The constructor's `open` makes it, with this queue as its owner. */
  readonly link: Link;
  readonly #recv: RecvOp;
  readonly dead: DeadLetters<unknown>;

  constructor(
    options: QueueOptions<never>,
    wire: Wire,
    features: ReadonlySet<Feature>,
    nextId: () => string,
    open: (queue: RemoteQueue) => Link,
  ) {
    super();
    this.#options = options;
    this.#wire = wire;
    this.#features = features;
    this.#nextId = nextId;
    const { backoff } = options;
    this.#backoff = backoff === undefined ? usualBackoff : (attempt) => Math.max(0, Number(backoff(attempt)) || 0);
    this.link = open(this);
    this.#recv = new RecvOp(this.link);
    this.dead = new RemoteDead(this);
  }

  /** What it was opened with, for one who opens it again. */
  get options(): QueueOptions<never> {
    return this.#options;
  }

  // The owner of the link.

  decode(body: Uint8Array): { value: unknown; ctx: Context } {
    return this.#wire.decode(body);
  }

  hand(lease: Lease): RemoteMessage {
    return new RemoteMessage(this.link, lease, this.#backoff);
  }

  recv(): Op<Message<unknown> | undefined> {
    return made(this.#recv as Op<unknown> as Op<Message<unknown> | undefined>);
  }

  recvOk(): Op<Received<Message<unknown>, undefined>> {
    return made(new TranslatedRecv(this.link, pair) as Op<unknown> as Op<Received<Message<unknown>, undefined>>);
  }

  tryRecv(): TryReceived<Message<unknown>, undefined> {
    const value = this.link.take();
    if (value !== NO && value !== CLOSED) return [value as RemoteMessage, true];
    return this.link.isClosed ? [undefined, false] : undefined;
  }

  [Symbol.asyncIterator](): Values<Message<unknown>> {
    return iterate(this);
  }

  recvMany(max: number): Op<Message<unknown>[]> {
    whole("recvMany: max", max, 1);
    const more = (value: unknown, ok: boolean): Message<unknown>[] => {
      if (!ok) return [];
      const all = [value as Message<unknown>];
      for (let next = all.length < max ? this.link.take() : NO; next !== NO && next !== CLOSED; ) {
        all.push(next as Message<unknown>);
        next = all.length < max ? this.link.take() : NO;
      }
      return all;
    };
    return made(new TranslatedRecv(this.link, more));
  }

  send(value: unknown, options: SendOptions = {}): Op<void> {
    const item = this.#item(value, options);
    return made(new SendOp(this.link, item));
  }

  sendMany(values: Iterable<unknown>, options: SendOptions = {}): Action<void> {
    if (typeof (values as Partial<Iterable<unknown>> | null)?.[Symbol.iterator] !== "function") {
      throw unexpected("sendMany", "an iterable", values);
    }
    checkOptions("sendMany", options, "key, delay");
    if (options.id !== undefined) throw new ArgumentError("sendMany: messages can't share an id; send them one by one");
    return new Action("Queue.sendMany", () => this.#sendAll(values, options));
  }

  *#sendAll(values: Iterable<unknown>, options: SendOptions): Go {
    const { link } = this;
    link.check();
    const group = new WaitGroup();
    let failed: { readonly error: unknown } | null = null;
    let under = 0;
    // Side by side, so that they share round trips; a link keeps them in order.
    for (const value of values) {
      group.add(1);
      link.post(this.#item(value, options)(), (error) => {
        if (error !== null) failed ??= { error };
        group.done();
      });
      if (++under % SIDE_BY_SIDE === 0) yield* group.wait();
      if (failed !== null) break;
    }
    yield* group.wait();
    const { error } = (failed ?? {}) as { error?: unknown };
    if (failed !== null) throw error;
  }

  /** Makes the message of a send, checked and encoded now. */
  #item(value: unknown, options: SendOptions): () => Item {
    checkOptions("send", options, "id, key");
    const { id, key, ctx, at } = options;
    checkText("send: id", id);
    checkText("send: key", key);
    const priority = checkNumber("send: priority", options.priority, { least: 0, most: 9, whole: true, instead: 4 });
    let delay = checkNumber("send: delay", options.delay, { least: 0, instead: 0 });
    if (at !== undefined) {
      if (!(at instanceof Date) || Number.isNaN(at.getTime())) throw unexpected("send: at", "a Date", at);
      if (options.delay !== undefined) throw new ArgumentError("send: give delay or at, not both");
      delay = Math.max(0, at.getTime() - this.link.p.clock.wall());
    }
    const expires = checkNumber("send: expires", options.expires, { least: 1, instead: Infinity });
    this.#need("delay", delay > 0);
    this.#need("priority", options.priority !== undefined);
    this.#need("key", key !== undefined);
    this.#need("expires", expires !== Infinity);
    if (ctx !== undefined) {
      nodeOf("send: ctx", ctx);
      if (ctx.err() !== undefined) throw cause(ctx);
    }
    const body = this.#wire.encode(value, ctx);
    return () => {
      const ticket = this.#nextId();
      return { id: id ?? ticket, once: id !== undefined, body, key, priority, delay, expires, ticket };
    };
  }

  #need(feature: Feature, wanted: boolean): void {
    if (wanted) needFeature(this.link.label, this.#features, feature);
  }

  work(fn: Handler<unknown>, options: WorkOptions = {}): Action<void> {
    callable("work", fn);
    checkOptions("work", options, "concurrency, ctx");
    const concurrency = checkNumber("work: concurrency", options.concurrency, { least: 1, whole: true, instead: 1 });
    const { ctx } = options;
    if (ctx !== undefined) nodeOf("work: ctx", ctx);
    return new Action("Queue.work", () => this.#work(fn, concurrency, ctx));
  }

  *#work(fn: Handler<unknown>, concurrency: number, ctx: Context | undefined): Go {
    const { link } = this;
    link.check();
    const group = new WaitGroup();
    // One worker asks for one message; as many more come ahead, so that no worker waits for the next.
    link.workers += concurrency;
    link.ahead(concurrency);
    let failed: { readonly error: unknown } | null = null;
    const worker = function* (queue: RemoteQueue): Go {
      try {
        yield* queue.#worker(fn, ctx);
      } catch (error) {
        if (error instanceof Goexit) throw error;
        failed ??= { error };
      }
    };
    try {
      for (let i = 0; i < concurrency; i++) group.go(() => worker(this));
      yield* group.wait();
    } finally {
      link.workers -= concurrency;
      link.ahead(-concurrency);
    }
    const { error } = (failed ?? {}) as { error?: unknown };
    if (failed !== null) throw error;
  }

  *#worker(fn: Handler<unknown>, ctx: Context | undefined): Go {
    const done = ctx?.done().recv() ?? null;
    while (!this.link.isStopped) {
      const s = yield* select({ done, message: this.recvOk() }, { order: "listed" });
      if (s.case === "done") return;
      const [message, ok] = s.value as Received<RemoteMessage, undefined>;
      if (!ok) return;
      yield* this.#attempt(fn, message);
    }
  }

  /** One message. Only that the fleet is over gets out of here: a lost lease is another worker's business by now. */
  *#attempt(fn: Handler<unknown>, message: RemoteMessage): Go {
    let settle: Op<void>;
    try {
      yield* call(fn, [message.value, message]);
      settle = message.ack();
    } catch (error) {
      if (error instanceof Goexit) throw error;
      settle = error instanceof Discard ? message.dead(error) : message.nack({ error });
    }
    if (message.isSettled || message.isLost) return;
    try {
      yield* settle;
    } catch (error) {
      if (!(error instanceof Panic && error.code === "LEASE_LOST")) throw error;
    }
  }

  remove(id: string): Op<boolean> {
    if (typeof id !== "string") throw unexpected("remove", "a message's id", id);
    return this.ask("remove", id, true);
  }

  close(): void {
    this.link.close();
  }

  reopen(): Op<void> {
    return this.ask("reopen", undefined, true, () => this.link.reopened());
  }

  drop(): Op<void> {
    return this.ask("drop", undefined, true);
  }

  stats(): Op<QueueStats> {
    return this.ask("stats", undefined, false);
  }

  ask<K extends keyof Questions, R = Questions[K]["answer"]>(
    kind: K,
    args: Questions[K]["args"],
    changes: boolean,
    answered: (answer: Questions[K]["answer"]) => R = (answer) => answer as unknown as R,
  ): Op<R> {
    const { link } = this;
    return made(
      new AskOp<R>(
        link,
        changes,
        () => {},
        ({ done, fail }) => link.question(kind, args, (answer) => done(answered(answer)), fail),
      ),
    );
  }
}

/** Refuses an option that the server can't do. */
export function needFeature(where: string, features: ReadonlySet<Feature>, feature: Feature): void {
  if (features.has(feature)) return;
  throw new ArgumentError(`${where}: this server has no ${show(feature)}; it has ${[...features].join(", ")}`);
}

class RemoteDead implements DeadLetters<unknown> {
  readonly #queue: RemoteQueue;

  constructor(queue: RemoteQueue) {
    this.#queue = queue;
  }

  list(max: number): Op<DeadLetter<unknown>[]> {
    whole("dead.list: max", max, 1);
    return this.#queue.ask("listDead", max, false, (items) =>
      items.map(({ id, key, attempt, sentAt, diedAt, reason, body }) => {
        let value: unknown;
        try {
          ({ value } = this.#queue.decode(body));
        } catch {
          value = undefined; // why is the reason it is dead
        }
        return { id, key, attempts: attempt, sentAt: new Date(sentAt), diedAt: new Date(diedAt), reason, value };
      }),
    );
  }

  redrive(ids: readonly string[] | "all"): Op<number> {
    if (ids !== "all" && !(Array.isArray(ids) && ids.every((id) => typeof id === "string"))) {
      throw unexpected("dead.redrive", 'an array of ids or "all"', ids);
    }
    return this.#queue.ask("redrive", ids, true);
  }

  purge(): Op<number> {
    return this.#queue.ask("purge", undefined, true);
  }
}
