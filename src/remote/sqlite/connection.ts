/** A process at the file: its commands, and what it is told through the bell. */
import { builtin, entropy, microtask } from "../../runtime/host.ts";
import { Alarm } from "../alarm.ts";
import { RemoteError } from "../error.ts";
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
  type Settlement,
} from "../transport.ts";
import { Broker } from "./broker.ts";
import type { Database, NodeFs, NodeSqlite } from "./host.ts";

/** What SQLite answers when another process holds the file for too long. */
const BUSY = 5;
/** After how many milliseconds it is opened again. */
const AGAIN = 50;

interface NodeProcess {
  readonly pid: number;
  kill(pid: number, signal: 0): void;
}

export class SqliteConnection implements Connection {
  readonly process: string;
  readonly server = "sqlite";
  readonly features: ReadonlySet<Feature> = QUEUE_FEATURES;
  readonly outside = true;
  readonly lossy = true;
  readonly port: Port;
  readonly #fleet: string;
  readonly #bell: string;
  readonly #fs: NodeFs | null = null;
  readonly #links = new Map<string, SqliteLink>();
  #db: Database | null = null;
  broker: Broker | null = null;
  #watcher: { close(): void } | null = null;
  #booked = false;
  #closed = false;
  #again: Alarm | null = null;
  readonly #tasks: (() => void)[] = [];

  constructor(
    path: string,
    fleet: string,
    port: Port,
    host: { readonly fs: NodeFs; readonly sqlite: NodeSqlite } | RemoteError,
  ) {
    this.port = port;
    this.#fleet = fleet;
    this.#bell = `${path}.bell`;
    const { pid } = (builtin("node:process") ?? { pid: 0 }) as NodeProcess;
    this.process = `${pid}.${(entropy() >>> 0).toString(36)}${(entropy() >>> 0).toString(36)}`;
    if (host instanceof RemoteError) {
      microtask(() => port.refused(host));
      return;
    }
    this.#fs = host.fs;
    microtask(() => this.#open(path, host.sqlite));
  }

  #open(path: string, sqlite: NodeSqlite): void {
    if (this.#closed) return;
    try {
      this.#db = new sqlite.DatabaseSync(path);
      this.broker = new Broker(this.#db, () => this.port.p.clock.wall(), lives);
      this.#fs?.writeFileSync(this.#bell, "", { flag: "a" });
      const watcher = this.#fs?.watch(this.#bell, () => this.#book());
      watcher?.on("error", () => {});
      this.#watcher = watcher ?? null;
    } catch (error) {
      this.#release();
      if ((error as { errcode?: unknown }).errcode === BUSY) {
        this.port.lost(error);
        this.#again = new Alarm(this.port.p, () => this.#open(path, sqlite));
        this.#again.in(AGAIN);
        return;
      }
      const text = error instanceof Error ? error.message : String(error);
      this.port.refused(new RemoteError("CONNECT", `sqlite: ${path} can't be opened: ${text}`, { cause: error }));
      return;
    }
    this.port.ready();
  }

  queue(spec: QueueSpec, reconfigure: boolean, sink: QueueSink): QueueLink {
    const name = `${this.#fleet} ${spec.kind} ${spec.name}`;
    const link = new SqliteLink(this, name, spec, reconfigure, sink);
    this.#links.set(name, link);
    return link;
  }

  leave(name: string, link: SqliteLink): void {
    if (this.#links.get(name) === link) this.#links.delete(name);
  }

  /** Does something soon, and looks then what there is to be told. */
  soon(task: (() => void) | null): void {
    if (task !== null) this.#tasks.push(task);
    this.#book();
  }

  #book(): void {
    if (this.#booked || this.broker === null) return;
    this.#booked = true;
    microtask(() => {
      this.#booked = false;
      this.#work();
    });
  }

  /** Everything that was asked in this turn, and all that this process is told, in the order of the file. */
  #work(): void {
    const { broker } = this;
    if (broker === null) return;
    try {
      for (let task = this.#tasks.shift(); task !== undefined; task = this.#tasks.shift()) task();
      this.#listen(broker);
    } catch (error) {
      // A file that is locked for too long, a disk that is full: what was asked is asked again.
      this.port.failed(new RemoteError("SERVER", `sqlite: ${String(error)}`, { cause: error }));
    }
    if (broker.told.size > 0) {
      broker.told.delete(this.process);
      if (broker.told.size > 0) this.#fs?.writeFileSync(this.#bell, ".", { flag: "w" });
      broker.told.clear();
    }
  }

  #listen(broker: Broker): void {
    const told = broker.transaction(() =>
      broker.events(this.process).map(({ queue, event }) => ({
        queue,
        event,
        list: event.kind === "arrived" ? broker.deliveries(event.seqs) : [],
      })),
    );
    for (const { queue, event, list } of told) this.#links.get(queue)?.told(event, list);
    for (const link of this.#links.values()) link.setAlarm();
  }

  close(): void {
    this.#closed = true;
    this.#again?.stop();
    this.#release();
  }

  #release(): void {
    const { broker } = this;
    this.broker = null;
    this.#watcher?.close();
    for (const link of this.#links.values()) link.end();
    try {
      broker?.transaction(() => broker.forget(this.process));
    } catch {
      // Then its leases and rooms end by themselves.
    }
    this.#db?.close();
    this.#db = null;
  }
}

/** Whether a process of this machine is there. */
function lives(process: string): boolean {
  const host = builtin("node:process") as NodeProcess | undefined;
  try {
    host?.kill(Number(process.split(".")[0]), 0);
    return true;
  } catch (error) {
    return (error as { code?: unknown }).code === "EPERM";
  }
}

class SqliteLink implements QueueLink {
  readonly #connection: SqliteConnection;
  readonly #name: string;
  readonly #sink: QueueSink;
  readonly #alarm: Alarm;
  #epoch: string | null = null;

  constructor(connection: SqliteConnection, name: string, spec: QueueSpec, reconfigure: boolean, sink: QueueSink) {
    this.#connection = connection;
    this.#name = name;
    this.#sink = sink;
    this.#alarm = new Alarm(connection.port.p, () => this.#command(() => undefined));
    connection.soon(() => {
      const { broker } = connection;
      const random = `${connection.process}.${(entropy() >>> 0).toString(36)}`;
      const epoch = broker?.transaction(() => broker.open(name, spec, reconfigure, random));
      if (epoch instanceof RemoteError) this.#sink.failed(epoch);
      else this.#epoch = epoch ?? null;
    });
  }

  /** Does a command in a transaction, and answers. */
  #command<T>(
    act: (broker: Broker, queue: Parameters<Parameters<Broker["on"]>[2]>[0]) => T,
    done: ((answer: T) => void) | null = null,
  ): void {
    this.#connection.soon(() => {
      const { broker } = this.#connection;
      const epoch = this.#epoch;
      if (broker === null || epoch === null) return;
      const result = broker.transaction(() => broker.on(this.#name, epoch, (queue) => act(broker, queue)));
      if (result === undefined) this.#gone();
      else if (result.answer !== undefined) done?.(result.answer);
    });
  }

  #gone(): void {
    this.#sink.failed(
      new RemoteError("STATE_LOST", `${this.#name} was dropped, and what was in it is gone; open it again`),
    );
  }

  told(event: ReturnType<Broker["events"]>[number]["event"], list: readonly Delivery[]): void {
    if (event.kind === "arrived") this.#sink.arrived(list, event.owed, event.version);
    else if (event.kind === "room") this.#sink.room(event.ticket);
    else if (event.kind === "closed") this.#sink.closed();
    else this.#gone();
  }

  /** While this process waits for what only time brings, it sees to it in time. */
  setAlarm(): void {
    const { broker, process, port } = this.#connection;
    if (broker === null) return;
    const { clock } = port.p;
    const next = broker.next(this.#name, process);
    if (next === Infinity) this.#alarm.stop();
    else this.#alarm.at(clock.now() + Math.max(0, next - clock.wall()));
  }

  end(): void {
    this.#alarm.stop();
  }

  want(n: number, done: () => void): void {
    const { process } = this.#connection;
    this.#command((broker, queue) => broker.want(queue, process, n) ?? null, done);
  }

  push(no: number, items: readonly Item[], done: (results: readonly PushResult[]) => void): void {
    const { process } = this.#connection;
    this.#command(
      (broker, queue) => broker.once(queue, process, "push", no, () => broker.push(queue, process, items)),
      (results) => done(results as PushResult[]),
    );
  }

  reserve(ticket: string): void {
    const { process } = this.#connection;
    this.#command((broker, queue) => broker.reserve(queue, process, ticket));
  }

  unreserve(ticket: string): void {
    this.#command((broker, queue) => broker.unreserve(queue, ticket));
  }

  settle(no: number, batch: readonly Settlement[], done: (held: readonly boolean[]) => void): void {
    const { process } = this.#connection;
    this.#command(
      (broker, queue) => broker.once(queue, process, "settle", no, () => broker.settle(queue, batch)),
      (held) => done(held as boolean[]),
    );
  }

  extend(list: readonly Delivery[], d: number, done: (held: readonly boolean[]) => void): void {
    this.#command((broker, queue) => broker.extend(queue, list, d), done);
  }

  ask(no: number, question: Question, done: (answer: unknown) => void): void {
    const { process } = this.#connection;
    if (question.kind === "listDead") {
      this.#command((broker, queue) => broker.dead(queue, question.args), done);
      return;
    }
    this.#command(
      (broker, queue) => broker.once(queue, process, "ask", no, () => broker.answer(queue, question)),
      (answer) => done(answer ?? undefined),
    );
  }

  stop(): void {
    this.#alarm.stop();
    this.#connection.leave(this.#name, this);
  }
}
