/** Values from the first thread to another through a shared channel, and there and back through two. */
import { type Go, go, type RecvChan, type SendChan } from "millrace";
import { parallel, type SharedChan, sharedChan } from "millrace/threads";
import { CAPACITY, check, type Item, item, PACK, sumTo } from "../program.ts";
import { onThreads } from "./threads.ts";

const sum = parallel(import.meta, "bench.sum", function* (ch: RecvChan<number>, n: number): Go<number> {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += (yield* ch.recv()) ?? 0;
  return sum;
});

const sumMany = parallel(import.meta, "bench.sumMany", function* (ch: SharedChan<number>, n: number): Go<number> {
  let sum = 0;
  for (let i = 0; i < n; ) {
    const some = yield* ch.recvMany(PACK);
    for (const value of some) sum += value;
    i += some.length;
  }
  return sum;
});

const sumItems = parallel(import.meta, "bench.sumItems", function* (ch: RecvChan<Item>, n: number): Go<number> {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += (yield* ch.recv())?.id ?? 0;
  return sum;
});

const sumManyItems = parallel(
  import.meta,
  "bench.sumManyItems",
  function* (ch: SharedChan<Item>, n: number): Go<number> {
    let sum = 0;
    for (let i = 0; i < n; ) {
      const some = yield* ch.recvMany(PACK);
      for (const { id } of some) sum += id;
      i += some.length;
    }
    return sum;
  },
);

const echo = parallel(
  import.meta,
  "bench.echo",
  function* (to: RecvChan<number>, from: SendChan<number>, n: number): Go {
    for (let i = 0; i < n; i++) yield* from.send((yield* to.recv()) ?? 0);
  },
);

export const numbers = onThreads(1, function* (n) {
  const ch = sharedChan<number>(CAPACITY);
  const g = go(sum, ch, n);
  for (let i = 1; i <= n; i++) yield* ch.send(i);
  check(yield* g.join(), sumTo(n));
});

export const numbersPacked = onThreads(1, function* (n) {
  const ch = sharedChan<number>(CAPACITY);
  const g = go(sumMany, ch, n);
  for (let i = 1; i <= n; i += PACK) yield* ch.sendMany(Array.from({ length: PACK }, (_, k) => i + k));
  check(yield* g.join(), sumTo(n));
});

export const objects = onThreads(1, function* (n) {
  const ch = sharedChan<Item>(CAPACITY);
  const g = go(sumItems, ch, n);
  for (let i = 1; i <= n; i++) yield* ch.send(item(i));
  check(yield* g.join(), sumTo(n));
});

export const objectsPacked = onThreads(1, function* (n) {
  const ch = sharedChan<Item>(CAPACITY);
  const g = go(sumManyItems, ch, n);
  for (let i = 1; i <= n; i += PACK) yield* ch.sendMany(Array.from({ length: PACK }, (_, k) => item(i + k)));
  check(yield* g.join(), sumTo(n));
});

export const roundTrip = onThreads(1, function* (n) {
  const [to, from] = [sharedChan<number>(1), sharedChan<number>(1)];
  const g = go(echo, to, from, n);
  let sum = 0;
  for (let i = 1; i <= n; i++) {
    yield* to.send(i);
    sum += (yield* from.recv()) ?? 0;
  }
  yield* g.join();
  check(sum, sumTo(n));
});
