/** The same programs for all channels that are awaited: for the hand-written one and for npm packages. */
import { byName, type ChannelName, check, type Meter, type Program, RING, type SelectName, sumTo } from "../program.ts";

/** How a package spells what the programs need; `C` is its channel of numbers, `R` what its select resolves to. */
export interface AsyncChannels<C, R = number> {
  make(capacity: number): C;
  send(ch: C, value: number): PromiseLike<unknown> | undefined;
  recv(ch: C): PromiseLike<number> | number;
  select?(chs: readonly C[]): Selector<R>;
}

/** Receives from whichever of some channels is ready, again and again. */
export interface Selector<R = number> {
  next(): PromiseLike<R> | R;
  value(result: R): number;
}

export function programs<C, R = number>(lib: AsyncChannels<C, R>): Record<ChannelName | SelectName, Program> {
  async function producer(ch: C, n: number): Promise<void> {
    for (let i = 1; i <= n; i++) await lib.send(ch, i);
  }

  async function oneToOne(capacity: number, n: number): Promise<void> {
    const ch = lib.make(capacity);
    void producer(ch, n);
    let sum = 0;
    for (let i = 0; i < n; i++) sum += await lib.recv(ch);
    check(sum, sumTo(n));
  }

  async function select(k: number, n: number): Promise<void> {
    if (!lib.select) throw new Error("has no select");
    const chs = Array.from({ length: k }, () => lib.make(0));
    for (const ch of chs) void producer(ch, n / k);
    const selector = lib.select(chs);
    let sum = 0;
    for (let i = 0; i < n; i++) sum += selector.value(await selector.next());
    check(sum, k * sumTo(n / k));
  }

  async function spawn(n: number): Promise<void> {
    async function sendOnce(ch: C, i: number): Promise<void> {
      await lib.send(ch, i);
    }
    const ch = lib.make(0);
    for (let i = 1; i <= n; i++) void sendOnce(ch, i);
    let sum = 0;
    for (let i = 0; i < n; i++) sum += await lib.recv(ch);
    check(sum, sumTo(n));
  }

  async function ring(n: number): Promise<void> {
    async function relay(from: C, to: C, done: C): Promise<void> {
      for (;;) {
        const left = await lib.recv(from);
        if (left === 0) {
          await lib.send(done, 1);
          return;
        }
        await lib.send(to, left - 1);
      }
    }
    const first = lib.make(0);
    const done = lib.make(0);
    let from = first;
    for (let k = 1; k <= RING; k++) {
      const to = k === RING ? first : lib.make(0);
      void relay(from, to, done);
      from = to;
    }
    await lib.send(first, n);
    check(await lib.recv(done), 1);
  }

  async function sieve(n: number): Promise<void> {
    async function naturals(ch: C): Promise<void> {
      for (let i = 2; ; i++) await lib.send(ch, i);
    }
    async function filter(from: C, to: C, prime: number): Promise<void> {
      for (;;) {
        const i = await lib.recv(from);
        if (i % prime !== 0) await lib.send(to, i);
      }
    }
    let ch = lib.make(0);
    void naturals(ch);
    let prime = 0;
    for (let k = 0; k < n; k++) {
      prime = await lib.recv(ch);
      const next = lib.make(0);
      void filter(ch, next, prime);
      ch = next;
    }
    if (n === 1000) check(prime, 7919);
  }

  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

  /** `n` wait for what `channelOf` gives each. */
  async function parked(n: number, meter: Meter, channelOf: (i: number) => C): Promise<void> {
    let parked = 0;
    let woken = 0;
    async function park(ch: C): Promise<void> {
      parked++;
      await lib.recv(ch);
      woken++;
    }
    meter.empty();
    for (let i = 0; i < n; i++) void park(channelOf(i));
    await pause(100);
    meter.full();
    check(parked, n);
    check(woken, 0);
    await lib.send(channelOf(0), 1);
    await pause(10);
    check(woken, 1);
  }

  function parkedOnOne(n: number, meter: Meter): Promise<void> {
    const ch = lib.make(0);
    return parked(n, meter, () => ch);
  }

  function parkedOwn(n: number, meter: Meter): Promise<void> {
    const all = new Array<C | null>(n).fill(null);
    return parked(n, meter, (i) => {
      all[i] ??= lib.make(0);
      return all[i] as C;
    });
  }

  async function channel(n: number, meter: Meter): Promise<void> {
    const keep = new Array<C | null>(n).fill(null);
    meter.empty();
    for (let i = 0; i < n; i++) keep[i] = lib.make(0);
    meter.full();
    check(keep.length, n);
  }

  return byName({ oneToOne, select, spawn, ring, sieve, parked: parkedOnOne, parkedOwn, channel });
}
