/** One of two channels has a value at any moment, while another thread looks whether either has: it must find one each time. */
import { type Go, go, main, select } from "millrace";
import { parallel, type SharedChan, sharedChan, threads } from "millrace/threads";
import { sleep } from "millrace/time";

const taker = parallel(
  import.meta,
  "taker",
  function* (
    a: SharedChan<number>,
    b: SharedChan<number>,
    others: SharedChan<number>[],
    at: Int32Array<SharedArrayBuffer>,
  ): Go<string> {
    const more = select(others.map((c) => c.recv()));
    const op = select({ a: a.recv(), b: b.recv(), more, default: true });
    Atomics.store(at, 1, 1);
    while (Atomics.load(at, 0) === 0);
    return (yield* op).case;
  },
);

threads({ count: 2 });
main(function* () {
  const others = Array.from({ length: 100 }, () => sharedChan<number>());
  const taken: Record<string, number> = { a: 0, b: 0 };
  for (let i = 0; i < Number(process.argv[2]); i++) {
    const [a, b] = [sharedChan<number>(1), sharedChan<number>(1)];
    const at = new Int32Array(new SharedArrayBuffer(8));
    a.trySend(1);
    const g = go(taker, a, b, others, at);
    while (Atomics.load(at, 1) === 0) yield* sleep(0.2);
    Atomics.store(at, 0, 1);
    for (const until = performance.now() + (i % 50) / 1000; performance.now() < until; );
    b.trySend(2); // b is ready,
    a.tryRecv(); // and only then a no more
    const which = yield* g.join();
    taken[which] = (taken[which] ?? 0) + 1;
  }
  console.log(Object.keys(taken).join());
});
