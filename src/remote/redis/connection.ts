/**
 * A process at Redis, by two connections: one for commands, one on which it hears what it is told. The two have no common
 * order, so what says how many messages are still owed has a version, and the latest counts.
 */
import { entropy, microtask } from "../../runtime/host.ts";
import { Alarm } from "../alarm.ts";
import { RemoteError } from "../error.ts";
import { mismatch, readSpec, writeSpec } from "../mismatch.ts";
import {
  type Connection,
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
  type Settlement,
} from "../transport.ts";
import { type Client, clientOf } from "./client.ts";
import type { Bytes, NodeBuffer } from "./host.ts";
import { type Joined, type Packable, pack, type Unpacked, unpack } from "./pack.ts";
import { SCRIPT } from "./script.ts";

/** Milliseconds until something that the server refused for now is tried again. */
const AGAIN = 250;
/** For how many milliseconds at a time replicas are waited for. */
const REPLICATES = 1000;
/** The longest duration that is told: a number of milliseconds without a fraction. */
const LONGEST = 1e15;

export interface Settings {
  /** Makes a client, or is one. */
  readonly client: unknown;
  readonly prefix: string;
  readonly wait: number;
  readonly buffer: NodeBuffer;
}

export class RedisConnection implements Connection {
  readonly process: string;
  readonly server = "redis";
  readonly features: ReadonlySet<Feature> = QUEUE_FEATURES;
  readonly outside = true;
  readonly lossy = true;
  readonly port: Port;
  /** On which this process listens, and by which the script knows it. */
  readonly channel: string;
  readonly settings: Settings;
  readonly #fleet: string;
  readonly #links = new Map<string, RedisLink>();
  #commands: Client | null = null;
  #hears: Client | null = null;
  #sha = "";
  #loading: Promise<unknown> | null = null;
  /** Counts the times it got through, so that what an earlier one says is known as old. */
  #epoch = 0;
  #starting = false;
  up = false;
  #closed = false;
  readonly #again: Alarm;

  constructor(settings: Settings, fleet: string, port: Port) {
    this.settings = settings;
    this.port = port;
    this.#fleet = fleet;
    this.process = [0, 0].map(() => (entropy() >>> 0).toString(36)).join("");
    this.channel = `${settings.prefix}:p:${this.process}`;
    this.#again = new Alarm(port.p, () => this.#start());
    microtask(() => this.#open());
  }

  #open(): void {
    if (this.#closed) return;
    const { client, buffer } = this.settings;
    try {
      const make = typeof client === "function" ? (client as () => unknown) : null;
      this.#commands = clientOf(make === null ? client : make(), buffer);
      this.#hears = make === null ? this.#commands.duplicate() : clientOf(make(), buffer);
    } catch (error) {
      this.port.refused(
        new RemoteError("CONNECT", `redis: the function gave no client: ${text(error)}`, { cause: error }),
      );
      return;
    }
    for (const each of [this.#commands, this.#hears]) {
      each.listen({ ready: () => this.#start(), lost: (error) => this.#lost(error) });
      each.connect();
    }
    this.#start();
  }

  #lost(error: unknown): void {
    if (this.#closed) return;
    this.up = false;
    this.#starting = false;
    this.#epoch++;
    this.#again.stop();
    this.port.lost(error);
  }

  /** Both are connected: sees what server it is, and gets ready. */
  #start(): void {
    const [commands, hears] = [this.#commands, this.#hears];
    if (this.#closed || this.up || this.#starting || !commands?.isReady || !hears?.isReady) return;
    this.#starting = true;
    const epoch = ++this.#epoch;
    const start = async (): Promise<RemoteError | null> => {
      const wrong = unfit(String(await commands.call(["INFO"])));
      if (wrong !== null) return new RemoteError("CONNECT", `redis: ${wrong}`);
      await hears.subscribe(this.channel, (bytes) => this.#told(bytes));
      this.#sha = String(await commands.call(["SCRIPT", "LOAD", SCRIPT]));
      return null;
    };
    start().then(
      (refusal) => {
        if (epoch !== this.#epoch || this.#closed) return;
        this.#starting = false;
        if (refusal !== null) {
          this.port.refused(refusal);
          return;
        }
        this.up = true;
        for (const link of this.#links.values()) link.resume();
        this.port.ready();
      },
      (error) => {
        if (epoch !== this.#epoch || this.#closed) return;
        this.#starting = false;
        const reason = text(error);
        if (/^(NOPERM|NOAUTH|WRONGPASS|ERR) /.test(reason)) {
          const needs = "it needs INFO, EVALSHA, SCRIPT LOAD, PUBLISH and SUBSCRIBE";
          this.port.refused(
            new RemoteError("CONNECT", `redis: the server refuses: ${reason}; ${needs}`, { cause: error }),
          );
        } else {
          this.port.lost(error);
          this.#again.in(AGAIN);
        }
      },
    );
  }

  #told(bytes: Bytes): void {
    const [name, what] = unpack(bytes) as [Bytes, Unpacked[]];
    if (!this.#closed) this.#links.get(name.toString())?.told(what);
  }

  queue(spec: QueueSpec, reconfigure: boolean, sink: QueueSink): QueueLink {
    const name = `{${this.settings.prefix}:${this.#fleet}:${spec.kind}:${spec.name}}`;
    const link = new RedisLink(this, name, spec, reconfigure, sink);
    this.#links.get(name)?.stop();
    this.#links.set(name, link);
    link.resume();
    return link;
  }

  /** Runs the script. What was sent and not answered when the connection is lost is asked again by the engine. */
  run(
    name: string,
    op: string,
    epoch: string,
    arg: Packable,
    done: (answer: Unpacked, told: readonly Unpacked[][]) => void,
    failed: (() => void) | null = null,
  ): void {
    const commands = this.#commands;
    if (commands === null || !this.up) return;
    const args = ["1", name, op, this.channel, epoch, pack(this.settings.buffer, arg)];
    const send = (): Promise<unknown> => commands.call(["EVALSHA", this.#sha, ...args]);
    const sent = this.#loading === null ? send() : this.#loading.then(send);
    const answered = (reply: unknown): void => {
      if (this.#closed) return;
      const [answer, told] = unpack(reply as Bytes) as [Unpacked, Unpacked[][]];
      done(answer, told);
    };
    const refused = (error: unknown): void => {
      if (this.#closed || !isReply(error)) return;
      this.port.failed(new RemoteError("SERVER", `redis: ${text(error)}`, { cause: error }));
      failed?.();
    };
    sent
      .catch((error: unknown) => {
        if (!text(error).startsWith("NOSCRIPT")) throw error;
        return this.#load(commands).then(send); // all that follow wait behind it, so the order stays
      })
      .then(answered, refused);
  }

  /** Somebody has emptied the server's scripts. */
  #load(commands: Client): Promise<unknown> {
    this.#loading ??= commands.call(["SCRIPT", "LOAD", SCRIPT]).finally(() => {
      this.#loading = null;
    });
    return this.#loading;
  }

  /** Calls `done` when as many replicas have what was written so far as the program asks for. */
  replicated(done: () => void): void {
    const { wait } = this.settings;
    if (wait === 0) {
      done();
      return;
    }
    const answered = (n: unknown): void => {
      if (this.#closed) return;
      if (Number(n) >= wait) done();
      else
        this.port.failed(new RemoteError("SERVER", `redis: ${Number(n)} of ${wait} replicas have it, still waiting`));
    };
    this.#commands?.call(["WAIT", String(wait), String(REPLICATES)]).then(answered, () => {});
  }

  close(): void {
    for (const link of this.#links.values()) link.forget();
    this.#closed = true;
    this.up = false;
    this.#again.stop();
    this.#hears?.release(true);
    this.#commands?.release(typeof this.settings.client === "function");
  }
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Whether the server has said it. Everything else is a connection that was lost, which is heard as an event. */
function isReply(error: unknown): boolean {
  return /^[A-Z]{2,} /.test(text(error));
}

/** Why a server with this `INFO` can't be used; null if it can. */
function unfit(info: string): string | null {
  const field = (name: string): string | undefined => info.match(new RegExp(`^${name}:(.*?)\\r?$`, "m"))?.[1];
  const version = field("redis_version");
  if (version === undefined) return "the server does not say which version of Redis it is";
  if (Number.parseInt(version, 10) < 7) return `the server is Redis ${version}; 7.0 or later is needed`;
  if (field("redis_mode") === "cluster") return "the server is part of a cluster; a single server is needed";
  const policy = field("maxmemory_policy");
  if (field("maxmemory") !== "0" && policy !== undefined && policy !== "noeviction") {
    return `the server's maxmemory-policy is ${policy}, which deletes messages when memory is short; it must be noeviction`;
  }
  return null;
}

type Told = readonly Unpacked[];

class RedisLink implements QueueLink {
  readonly #connection: RedisConnection;
  readonly #name: string;
  readonly #spec: QueueSpec;
  readonly #reconfigure: boolean;
  readonly #sink: QueueSink;
  /** The duty of this process: something is due then, and no other process sees to it. */
  readonly #duty: Alarm;
  readonly #again: Alarm;
  #epoch: string | null = null;
  /** What was asked before the queue was open. */
  #early: (() => void)[] = [];
  #version = 0;

  constructor(connection: RedisConnection, name: string, spec: QueueSpec, reconfigure: boolean, sink: QueueSink) {
    this.#connection = connection;
    this.#name = name;
    this.#spec = spec;
    this.#reconfigure = reconfigure;
    this.#sink = sink;
    const { p } = connection.port;
    this.#duty = new Alarm(p, () => this.#look(), true);
    this.#again = new Alarm(p, () => this.resume(), true);
  }

  /** The connection is there, for the first time or again. */
  resume(): void {
    if (!this.#connection.up) return;
    if (this.#epoch !== null) {
      this.#look(); // what it was told meanwhile is lost
      return;
    }
    this.#early = [];
    const arg = {
      spec: writeSpec(this.#spec),
      reconfigure: this.#reconfigure,
      epoch: `${this.#connection.process}.${entropy() >>> 0}`,
    };
    const opened = (answer: Unpacked): void => {
      const [epoch, has] = answer as [Bytes, Bytes];
      const error = mismatch(readSpec(has.toString()), this.#spec, "on the server");
      if (error !== null) {
        this.#sink.failed(error);
        return;
      }
      this.#epoch = epoch.toString();
      for (const early of this.#early.splice(0)) early();
    };
    this.#connection.run(this.#name, "open", "", arg, opened, () => this.#again.in(AGAIN));
  }

  #look(): void {
    this.#run("look", {});
  }

  #run(op: string, arg: Packable, done: ((answer: Unpacked) => void) | null = null): void {
    if (this.#epoch === null) {
      if (this.#connection.up) this.#early.push(() => this.#run(op, arg, done));
      return;
    }
    this.#connection.run(this.#name, op, this.#epoch, arg, (answer, told) => {
      if (answer === 0) {
        this.#gone();
        return;
      }
      if (answer !== false) done?.(answer);
      for (const each of told) this.told(each);
    });
  }

  #gone(): void {
    this.stop();
    const { kind, name } = this.#spec;
    const what = `${kind} ${JSON.stringify(name)}`;
    this.#sink.failed(
      new RemoteError(
        "STATE_LOST",
        `${what} was dropped, or the server emptied, and what was in it is gone; open it again`,
      ),
    );
  }

  told([kind, ...rest]: Told): void {
    switch (String(kind)) {
      case "m": {
        const [list, owed, version] = rest as [readonly [Bytes, Bytes][], number, number];
        this.#version = Math.max(this.#version, version);
        this.#sink.arrived(list.map(delivery), owed, version);
        break;
      }
      case "s":
        this.#sink.room(String(rest[0]));
        break;
      case "d":
        this.#duty.in(rest[0] as number);
        break;
      case "c":
        // The queue was opened again since.
        if ((rest[0] as number) >= this.#version) this.#sink.closed();
        break;
      default:
        this.#gone();
    }
  }

  want(n: number, done: () => void): void {
    this.#run("want", { n }, done);
  }

  push(no: number, items: readonly Item[], done: (results: readonly PushResult[]) => void): void {
    this.#run("push", { no, items: items.map((item) => this.#packed(item)) }, (answer) => {
      const results = Array.from(String(answer), (letter) => RESULTS[letter] as PushResult);
      this.#connection.replicated(() => done(results));
    });
  }

  /** Most messages need no more than their text. */
  #packed({ id, once, body, key, priority, delay, expires, ticket }: Item): Packable {
    const blob: Joined = { head: `${id}\n${key ?? ""}\n`, body };
    const isPlain =
      this.#spec.capacity === Infinity &&
      !once &&
      key === undefined &&
      priority === 4 &&
      delay === 0 &&
      expires === Infinity;
    if (isPlain) return blob;
    return [blob, priority, whole(delay), expires === Infinity ? 0 : whole(expires), once, ticket];
  }

  reserve(ticket: string): void {
    this.#run("reserve", { ticket });
  }

  unreserve(ticket: string): void {
    this.#run("unreserve", { ticket });
  }

  settle(no: number, batch: readonly Settlement[], done: (held: readonly boolean[]) => void): void {
    const packed = batch.map(({ delivery: { tag, key }, how, delay, reason }): Packable => {
      return how === "ack" && key === undefined ? tag : [tag, how, whole(delay), reason];
    });
    this.#run("settle", { no, batch: packed }, (answer) => done(heldOf(answer)));
  }

  extend(list: readonly Delivery[], d: number, done: (held: readonly boolean[]) => void): void {
    this.#run("extend", { tags: list.map(({ tag }) => tag), d: whole(d) }, (answer) => done(heldOf(answer)));
  }

  ask(no: number, question: Question, done: (answer: unknown) => void): void {
    const { kind } = question;
    if (kind === "stats") this.#run("stats", {}, (answer) => done(statsOf(answer as number[])));
    else if (kind === "listDead") {
      this.#run("dead", { most: question.args }, (answer) => done((answer as [Bytes, Bytes, Bytes][]).map(deadItem)));
    } else if (kind === "remove") this.#ask({ no, kind, id: question.args }, (n) => done(n === 1));
    else if (kind === "redrive") {
      this.#ask({ no, kind, ...(question.args === "all" ? {} : { ids: question.args }) }, done);
    } else this.#ask({ no, kind }, kind === "purge" ? done : () => done(undefined));
  }

  #ask(arg: Packable, done: (n: number) => void): void {
    this.#run("ask", arg, (answer) => done(Number(String(answer))));
  }

  stop(): void {
    this.#duty.stop();
    this.#again.stop();
  }

  /** This process wants nothing more, and is not told anything. */
  forget(): void {
    this.stop();
    this.#run("forget", {});
  }
}

const RESULTS: Readonly<Record<string, PushResult>> = { o: "ok", d: "dup", c: "closed", f: "full" };

function whole(ms: number): number {
  return Math.min(Math.ceil(ms), LONGEST);
}

function heldOf(answer: Unpacked): boolean[] {
  return Array.from(String(answer), (letter) => letter === "1");
}

function statsOf([
  ready = 0,
  delayed = 0,
  parked = 0,
  leased = 0,
  dead = 0,
  oldest = 0,
  closed = 0,
]: number[]): QueueStats {
  return { ready, delayed, parked, leased, dead, oldest, closed: closed === 1 };
}

const LINE_END = 10;

/** What the script keeps of a message; see there. */
function record(bytes: Bytes): Omit<Delivery, "tag"> {
  const first = bytes.indexOf(LINE_END);
  const second = bytes.indexOf(LINE_END, first + 1);
  const third = bytes.indexOf(LINE_END, second + 1);
  const [attempt, sentAt] = bytes.toString("utf8", 0, first).split(" ");
  const key = bytes.toString("utf8", second + 1, third);
  return {
    id: bytes.toString("utf8", first + 1, second),
    attempt: Number(attempt),
    sentAt: Number(sentAt),
    key: key === "" ? undefined : key,
    body: bytes.subarray(third + 1),
  };
}

function delivery([tag, bytes]: readonly [Bytes, Bytes]): Delivery {
  const { attempt, ...rest } = record(bytes);
  return { ...rest, tag: tag.toString(), attempt: attempt + 1 };
}

function deadItem([diedAt, bytes, reason]: readonly [Bytes, Bytes, Bytes]): object {
  return { ...record(bytes), diedAt: Number(diedAt.toString()), reason: reason.toString() };
}
