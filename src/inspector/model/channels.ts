/**
 * All channels that are known, with what events tell of each, and what was seen in it when somebody last looked.
 *
 * Bounded: of those that are closed or gone, the oldest are forgotten, and if that is not enough, the oldest.
 */
import type { ChannelDetail, ChannelRow, Questions, Queued, ThingId } from "../protocol.ts";
import { channelId } from "./ids.ts";
import { windowOf } from "./query.ts";
import { Queue } from "./queue.ts";

const MOST = 100_000;

/** Goroutines that have used one end of a channel. */
export class Users {
  #only = 0;
  #many = false;

  add(key: number): void {
    if (this.#only === key || this.#many) return;
    if (this.#only === 0) this.#only = key;
    else this.#many = true;
  }

  /** The key of the only one; 0 where there are none or several. */
  get only(): number {
    return this.#many ? 0 : this.#only;
  }
}

/** What is in a channel, seen by its own thread. */
export interface ChannelSight {
  readonly length: number;
  readonly capacity: number;
  readonly closed: boolean;
  readonly sendx: number;
  readonly recvx: number;
  readonly slots: readonly (string | null)[];
  readonly sendq: readonly Queued[];
  readonly recvq: readonly Queued[];
}

export class Channel {
  readonly chan: number;
  readonly thread: number;
  readonly id: ThingId;
  name = "";
  capacity = -1;
  length = 0;
  closed = false;
  shared = false;
  sent = 0;
  received = 0;
  origin = "";
  made: number;
  readonly sendq: Queue = new Queue();
  readonly recvq: Queue = new Queue();
  readonly senders: Users = new Users();
  readonly receivers: Users = new Users();
  /** The key of who closed it. */
  closer = 0;
  /** Changes with everything that happens to it. */
  version = 0;
  sight: ChannelSight | null = null;

  constructor(chan: number, thread: number, time: number) {
    this.chan = chan;
    this.thread = thread;
    this.id = channelId(chan, thread);
    this.made = time;
  }

  /** What people call it. */
  get label(): string {
    return this.name === "" ? `chan #${this.chan}` : this.name;
  }

  row(): ChannelRow {
    return {
      id: this.id,
      name: this.name,
      capacity: Math.max(0, this.capacity),
      length: this.length,
      closed: this.closed,
      senders: this.sendq.length,
      receivers: this.recvq.length,
      sent: this.sent,
      received: this.received,
      shared: this.shared,
    };
  }

  detail(): ChannelDetail {
    const { sight, origin } = this;
    const row = this.row();
    if (sight === null) {
      return {
        ...row,
        sendx: 0,
        recvx: 0,
        slots: [],
        sendq: this.sendq.queued(256),
        recvq: this.recvq.queued(256),
        origin,
      };
    }
    // The drawing is of one moment, so its numbers are too.
    const { length, capacity, closed, sendx, recvx, slots, sendq, recvq } = sight;
    return { ...row, length, capacity, closed, sendx, recvx, slots, sendq, recvq, origin };
  }
}

export class Channels implements Iterable<Channel> {
  readonly #all = new Map<ThingId, Channel>();

  get size(): number {
    return this.#all.size;
  }

  [Symbol.iterator](): IterableIterator<Channel> {
    return this.#all.values();
  }

  get(id: ThingId): Channel | undefined {
    return this.#all.get(id);
  }

  meet(chan: number, thread: number, time: number): Channel {
    const id = channelId(chan, thread);
    let channel = this.#all.get(id);
    if (channel === undefined) {
      channel = new Channel(chan, thread, time);
      this.#all.set(id, channel);
      if (this.#all.size > MOST * 1.1) this.#trim();
    }
    return channel;
  }

  delete(id: ThingId): void {
    this.#all.delete(id);
  }

  #trim(): void {
    for (const pass of ["closed", "any"]) {
      for (const [id, channel] of this.#all) {
        if (this.#all.size <= MOST) return;
        if (pass === "any" || channel.closed) this.#all.delete(id);
      }
    }
  }

  query(ask: Questions["channels"]["ask"]): Questions["channels"]["answer"] {
    const part = (ask.filter ?? "").trim().toLowerCase();
    const fits = ({ name, id, origin }: Channel): boolean =>
      part === "" || [name.toLowerCase(), id, origin.toLowerCase()].some((text) => text.includes(part));
    const found = [...this.#all.values()].filter(fits);
    const keys = new Float64Array(found.length);
    const sort = ask.sort ?? "id";
    if (sort === "name") {
      const names = [...new Set(found.map(({ name }) => name))].sort();
      const ranks = new Map(names.map((name, rank) => [name, rank]));
      for (const [i, { name }] of found.entries()) keys[i] = ranks.get(name) ?? 0;
    } else for (const [i, channel] of found.entries()) keys[i] = measure(channel, sort);
    const descending = sort === "length" || sort === "waiting" || sort === "traffic";
    const rows = windowOf(found, keys, descending, ask.offset, ask.limit).map((channel) => channel.row());
    return { total: this.#all.size, matching: found.length, rows };
  }
}

function measure({ thread, chan, length, sendq, recvq, sent, received }: Channel, by: string): number {
  if (by === "length") return length;
  if (by === "waiting") return sendq.length + recvq.length;
  if (by === "traffic") return sent + received;
  return thread * 2 ** 32 + chan;
}
