/** What one of a great many takes: goroutines parked in every way, and channels. Bytes for each. */
import { type Chan, chan, type Go, go, type Op, run, runtime, select, wait } from "millrace";
import { WaitGroup } from "millrace/sync";
import { heapUsed } from "../kit/heap.ts";
import { measurements } from "./measurements.ts";

const N = 100_000;
const measure = measurements();

/** Bytes for each of `N` goroutines that have begun and are parked. */
function parked(body: (begun: () => void) => () => unknown): Promise<number> {
  return run(async () => {
    let begun = 0;
    const fn = body(() => void begun++);
    go(fn);
    while (begun < 1) await runtime.gosched();
    const before = await heapUsed();
    for (let i = 0; i < N; i++) go(fn);
    while (begun <= N) await runtime.gosched();
    return ((await heapUsed()) - before) / N;
  });
}

function parkedOn(make: (ch: Chan<number>) => Op<unknown>): Promise<number> {
  const ch = chan<number>();
  return parked(
    (begun) =>
      function* (): Go<unknown> {
        begun();
        return yield* make(ch);
      },
  );
}

measure("receive", () => parkedOn((ch) => ch.recv()));
measure("send", () => parkedOn((ch) => ch.send(1)));
measure("recvOk", () => parkedOn((ch) => ch.recvOk()));
const other = chan<number>();
measure("select of two", () => parkedOn((ch) => select([ch.recv(), other.recv()])));
const never = new Promise<void>(() => {});
measure("promise", () => parkedOn(() => wait(never)));
measure("async receive", () => {
  const ch = chan<number>();
  return parked((begun) => async () => {
    begun();
    await ch.recv();
  });
});

/** Bytes for each of `n` things that `make` gives. */
async function kept(n: number, make: () => unknown): Promise<number> {
  const keep = new Array<unknown>(n).fill(null);
  const before = await heapUsed();
  for (let i = 0; i < n; i++) keep[i] = make();
  const bytes = ((await heapUsed()) - before) / n;
  return keep.length === n ? bytes : Number.NaN;
}

measure("unbuffered channel", () => kept(N, () => chan<number>()));
measure("wait group", () => kept(N, () => new WaitGroup()));
measure("channel of capacity 4", () => kept(N, () => chan<number>(4)));
measure("channel of capacity 1000000", () => kept(N, () => chan<number>(1_000_000)));

measure("ended", () =>
  run(async () => {
    const ch = chan<number>();
    function* body() {
      yield* ch.recv();
    }
    go(body);
    const before = await heapUsed();
    for (let i = 0; i < N; i++) go(body);
    await heapUsed();
    ch.close();
    while (runtime.numGoroutine() > 1) await runtime.gosched();
    return ((await heapUsed()) - before) / N;
  }),
);
