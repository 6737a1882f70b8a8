/**
 * The queues in the file: what `memory.ts` does with sets and maps, in rows. Every command is one transaction, so all that
 * follows from it is done by the process that gave it, in the name of others too: messages are leased to the process that
 * waits longest, and what must be told to it is a row of `event`.
 *
 * Times are the wall clock's: it is one machine.
 */
import type { RemoteError } from "../error.ts";
import { mismatch, readSpec, writeSpec } from "../mismatch.ts";
import {
  type DeadItem,
  type Delivery,
  type Item,
  type PushResult,
  type Question,
  type QueueSpec,
  type QueueStats,
  ROOM_KEPT,
  type Settlement,
} from "../transport.ts";
import type { Cell, Database, Statement } from "./host.ts";

/** What a file of another version of this table layout says. */
const LAYOUT = 1;

const TABLES = `
create table if not exists queue(
  name text primary key, epoch text not null, spec text not null, closed int not null default 0,
  version int not null default 0, ord int not null default 0, tokens real not null, tokens_at real not null);
create table if not exists msg(
  seq integer primary key, queue text not null, id text not null, body blob not null, key text, priority int not null,
  sent_at real not null, expires real, attempt int not null default 0, state text not null, due real,
  ord int not null default 0, active int not null default 0, tag text, reason text, died_at real, since real);
create index if not exists msg_ready on msg(queue, state, priority, ord);
create index if not exists msg_due on msg(queue, state, due);
create index if not exists msg_key on msg(queue, key, state, ord) where key is not null;
create index if not exists msg_id on msg(queue, id);
create table if not exists want(queue text, process text, n int not null, ord int not null, primary key(queue, process));
create table if not exists line(queue text, ticket text, process text not null, ord int not null, primary key(queue, ticket));
create table if not exists room(queue text, ticket text, process text not null, until real not null, primary key(queue, ticket));
create table if not exists done(queue text, process text, line text, no int not null, answer text not null, at real not null,
  primary key(queue, process, line));
create table if not exists ids(queue text, id text, until real not null, primary key(queue, id));
create table if not exists event(seq integer primary key autoincrement, process text not null, queue text not null, what text not null);
create index if not exists event_process on event(process, seq);
`;

/** What a process is told. */
export type Event =
  | { readonly kind: "arrived"; readonly seqs: readonly number[]; readonly owed: number; readonly version: number }
  | { readonly kind: "room"; readonly ticket: string }
  | { readonly kind: "closed" }
  | { readonly kind: "gone" };

/** How many messages are handed over at a time. */
const HANDFUL = 64;
/** For how long an answer is kept for a process that says nothing more, in milliseconds. */
const ANSWERS_KEPT = 3_600_000;

interface QueueRow {
  readonly name: string;
  readonly epoch: string;
  readonly spec: QueueSpec;
  readonly closed: boolean;
}

export class Broker {
  readonly #db: Database;
  readonly #statements = new Map<string, Statement>();
  readonly #now: () => number;
  readonly #lives: (process: string) => boolean;
  /** Whether another process was told something in this transaction. */
  readonly told: Set<string> = new Set();

  constructor(db: Database, now: () => number, lives: (process: string) => boolean) {
    this.#db = db;
    this.#now = now;
    this.#lives = lives;
    db.exec("pragma busy_timeout = 5000; pragma journal_mode = wal; pragma synchronous = normal");
    const layout = Number(db.prepare("pragma user_version").get()?.user_version ?? 0);
    if (layout !== 0 && layout !== LAYOUT) {
      throw new Error(`the file has layout ${layout}, and this version of millrace reads ${LAYOUT}`);
    }
    this.transaction(() => {
      db.exec(TABLES);
      db.exec(`pragma user_version = ${LAYOUT}`);
    });
  }

  transaction<T>(fn: () => T): T {
    this.#db.exec("begin immediate");
    try {
      const result = fn();
      this.#db.exec("commit");
      return result;
    } catch (error) {
      this.#db.exec("rollback");
      throw error;
    }
  }

  #sql(text: string): Statement {
    let statement = this.#statements.get(text);
    if (statement === undefined) {
      statement = this.#db.prepare(text);
      this.#statements.set(text, statement);
    }
    return statement;
  }

  #run(text: string, ...cells: Cell[]): number {
    return Number(this.#sql(text).run(...cells).changes);
  }

  #number(text: string, ...cells: Cell[]): number {
    return Number(Object.values(this.#sql(text).get(...cells) ?? { n: 0 })[0] ?? 0);
  }

  // Queues.

  /** Opens a queue; gives its epoch. */
  open(name: string, spec: QueueSpec, reconfigure: boolean, epoch: string): string | RemoteError {
    const text = writeSpec(spec);
    this.#run(
      "insert into queue(name, epoch, spec, tokens, tokens_at) values(?, ?, ?, ?, ?) on conflict do nothing",
      name,
      epoch,
      text,
      Math.min(spec.burst, 1e300),
      this.#now(),
    );
    if (reconfigure) this.#run("update queue set spec = ? where name = ?", text, name);
    const queue = this.#queue(name) as QueueRow;
    return mismatch(queue.spec, spec, "in the file") ?? queue.epoch;
  }

  #queue(name: string): QueueRow | undefined {
    const row = this.#sql("select name, epoch, spec, closed from queue where name = ?").get(name);
    if (row === undefined) return undefined;
    return { name, epoch: String(row.epoch), spec: readSpec(String(row.spec)), closed: row.closed === 1 };
  }

  /** Does a command on a queue, and what follows from it. Undefined when it is another queue by now. */
  on<T>(name: string, epoch: string, act: (queue: QueueRow) => T): { readonly answer: T } | undefined {
    const queue = this.#queue(name);
    if (queue === undefined || queue.epoch !== epoch) return undefined;
    this.#due(queue);
    const answer = act(queue);
    const after = this.#queue(name);
    if (after !== undefined) this.#turn(after);
    return { answer };
  }

  /** What was answered to a command with that number; what `act` gives, if it is new. */
  once<T>({ name }: QueueRow, process: string, line: string, no: number, act: () => T): T | undefined {
    const row = this.#sql("select no, answer from done where queue = ? and process = ? and line = ?").get(
      name,
      process,
      line,
    );
    if (row !== undefined && no <= Number(row.no)) {
      return no === Number(row.no) ? (JSON.parse(String(row.answer)) as { a: T }).a : undefined;
    }
    const answer = act();
    this.#run(
      "insert or replace into done values(?, ?, ?, ?, ?, ?)",
      name,
      process,
      line,
      no,
      JSON.stringify({ a: answer }),
      this.#now(),
    );
    return answer;
  }

  #ord(name: string): number {
    return this.#number("update queue set ord = ord + 1 where name = ? returning ord", name);
  }

  #tell(process: string, queue: string, event: Event): void {
    this.told.add(process);
    this.#run("insert into event(process, queue, what) values(?, ?, ?)", process, queue, JSON.stringify(event));
  }

  // Commands.

  want({ name }: QueueRow, process: string, n: number): void {
    if (n === 0) this.#run("delete from want where queue = ? and process = ?", name, process);
    else {
      this.#run(
        "insert into want values(?, ?, ?, ?) on conflict do update set n = excluded.n",
        name,
        process,
        n,
        this.#ord(name),
      );
    }
  }

  push(queue: QueueRow, process: string, items: readonly Item[]): PushResult[] {
    let full = false;
    return items.map((item) => {
      const result = full ? "full" : this.#store(queue, item);
      full ||= result === "full";
      if (result === "full") this.#line(queue, process, item.ticket);
      return result;
    });
  }

  #line({ name }: QueueRow, process: string, ticket: string): void {
    this.#run("insert into line values(?, ?, ?, ?) on conflict do nothing", name, ticket, process, this.#ord(name));
  }

  #store(queue: QueueRow, item: Item): PushResult {
    const { name, spec } = queue;
    const bounded = spec.capacity !== Infinity;
    const reserved = bounded && this.#run("delete from room where queue = ? and ticket = ?", name, item.ticket) > 0;
    if (queue.closed) return "closed";
    if (item.once && this.#number("select count(*) from ids where queue = ? and id = ?", name, item.id) > 0)
      return "dup";
    if (bounded) {
      const waits = this.#number("select count(*) from (select 1 from line where queue = ? limit 1)", name) > 0;
      if (!reserved && (waits || this.#free(queue) <= 0)) return "full";
      this.#run("delete from line where queue = ? and ticket = ?", name, item.ticket);
    }
    const now = this.#now();
    if (item.once) this.#run("insert into ids values(?, ?, ?)", name, item.id, now + Math.min(spec.idWindow, 1e15));
    this.#run(
      "insert into msg(queue, id, body, key, priority, sent_at, expires, state, due) values(?, ?, ?, ?, ?, ?, ?, 'delayed', ?)",
      name,
      item.id,
      item.body,
      item.key ?? null,
      item.priority,
      now,
      item.expires === Infinity ? null : now + item.expires,
      now + item.delay,
    );
    if (item.delay === 0) this.#makeReady(queue, this.#number("select last_insert_rowid()"), item.key ?? null, false);
    return "ok";
  }

  #free({ name, spec }: QueueRow): number {
    const live = this.#number(
      "select count(*) from msg where queue = ? and state in ('ready','delayed','parked','leased')",
      name,
    );
    return spec.capacity - live - this.#number("select count(*) from room where queue = ?", name);
  }

  /** It may be received now, unless others of its key come first. */
  #makeReady({ name, spec }: QueueRow, seq: number, key: Cell, active: boolean): void {
    let state = "ready";
    if (key !== null && !active) {
      const busy = this.#number(
        "select count(*) from msg where queue = ? and key = ? and state in ('ready','delayed','leased') and active = 1",
        name,
        key,
      );
      if (busy >= spec.perKey) state = "parked";
    }
    this.#run(
      "update msg set state = ?, active = ?, ord = ?, since = ?, tag = null where seq = ?",
      state,
      key !== null && state === "ready" ? 1 : 0,
      this.#ord(name),
      this.#now(),
      seq,
    );
  }

  /** It has left the queue. The next of its key may be received. */
  #left(queue: QueueRow, key: Cell, active: boolean): void {
    if (key === null || !active) return;
    const next = this.#sql(
      "select seq from msg where queue = ? and key = ? and state = 'parked' order by ord limit 1",
    ).get(queue.name, key);
    if (next !== undefined) this.#makeReady(queue, Number(next.seq), key, false);
  }

  #die(queue: QueueRow, row: Record<string, Cell>, reason: string, attempt: number): void {
    const { name, spec } = queue;
    const { seq = null, key = null } = row;
    this.#run(
      "update msg set state = 'dead', active = 0, tag = null, reason = ?, attempt = ?, died_at = ?, ord = ? where seq = ?",
      reason,
      attempt,
      this.#now(),
      this.#ord(name),
      seq,
    );
    this.#left(queue, key, row.active === 1);
    const dead = this.#number("select count(*) from msg where queue = ? and state = 'dead'", name);
    if (dead <= spec.keepDead) return;
    this.#run(
      "delete from msg where seq in (select seq from msg where queue = ? and state = 'dead' order by ord limit ?)",
      name,
      dead - spec.keepDead,
    );
  }

  #failed(queue: QueueRow, row: Record<string, Cell>, delay: number, reason: string): void {
    const attempt = Number(row.attempt) + 1;
    if (attempt >= queue.spec.attempts) {
      this.#die(queue, row, reason, attempt);
      return;
    }
    const seq = Number(row.seq);
    this.#run("update msg set attempt = ? where seq = ?", attempt, seq);
    if (delay > 0)
      this.#run("update msg set state = 'delayed', tag = null, due = ? where seq = ?", this.#now() + delay, seq);
    else this.#makeReady(queue, seq, row.key ?? null, row.active === 1);
  }

  #leased({ name }: QueueRow, tag: string): Record<string, Cell> | undefined {
    return this.#sql(
      "select seq, key, active, attempt from msg where seq = ? and queue = ? and state = 'leased' and tag = ?",
    ).get(Number(tag.split(".")[0]), name, tag);
  }

  settle(queue: QueueRow, batch: readonly Settlement[]): boolean[] {
    return batch.map(({ delivery, how, delay, reason }) => {
      const row = this.#leased(queue, delivery.tag);
      if (row === undefined) return false;
      if (how === "ack") {
        this.#run("delete from msg where seq = ?", row.seq ?? null);
        this.#left(queue, row.key ?? null, row.active === 1);
      } else if (how === "dead") this.#die(queue, row, reason, Number(row.attempt) + 1);
      else if (how === "nack") this.#failed(queue, row, delay, reason);
      else this.#makeReady(queue, Number(row.seq), row.key ?? null, row.active === 1);
      return true;
    });
  }

  extend(queue: QueueRow, list: readonly Delivery[], d: number): boolean[] {
    return list.map(({ tag }) => {
      const row = this.#leased(queue, tag);
      if (row !== undefined) this.#run("update msg set due = ? where seq = ?", this.#now() + d, row.seq ?? null);
      return row !== undefined;
    });
  }

  reserve(queue: QueueRow, process: string, ticket: string): void {
    const { name } = queue;
    const has = this.#number("select count(*) from room where queue = ? and ticket = ?", name, ticket) > 0;
    if (has || queue.closed) this.#tell(process, name, { kind: "room", ticket });
    else this.#line(queue, process, ticket);
  }

  unreserve({ name }: QueueRow, ticket: string): void {
    this.#run("delete from line where queue = ? and ticket = ?", name, ticket);
    this.#run("delete from room where queue = ? and ticket = ?", name, ticket);
  }

  answer(queue: QueueRow, question: Question): unknown {
    const { name } = queue;
    switch (question.kind) {
      case "close": {
        this.#run("update queue set closed = 1 where name = ?", name);
        for (const { ticket, process } of this.#sql(
          "select ticket, process from line where queue = ? order by ord",
        ).all(name)) {
          this.#tell(String(process), name, { kind: "room", ticket: String(ticket) });
        }
        this.#run("delete from line where queue = ?", name);
        return null;
      }
      case "reopen":
        this.#run("update queue set closed = 0 where name = ?", name);
        return null;
      case "drop": {
        const all = "select process from want where queue = ? union select process from line where queue = ?";
        for (const { process } of this.#sql(all).all(name, name)) this.#tell(String(process), name, { kind: "gone" });
        for (const table of ["msg", "want", "line", "room", "ids"])
          this.#run(`delete from ${table} where queue = ?`, name);
        this.#run("delete from queue where name = ?", name);
        return null;
      }
      case "stats":
        return this.#stats(queue);
      case "remove": {
        const row = this.#sql(
          "select seq, key, active from msg where queue = ? and id = ? and state in ('ready','delayed','parked') limit 1",
        ).get(name, question.args);
        if (row === undefined) return false;
        this.#run("delete from msg where seq = ?", row.seq ?? null);
        this.#left(queue, row.key ?? null, row.active === 1);
        return true;
      }
      case "listDead":
        return null; // `dead` answers, because it has bodies
      case "redrive": {
        const rows = this.#sql("select seq, id, key from msg where queue = ? and state = 'dead' order by ord").all(
          name,
        );
        const { args: ids } = question;
        const chosen = rows.filter(({ id }) => ids === "all" || ids.includes(String(id)));
        for (const { seq, key = null } of chosen) {
          this.#run("update msg set attempt = 0, expires = null where seq = ?", seq ?? null);
          this.#makeReady(queue, Number(seq), key, false);
        }
        return chosen.length;
      }
      case "purge":
        return this.#run("delete from msg where queue = ? and state = 'dead'", name);
    }
  }

  dead({ name }: QueueRow, max: number): DeadItem[] {
    return this.#sql("select * from msg where queue = ? and state = 'dead' order by ord limit ?")
      .all(name, max)
      .map((row) => ({
        id: String(row.id),
        key: row.key === null ? undefined : String(row.key),
        attempt: Number(row.attempt),
        sentAt: Number(row.sent_at),
        diedAt: Number(row.died_at),
        reason: String(row.reason),
        body: row.body as Uint8Array,
      }));
  }

  #stats({ name, closed }: QueueRow): QueueStats {
    const count = { ready: 0, delayed: 0, parked: 0, leased: 0, dead: 0 };
    for (const { state, n } of this.#sql("select state, count(*) as n from msg where queue = ? group by state").all(
      name,
    )) {
      count[state as keyof typeof count] = Number(n);
    }
    const since = this.#sql("select min(since) as since from msg where queue = ? and state = 'ready'").get(name)?.since;
    return { ...count, oldest: typeof since === "number" ? Math.max(0, this.#now() - since) : 0, closed };
  }

  // What follows from a command, or from time.

  #due(queue: QueueRow): void {
    const { name } = queue;
    const now = this.#now();
    const due =
      "select seq, key, active, attempt from msg where queue = ? and state = ? and due <= ? order by due, seq";
    for (const row of this.#sql(due).all(name, "leased", now)) this.#failed(queue, row, 0, "its lease ended");
    for (const row of this.#sql(due).all(name, "delayed", now)) {
      this.#makeReady(queue, Number(row.seq), row.key ?? null, row.active === 1);
    }
    this.#run("delete from ids where queue = ? and until <= ?", name, now);
    this.#run("delete from room where queue = ? and until <= ?", name, now);
  }

  #turn(queue: QueueRow): void {
    this.#handOut(queue);
    if (queue.spec.capacity !== Infinity) this.#giveRoom(queue);
    if (!queue.closed) return;
    const { name } = queue;
    const live =
      "select count(*) from (select 1 from msg where queue = ? and state in ('ready','delayed','parked','leased') limit 1)";
    if (this.#number(live, name) > 0) return;
    for (const { process } of this.#sql("select process from want where queue = ? order by ord").all(name)) {
      this.#tell(String(process), name, { kind: "closed" });
    }
    this.#run("delete from want where queue = ?", name);
  }

  #handOut(queue: QueueRow): void {
    const { name, spec } = queue;
    for (;;) {
      const first = this.#sql("select process, n from want where queue = ? order by ord limit 1").get(name);
      if (first === undefined) return;
      const process = String(first.process);
      if (!this.#lives(process)) {
        this.forget(process);
        continue;
      }
      const most = Math.min(Number(first.n), HANDFUL, this.#allowed(queue));
      const seqs = most > 0 ? this.#take(queue, most) : [];
      if (seqs.length === 0) return;
      if (spec.perSecond !== Infinity)
        this.#run("update queue set tokens = tokens - ? where name = ?", seqs.length, name);
      const owed = Number(first.n) - seqs.length;
      if (owed === 0) this.#run("delete from want where queue = ? and process = ?", name, process);
      else this.#run("update want set n = ? where queue = ? and process = ?", owed, name, process);
      const version = this.#number("update queue set version = version + 1 where name = ? returning version", name);
      this.#tell(process, name, { kind: "arrived", seqs, owed, version });
    }
  }

  /** How many may be delivered now. */
  #allowed({ name, spec }: QueueRow): number {
    let most = Infinity;
    if (spec.concurrency !== Infinity) {
      most = spec.concurrency - this.#number("select count(*) from msg where queue = ? and state = 'leased'", name);
    }
    if (spec.perSecond !== Infinity) most = Math.min(most, Math.floor(this.#tokens(name, spec)));
    return most;
  }

  #tokens(name: string, { perSecond, burst }: QueueSpec): number {
    const now = this.#now();
    return this.#number(
      "update queue set tokens = min(?, tokens + max(0, ? - tokens_at) * ? / 1000.0 + 1e-9), tokens_at = ? where name = ? returning tokens",
      burst,
      now,
      perSecond,
      now,
      name,
    );
  }

  /** Leases up to `most` messages. */
  #take(queue: QueueRow, most: number): number[] {
    const { name, spec } = queue;
    const now = this.#now();
    const seqs: number[] = [];
    while (seqs.length < most) {
      const rows = this.#sql(
        "select seq, key, active, attempt, expires from msg where queue = ? and state = 'ready' order by priority, ord limit ?",
      ).all(name, most - seqs.length);
      if (rows.length === 0) break;
      for (const row of rows) {
        if (row.expires !== null && Number(row.expires) <= now) {
          this.#die(queue, row, "EXPIRED", Number(row.attempt));
          continue;
        }
        const seq = Number(row.seq);
        const tag = `${seq}.${this.#ord(name)}`;
        this.#run("update msg set state = 'leased', tag = ?, due = ? where seq = ?", tag, now + spec.lease, seq);
        seqs.push(seq);
      }
    }
    return seqs;
  }

  #giveRoom(queue: QueueRow): void {
    const { name } = queue;
    for (let free = this.#free(queue); free > 0; ) {
      const first = this.#sql("select ticket, process from line where queue = ? order by ord limit 1").get(name);
      if (first === undefined) return;
      const process = String(first.process);
      const ticket = String(first.ticket);
      if (!this.#lives(process)) {
        this.forget(process);
        continue;
      }
      this.#run("delete from line where queue = ? and ticket = ?", name, ticket);
      this.#run("insert into room values(?, ?, ?, ?)", name, ticket, process, this.#now() + ROOM_KEPT);
      this.#tell(process, name, { kind: "room", ticket });
      free--;
    }
  }

  /** The process is gone. */
  forget(process: string): void {
    for (const table of ["want", "line", "room", "event"]) this.#run(`delete from ${table} where process = ?`, process);
    this.#run("delete from done where at < ?", this.#now() - ANSWERS_KEPT);
  }

  // What a process is told.

  /** What there is for this process, which from here on has been told. */
  events(process: string): { readonly queue: string; readonly event: Event }[] {
    const rows = this.#sql("select seq, queue, what from event where process = ? order by seq").all(process);
    if (rows.length > 0) this.#run("delete from event where process = ?", process);
    return rows.map(({ queue, what }) => ({ queue: String(queue), event: JSON.parse(String(what)) as Event }));
  }

  deliveries(seqs: readonly number[]): Delivery[] {
    return seqs.flatMap((seq) => {
      const row = this.#sql("select * from msg where seq = ? and state = 'leased'").get(seq);
      if (row === undefined) return [];
      return [
        {
          id: String(row.id),
          tag: String(row.tag),
          attempt: Number(row.attempt) + 1,
          sentAt: Number(row.sent_at),
          key: row.key === null ? undefined : String(row.key),
          body: row.body as Uint8Array,
        },
      ];
    });
  }

  /** When something is due that a waiting process waits for, and nothing but time brings; Infinity for never. */
  next(name: string, process: string): number {
    const waits =
      this.#number("select count(*) from want where queue = ? and process = ?", name, process) +
      this.#number("select count(*) from line where queue = ? and process = ?", name, process);
    const queue = waits === 0 ? undefined : this.#queue(name);
    if (queue === undefined) return Infinity;
    let next = Infinity;
    for (const state of ["leased", "delayed"]) {
      const due = this.#sql("select min(due) as due from msg where queue = ? and state = ?").get(name, state)?.due;
      if (typeof due === "number") next = Math.min(next, due);
    }
    const room = this.#sql("select min(until) as until from room where queue = ?").get(name)?.until;
    if (typeof room === "number") next = Math.min(next, room);
    const { perSecond } = queue.spec;
    if (perSecond !== Infinity) {
      const ready = this.#number(
        "select count(*) from (select 1 from msg where queue = ? and state = 'ready' limit 1)",
        name,
      );
      const tokens = this.#tokens(name, queue.spec);
      if (ready > 0 && tokens < 1) next = Math.min(next, this.#now() + ((1 - tokens) * 1000) / perSecond);
    }
    return next;
  }
}
