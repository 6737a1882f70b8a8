/** A parallel function behind each thing that takes a function: which thread runs it. */
import { isMainThread } from "node:worker_threads";
import { defer, type Go, go, main, type Op, runtime } from "millrace";
import { afterFunc as afterEnd, background, withCancel } from "millrace/context";
import { generate, mapConcurrent, mapStream, pipeline, retry, WorkerPool } from "millrace/patterns";
import { ErrGroup, Mutex, Once, onceValue, SingleFlight, WaitGroup } from "millrace/sync";
import { parallel, SharedWaitGroup, sharedChan, threads } from "millrace/threads";
import { afterFunc, sleep } from "millrace/time";

threads({ count: 2 });

const away = parallel(import.meta, "away", () => !isMainThread);
const tell = parallel(import.meta, "tell", function* (out: ReturnType<typeof sharedChan<boolean>>) {
  yield* out.send(!isMainThread);
});
const told = sharedChan<boolean>(8);
/** For what takes functions without arguments. */
const note = parallel(import.meta, "note", () => {
  console.log("noted", !isMainThread);
});
const stays = parallel(import.meta, "stays", () => sleep(1e9));
const fails = parallel(import.meta, "fails", (): never => {
  throw new RangeError("no");
});

function* failure(body: () => Op<unknown>): Go<string> {
  try {
    yield* body();
  } catch (error) {
    return String(error);
  }
  return "nothing";
}

function refused(fn: () => unknown): string {
  try {
    fn();
  } catch (error) {
    return String(error);
  }
  return "nothing";
}

main(function* () {
  const say = (door: string, where: unknown): void => console.log(door, where);
  say("go", yield* go(away).join());
  say("mapConcurrent", (yield* mapConcurrent([1], away))[0]);
  say("mapStream", yield* mapStream([1], away).recv());
  say("WorkerPool", yield* new WorkerPool(away).run(1));
  say("retry", yield* retry(away));
  say("SingleFlight.do", (yield* new SingleFlight().do("k", away)).value);
  say("SingleFlight.doChan", (yield* new SingleFlight().doChan("k", away).recv())?.value);
  say("onceValue", yield* onceValue(away)());
  say("withLock", yield* new Mutex().withLock(away));
  const group = new ErrGroup();
  group.go(tell, told);
  yield* group.wait();
  say("ErrGroup.go", yield* told.recv());
  const wg = new WaitGroup();
  wg.go(tell, told);
  yield* wg.wait();
  say("WaitGroup.go", yield* told.recv());
  const shared = new SharedWaitGroup();
  shared.go(tell, told);
  yield* shared.wait();
  say("SharedWaitGroup.go", yield* told.recv());
  yield* new Once().do(note);

  say(
    "ErrGroup's error",
    yield* failure(() => {
      const failing = new ErrGroup();
      failing.go(fails);
      return failing.wait();
    }),
  );
  say("retry's error", yield* failure(() => retry(fails, { attempts: 2, delay: 1 })));

  // One of the two is busy while a goroutine that it has begun waits.
  const never = go(stays);
  while (runtime.threads().busy === 0) yield* sleep(1);
  const { count, alive, busy, why } = runtime.threads();
  say("threads", [never.name, count, alive > 0 && alive <= 2, busy, why].join());

  const stage = note as never;
  for (const fn of [() => pipeline([1], stage), () => generate(stage), () => defer(stage)]) {
    say("refused", /is a parallel function/.test(refused(fn)));
  }
  // What a context and a timer start is joined by nobody, so it prints.
  afterFunc(1, note);
  const [ctx, cancel] = withCancel(background());
  afterEnd(ctx, note);
  cancel();
  yield* sleep(2);
  while (runtime.numGoroutine() > 2) yield* sleep(1);
});
