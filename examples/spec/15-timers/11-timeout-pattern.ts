/**
 * Timers in Go — deep dive › 15) Final — Example gallery › Timeout pattern (safe)
 *
 * The result channel has room for one, so that late work can leave its result and end instead of waiting for ever.
 */
import { chan, defer, type Go, go, main, select } from "millrace";
import * as context from "millrace/context";
import * as time from "millrace/time";

type Result = { v: number } | { e: unknown };

function* doWithTimeout(ctx: context.Context, work: () => Go<number>, timeout: number): Go<number> {
  using timer = new time.Timer(timeout);

  const resultCh = chan<Result>(1);

  go(function* () {
    try {
      const v = yield* work();
      yield* resultCh.send({ v });
    } catch (e) {
      yield* resultCh.send({ e });
    }
  });

  const s = yield* select({ result: resultCh.recv(), cancelled: ctx.done().recv(), timeout: timer.c.recv() });
  switch (s.case) {
    case "result": {
      const r = s.value as Result;
      if ("e" in r) throw r.e;
      return r.v;
    }
    case "cancelled":
      throw ctx.err();
    case "timeout":
      throw new Error("timeout");
  }
}

function* work(seconds: number): Go<number> {
  yield* time.sleep(seconds * time.Second);
  if (seconds === 0) throw new Error("no work");
  return seconds;
}

main(function* () {
  const [ctx, cancel] = context.withTimeout(context.background(), 5 * time.Second);
  using _ = defer(cancel);

  for (const seconds of [1, 0, 4, 9]) {
    try {
      console.log("work of", seconds, "s:", yield* doWithTimeout(ctx, () => work(seconds), 3 * time.Second));
    } catch (e) {
      console.log("work of", seconds, "s:", (e as Error).message);
    }
  }
});
