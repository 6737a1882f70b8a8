/**
 * What one writes without a library: the smallest channel on promises that is right. First in, first out on both sides,
 * a buffer, a select that takes its losing cases back. It has no close, no send case, and nothing that keeps a busy pair
 * from starving the event loop. An operation that need not wait makes no promise; that is the cheapest thing to await.
 */
import { type AsyncChannels, programs } from "./channels.ts";
import { lockPrograms } from "./locks.ts";

interface Sender {
  value: number;
  resolve(): void;
  prev: Sender | null;
  next: Sender | null;
}

interface Receiver {
  resolve(value: number): void;
  home: Queue<Receiver>;
  /** All waiters of the same select, this one among them. */
  select: Receiver[] | null;
  prev: Receiver | null;
  next: Receiver | null;
}

class Queue<T extends { prev: T | null; next: T | null }> {
  first: T | null = null;
  last: T | null = null;

  add(item: T): void {
    item.prev = this.last;
    if (this.last) this.last.next = item;
    else this.first = item;
    this.last = item;
  }

  remove(item: T): void {
    if (item.prev) item.prev.next = item.next;
    else this.first = item.next;
    if (item.next) item.next.prev = item.prev;
    else this.last = item.prev;
  }

  take(): T | null {
    const item = this.first;
    if (item) this.remove(item);
    return item;
  }
}

export class Channel {
  readonly senders = new Queue<Sender>();
  readonly receivers = new Queue<Receiver>();
  readonly buffer: number[];
  readonly capacity: number;
  head = 0;
  count = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.buffer = new Array<number>(capacity).fill(0);
  }

  send(value: number): Promise<void> | undefined {
    const receiver = this.receivers.take();
    if (receiver) {
      if (receiver.select) for (const other of receiver.select) if (other !== receiver) other.home.remove(other);
      receiver.resolve(value);
      return undefined;
    }
    if (this.count < this.capacity) {
      this.put(value);
      return undefined;
    }
    return new Promise((resolve) => {
      this.senders.add({ value, resolve, prev: null, next: null });
    });
  }

  recv(): Promise<number> | number {
    if (this.ready()) return this.now();
    return new Promise((resolve) => {
      this.wait(resolve, null);
    });
  }

  ready(): boolean {
    return this.count > 0 || this.senders.first !== null;
  }

  /** Receives what `ready` promised. */
  now(): number {
    const sender = this.senders.take();
    let value = sender ? sender.value : 0;
    if (this.count > 0) {
      const oldest = this.buffer[this.head] as number;
      this.head = (this.head + 1) % this.capacity;
      this.count--;
      if (sender) this.put(value);
      value = oldest;
    }
    sender?.resolve();
    return value;
  }

  put(value: number): void {
    this.buffer[(this.head + this.count) % this.capacity] = value;
    this.count++;
  }

  wait(resolve: (value: number) => void, select: Receiver[] | null): void {
    const receiver: Receiver = { resolve, home: this.receivers, select, prev: null, next: null };
    this.receivers.add(receiver);
    select?.push(receiver);
  }
}

/** Receives from whichever is ready, looked at from a random one on. */
export function select(chs: readonly Channel[]): Promise<number> | number {
  const from = Math.floor(Math.random() * chs.length);
  for (let i = 0; i < chs.length; i++) {
    const ch = chs[(from + i) % chs.length] as Channel;
    if (ch.ready()) return ch.now();
  }
  return new Promise((resolve) => {
    const all: Receiver[] = [];
    for (const ch of chs) ch.wait(resolve, all);
  });
}

const hand: AsyncChannels<Channel> = {
  make: (capacity) => new Channel(capacity),
  send: (ch, value) => ch.send(value),
  recv: (ch) => ch.recv(),
  select: (chs) => ({ next: () => select(chs), value: (value) => value }),
};

/** A lock is a channel with room for one, a semaphore one with more. */
const locks = lockPrograms((places) => {
  const ch = new Channel(places);
  const leave = () => {
    void ch.recv();
  };
  return {
    acquire: () => {
      const entered = ch.send(1);
      return entered ? entered.then(() => leave) : leave;
    },
  };
});

export default { ...programs(hand), ...locks };
