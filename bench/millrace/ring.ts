/** A thousand goroutines in a ring pass on a number, one less at each hop, until it is 0. */
import { chan, go, type RecvChan, run, type SendChan } from "millrace";
import { check, RING } from "../program.ts";

function* relay(from: RecvChan<number, number>, to: SendChan<number>, done: SendChan<number>) {
  for (;;) {
    const left = yield* from.recv();
    if (left === 0) {
      yield* done.send(1);
      return;
    }
    yield* to.send(left - 1);
  }
}

export function ring(n: number): Promise<void> {
  return run(function* () {
    const first = chan<number>(0, { zero: 0 });
    const done = chan<number>(0, { zero: 0 });
    let from = first;
    for (let k = 1; k <= RING; k++) {
      const to = k === RING ? first : chan<number>(0, { zero: 0 });
      go(relay, from, to, done);
      from = to;
    }
    yield* first.send(n);
    check(yield* done.recv(), 1);
  });
}
