/** Shared channels under load: `channels.ts CAPACITY VALUES`. Every value sent has to arrive once, whatever happens. */
import {
  chan,
  type Go,
  type Goroutine,
  go,
  main,
  type RecvChan,
  range,
  runtime,
  type SendChan,
  select,
} from "millrace";
import { parallel, type SharedChan, sharedChan } from "millrace/threads";
import { after } from "millrace/time";

interface Got {
  count: number;
  sum: number;
}

const nothing = (): Got => ({ count: 0, sum: 0 });

function keep(got: Got, value: number): void {
  got.count++;
  got.sum += value;
}

const produce = parallel(import.meta, "produce", function* (from: number, to: number, out: SendChan<number>): Go {
  for (let i = from; i < to; i++) yield* out.send(i);
});

/** Sends each value to whoever takes it first. */
const produceEither = parallel(
  import.meta,
  "produceEither",
  function* (from: number, to: number, a: SendChan<number>, b: SendChan<number>): Go {
    for (let i = from; i < to; i++) yield* select([a.send(i), b.send(i)]);
  },
);

const consume = parallel(import.meta, "consume", function* (ch: RecvChan<number>): Go<Got> {
  const got = nothing();
  for (const r = range(ch); yield* r.next(); ) keep(got, r.value);
  return got;
});

/** Receives in a select with a local channel that is busy, timers that end, and a second shared channel. */
const choose = parallel(import.meta, "choose", function* (a: RecvChan<number>, b: RecvChan<number>): Go<Got> {
  const got = nothing();
  const local = chan<number>();
  let ticks = 0;
  let sent = 0;
  const quit = chan<void>();
  const ticker = go(function* () {
    for (;;) {
      const s = yield* select({ tick: local.send(++sent), quit: quit.recv() });
      if (s.case === "quit") return;
      if (sent % 3 === 0) yield* runtime.gosched();
    }
  });
  let [openA, openB]: (RecvChan<number> | null)[] = [a, b];
  while (openA !== null || openB !== null) {
    const s = yield* select({
      a: openA?.recvOk(),
      inner: select([openB?.recvOk(), local.recv()]),
      late: after(got.count % 7 === 0 ? 0 : 50).recv(),
    });
    if (s.case === "late") continue;
    if (s.case === "a") {
      const [value, ok] = s.value;
      if (ok) keep(got, value);
      else openA = null;
    } else if (s.value.index === 1) ticks++;
    else {
      const [value, ok] = s.value.value as [number, boolean];
      if (ok) keep(got, value);
      else openB = null;
    }
  }
  quit.close();
  yield* ticker.join();
  if (ticks > sent) throw new Error(`received ${ticks} of ${sent} local values`);
  return got;
});

const consumeMany = parallel(import.meta, "consumeMany", function* (ch: SharedChan<number>): Go<Got> {
  const got = nothing();
  for (;;) {
    const values = yield* ch.recvMany(50);
    if (values.length === 0) return got;
    for (const value of values) keep(got, value);
  }
});

const produceMany = parallel(
  import.meta,
  "produceMany",
  function* (from: number, to: number, out: SharedChan<number>): Go {
    for (let at = from; at < to; at += 77) {
      yield* out.sendMany(Array.from({ length: Math.min(77, to - at) }, (_, i) => at + i));
    }
  },
);

/** Tries for a while, gives up, tries again: what is cancelled must leave nothing and take nothing. */
const impatient = parallel(import.meta, "impatient", async (ch: RecvChan<number>): Promise<Got> => {
  const got = nothing();
  for (let tries = 0; ; tries++) {
    const s = await select({ v: ch.recvOk(), late: after(tries % 4 === 0 ? 0 : 0.05).recv() });
    if (s.case === "late") continue;
    if (!s.value[1]) return got;
    keep(got, s.value[0]);
  }
});

const capacity = Number(process.argv[2]);
const n = Number(process.argv[3]);

function* check(name: string, all: readonly Goroutine<Got>[]): Go {
  const sum = nothing();
  for (const g of all) {
    const { count, sum: part } = yield* g.join();
    sum.count += count;
    sum.sum += part;
  }
  const right = sum.count === n && sum.sum === (n * (n - 1)) / 2;
  console.log(`${name} ${right ? "right" : `WRONG: ${sum.count} of ${n} values, sum ${sum.sum}`}`);
}

/** Starts four producers, and closes the channels when all have ended. */
function feed(start: (from: number, to: number) => Goroutine<void>, ...chans: SendChan<number>[]): void {
  const producers: Goroutine<void>[] = [];
  for (let i = 0; i < 4; i++) producers.push(start(Math.floor((i * n) / 4), Math.floor(((i + 1) * n) / 4)));
  go(function* () {
    for (const producer of producers) yield* producer.join();
    for (const ch of chans) ch.close();
  });
}

main(function* () {
  const [a, b, c, d, e, f] = Array.from({ length: 6 }, () => sharedChan<number>(capacity)) as [
    SharedChan<number>,
    SharedChan<number>,
    SharedChan<number>,
    SharedChan<number>,
    SharedChan<number>,
    SharedChan<number>,
  ];
  feed((from, to) => go(produce, from, to, a), a);
  yield* check("range", [go(consume, a), go(consume, a), go(consume, a)]);

  feed((from, to) => go(produceEither, from, to, b, c), b, c);
  yield* check("select", [go(choose, b, c), go(choose, c, b), go(choose, b, c), go(consume, b), go(consume, c)]);

  feed((from, to) => go(produceMany, from, to, d), d);
  yield* check("many", [go(consumeMany, d), go(consumeMany, d), go(consume, d)]);

  feed((from, to) => go(produce, from, to, e), e);
  yield* check("impatient", [go(impatient, e), go(impatient, e), go(impatient, e)]);

  // On this thread as well.
  feed((from, to) => go(produce, from, to, f), f);
  yield* check("here", [go(() => consume(f)), go(consume, f)]);
});
