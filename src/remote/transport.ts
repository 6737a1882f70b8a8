/**
 * The seam between the engine and what carries its messages: an adapter is a `Transport`, and knows nothing of goroutines.
 *
 * What an adapter must keep:
 *
 * - **Callbacks, no promises**, and time only from the run's clock, so that a program on `memory()` can be tested in a bubble.
 * - A command with a number (`no`) is done once, however often it arrives: for each process and line the server remembers
 *   the highest number and its answer. Numbers rise, and of each line one command is under way at a time.
 * - An answer is given once, or never; the engine asks again, with the same number, when the connection is back or when an
 *   answer takes too long.
 * - Every command first does what is due: delays, leases that have lapsed, rooms that were not used. While a process waits
 *   for something that only time brings, the adapter sees to it that this happens in time. Otherwise nothing polls.
 * - Receivers and senders are served first come, first served, over all processes.
 */
import type { P } from "../runtime/proc.ts";
import type { RemoteError } from "./error.ts";

/** What a server can do beyond storing messages. */
export type Feature =
  | "delay"
  | "priority"
  | "key"
  | "rate"
  | "concurrency"
  | "expires"
  | "fencedAck"
  | "transaction"
  | "topics";

/** What a queue can do on every server that keeps all of its state in one place. */
export const QUEUE_FEATURES: ReadonlySet<Feature> = new Set([
  "delay",
  "priority",
  "key",
  "rate",
  "concurrency",
  "expires",
  "fencedAck",
]);

/** What carries messages between processes: `memory()`, or one made by an adapter. */
export interface Transport {
  /**
   * Begins to connect. The engine is told what comes of it.
   *
   * @param fleet the name under which its queues are on the server
   * @param port how to tell: `ready` at once or later, everything else later
   */
  open(fleet: string, port: Port): Connection;
}

/** How an adapter tells the engine of its connection. */
export interface Port {
  /** The run whose clock counts, for what must happen in time. */
  readonly p: P;
  /** The connection is there, for the first time or again. All that was asked and not answered will be asked again. */
  ready(): void;
  /** The connection is lost, and the adapter tries to get it back. */
  lost(error: unknown): void;
  /** There will be no connection: the server refuses, or is not what it has to be. */
  refused(error: RemoteError): void;
  /** Something went wrong that no operation waits for. */
  failed(error: RemoteError): void;
}

/** A process's connection to its server. */
export interface Connection {
  /** What the server calls this process; no other has the same. */
  readonly process: string;
  /** For dumps: `"memory"`, `"redis"`. */
  readonly server: string;
  readonly features: ReadonlySet<Feature>;
  /** What comes from it comes from outside of the run. */
  readonly outside: boolean;
  /** Commands and answers can be lost on their way. */
  readonly lossy: boolean;
  /** @param reconfigure the queue gets these options, where it has others */
  queue(spec: QueueSpec, reconfigure: boolean, sink: QueueSink): QueueLink;
  /** Ends the connection; nothing is called back any more. What this process holds is given up by its leases. */
  close(): void;
}

/** A queue as its first opener wants it. Durations are milliseconds; Infinity: no bound. */
export interface QueueSpec {
  readonly name: string;
  readonly kind: "queue" | "chan";
  readonly capacity: number;
  readonly lease: number;
  readonly attempts: number;
  readonly perSecond: number;
  readonly burst: number;
  readonly concurrency: number;
  readonly perKey: number;
  readonly keepDead: number;
  readonly idWindow: number;
}

/** The options in a spec, which must be the same for all processes. */
export const SPEC_OPTIONS: readonly Exclude<keyof QueueSpec, "name" | "kind">[] = [
  "capacity",
  "lease",
  "attempts",
  "perSecond",
  "burst",
  "concurrency",
  "perKey",
  "keepDead",
  "idWindow",
];

/** A message on its way to the server. */
export interface Item {
  readonly id: string;
  /** The program chose the id: within the queue's window, a second one with it is not stored. */
  readonly once: boolean;
  readonly body: Uint8Array;
  readonly key: string | undefined;
  readonly priority: number;
  /** Milliseconds from now. */
  readonly delay: number;
  /** Milliseconds from now; Infinity: never. */
  readonly expires: number;
  /** The name of its place in the line for room. */
  readonly ticket: string;
}

/** What became of an item. With `"full"` its ticket is in line, and `room` will be called for it. */
export type PushResult = "ok" | "dup" | "closed" | "full";

/** A message that this process holds now. */
export interface Delivery {
  readonly id: string;
  /** Names this lease of the message, among all leases of the queue. */
  readonly tag: string;
  /** From 1 up. */
  readonly attempt: number;
  /** Milliseconds since 1970, by the server's clock. */
  readonly sentAt: number;
  readonly key: string | undefined;
  readonly body: Uint8Array;
}

/** What is to become of a delivered message. */
export interface Settlement {
  readonly delivery: Delivery;
  /** `"back"`: it was not used, which is no attempt. */
  readonly how: "ack" | "nack" | "back" | "dead";
  /** For `"nack"`: milliseconds until it is ready again. */
  readonly delay: number;
  /** For `"nack"` and `"dead"`: why, should it come to the dead letters. */
  readonly reason: string;
  /** The lease was made or renewed so lately that no other process can have the message. */
  readonly sure: boolean;
}

/** A message that was given up, as the server has it. */
export interface DeadItem {
  readonly id: string;
  readonly key: string | undefined;
  readonly attempt: number;
  readonly sentAt: number;
  readonly diedAt: number;
  readonly reason: string;
  readonly body: Uint8Array;
}

/** What is in a queue, in messages. */
export interface QueueStats {
  /** They can be received now. */
  readonly ready: number;
  /** They wait for their time. */
  readonly delayed: number;
  /** They wait for an earlier message of their key. */
  readonly parked: number;
  /** A process has them. */
  readonly leased: number;
  /** They were given up. */
  readonly dead: number;
  /** The age of the oldest that is ready, in milliseconds; 0 without one. */
  readonly oldest: number;
  /** No more can be sent. */
  readonly closed: boolean;
}

/** What can be asked of a queue, and what is answered. */
export interface Questions {
  close: { args: undefined; answer: undefined };
  reopen: { args: undefined; answer: undefined };
  drop: { args: undefined; answer: undefined };
  stats: { args: undefined; answer: QueueStats };
  remove: { args: string; answer: boolean };
  listDead: { args: number; answer: readonly DeadItem[] };
  redrive: { args: readonly string[] | "all"; answer: number };
  purge: { args: undefined; answer: number };
}

/** One of them. */
export type Question = {
  [K in keyof Questions]: { readonly kind: K; readonly args: Questions[K]["args"] };
}[keyof Questions];

/** One queue as one process sees it. */
export interface QueueLink {
  /** How many messages this process wants now, all in all. Answered once the server knows. */
  want(n: number, done: () => void): void;
  /** Stores in order; with the first `"full"`, all that follow are. */
  push(no: number, items: readonly Item[], done: (results: readonly PushResult[]) => void): void;
  /** Gets in line for room, or asks again: `room` is called, as often as this is. */
  reserve(ticket: string): void;
  /** Leaves the line, or gives the room back. */
  unreserve(ticket: string): void;
  /** Answers for each whether this process still held it; if not, nothing has happened to it. */
  settle(no: number, batch: readonly Settlement[], done: (held: readonly boolean[]) => void): void;
  /** Lets the leases end `d` milliseconds from now; answers for each whether it still was this process's. */
  extend(list: readonly Delivery[], d: number, done: (held: readonly boolean[]) => void): void;
  ask(no: number, question: Question, done: (answer: unknown) => void): void;
  /** Nothing more is wanted. */
  stop(): void;
}

/** What the server tells a process of a queue. */
export interface QueueSink {
  /**
   * Messages for this process. `owed`: how many it still waits for by what the server knew then; of several, the highest
   * `version` knows best.
   */
  arrived(list: readonly Delivery[], owed: number, version: number): void;
  /** There is room for one message with this ticket, for the next seconds. */
  room(ticket: string): void;
  /** The queue is closed, and nothing is left in it: for all that want something now. */
  closed(): void;
  /** The queue can't be used: other options, or its state is lost. */
  failed(error: RemoteError): void;
}

/** How long a room is kept for the process that got it, in milliseconds. */
export const ROOM_KEPT = 5000;
