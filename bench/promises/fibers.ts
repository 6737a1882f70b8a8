/** The programs of channels.ts for libraries that perform operations with `yield*`. */
import { byName, type ChannelName, check, type Program, RING, type SelectName, sumTo } from "../program.ts";

/** What is performed with `yield*`; `Y` is what passes between the generator and the library. */
export interface Step<Y, T> {
  // biome-ignore lint/suspicious/noExplicitAny: what comes back from the library depends on what was yielded
  [Symbol.iterator](): Iterator<Y, T, any>;
}

// biome-ignore lint/suspicious/noExplicitAny: as above
export type Fiber<Y, T = void> = Generator<Y, T, any>;

/** How a library spells what the programs need; `C` is its channel of numbers. */
export interface Fibers<C, Y> {
  make(capacity: number): Step<Y, C>;
  send(ch: C, value: number): Step<Y, unknown>;
  recv(ch: C): Step<Y, number>;
  /** Starts it beside; it may outlive who starts it. */
  go(body: () => Fiber<Y>): Step<Y, unknown>;
  sleep(ms: number): Step<Y, unknown>;
  run(body: () => Fiber<Y>): Promise<unknown>;
  /** Receives from whichever is ready, again and again. */
  select?(chs: readonly C[]): () => Step<Y, number>;
}

export function fiberPrograms<C, Y>(lib: Fibers<C, Y>): Record<ChannelName | SelectName, Program> {
  async function run(body: () => Fiber<Y>): Promise<void> {
    await lib.run(body);
  }

  function* producer(ch: C, n: number): Fiber<Y> {
    for (let i = 1; i <= n; i++) yield* lib.send(ch, i);
  }

  const oneToOne = (capacity: number, n: number) =>
    run(function* () {
      const ch = yield* lib.make(capacity);
      yield* lib.go(() => producer(ch, n));
      let sum = 0;
      for (let i = 0; i < n; i++) sum += yield* lib.recv(ch);
      check(sum, sumTo(n));
    });

  const select = (k: number, n: number) =>
    run(function* () {
      if (!lib.select) throw new Error("has no select");
      const chs: C[] = [];
      for (let i = 0; i < k; i++) {
        const ch = yield* lib.make(0);
        chs.push(ch);
        yield* lib.go(() => producer(ch, n / k));
      }
      const next = lib.select(chs);
      let sum = 0;
      for (let i = 0; i < n; i++) sum += yield* next();
      check(sum, k * sumTo(n / k));
    });

  const spawn: Program = (n) =>
    run(function* () {
      const ch = yield* lib.make(0);
      for (let i = 1; i <= n; i++) {
        yield* lib.go(function* () {
          yield* lib.send(ch, i);
        });
      }
      let sum = 0;
      for (let i = 0; i < n; i++) sum += yield* lib.recv(ch);
      check(sum, sumTo(n));
    });

  function* relay(from: C, to: C, done: C): Fiber<Y> {
    for (;;) {
      const left = yield* lib.recv(from);
      if (left === 0) {
        yield* lib.send(done, 1);
        return;
      }
      yield* lib.send(to, left - 1);
    }
  }

  const ring: Program = (n) =>
    run(function* () {
      const first = yield* lib.make(0);
      const done = yield* lib.make(0);
      let from = first;
      for (let k = 1; k <= RING; k++) {
        const [source, to] = [from, k === RING ? first : yield* lib.make(0)];
        yield* lib.go(() => relay(source, to, done));
        from = to;
      }
      yield* lib.send(first, n);
      check(yield* lib.recv(done), 1);
    });

  function* naturals(ch: C): Fiber<Y> {
    for (let i = 2; ; i++) yield* lib.send(ch, i);
  }

  function* filter(from: C, to: C, prime: number): Fiber<Y> {
    for (;;) {
      const i = yield* lib.recv(from);
      if (i % prime !== 0) yield* lib.send(to, i);
    }
  }

  const sieve: Program = (n) =>
    run(function* () {
      let ch = yield* lib.make(0);
      const first = ch;
      yield* lib.go(() => naturals(first));
      let prime = 0;
      for (let k = 0; k < n; k++) {
        prime = yield* lib.recv(ch);
        const [from, to, by] = [ch, yield* lib.make(0), prime];
        yield* lib.go(() => filter(from, to, by));
        ch = to;
      }
      if (n === 1000) check(prime, 7919);
    });

  const parked =
    (own: boolean): Program =>
    (n, meter) =>
      run(function* () {
        let parked = 0;
        let woken = 0;
        const all = new Array<C | null>(own ? n : 1).fill(null);
        if (!own) all[0] = yield* lib.make(0);
        meter.empty();
        for (let i = 0; i < n; i++) {
          if (own) all[i] = yield* lib.make(0);
          const ch = all[own ? i : 0] as C;
          yield* lib.go(function* () {
            parked++;
            yield* lib.recv(ch);
            woken++;
          });
        }
        yield* lib.sleep(200);
        meter.full();
        check(parked, n);
        check(woken, 0);
        yield* lib.send(all[0] as C, 1);
        yield* lib.sleep(10);
        check(woken, 1);
      });

  const channel: Program = (n, meter) =>
    run(function* () {
      const keep = new Array<C | null>(n).fill(null);
      meter.empty();
      for (let i = 0; i < n; i++) keep[i] = yield* lib.make(0);
      meter.full();
      check(keep.length, n);
    });

  return byName({ oneToOne, select, spawn, ring, sieve, parked: parked(false), parkedOwn: parked(true), channel });
}
