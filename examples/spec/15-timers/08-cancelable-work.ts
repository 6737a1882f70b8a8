/**
 * Timers in Go — deep dive › 6) Timers + select + cancellation › Timeout with cancelable work
 *
 * Three ends: the work is done, it takes too long, or whoever wanted it is gone.
 */
import { chan, defer, type Go, go, main, type RecvChan, select } from "millrace";
import * as context from "millrace/context";
import * as time from "millrace/time";

function* await5s(ctx: context.Context, workCh: RecvChan<number>): Go {
  using timer = new time.Timer(5 * time.Second);

  const s = yield* select({ work: workCh.recv(), timeout: timer.c.recv(), cancelled: ctx.done().recv() });
  switch (s.case) {
    case "work":
      console.log("result", s.value);
      break;
    case "timeout":
      console.log("work timed out");
      break;
    case "cancelled":
      // ctx could be a request/parent context
      console.log("parent cancelled:", ctx.err()?.message);
  }
}

function work(takes: number): RecvChan<number> {
  const out = chan<number>(1);
  go(function* () {
    yield* time.sleep(takes);
    yield* out.send(42);
  });
  return out;
}

main(function* () {
  yield* await5s(context.background(), work(1 * time.Second));
  yield* await5s(context.background(), work(9 * time.Second));

  const [ctx, cancel] = context.withTimeout(context.background(), 2 * time.Second);
  using _ = defer(cancel);
  yield* await5s(ctx, work(9 * time.Second));
});
