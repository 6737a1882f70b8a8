/** The shared memory is full: the run ends with that, and the process goes on. The first argument says what fills it. */
import { isMainThread } from "node:worker_threads";
import { go, main, type Panic, run, wait } from "millrace";
import { background, withCancel } from "millrace/context";
import { parallel, sharedChan, threads } from "millrace/threads";

threads({ count: 2, memory: 2 ** 21 });
const text = "x".repeat(500);
const same = parallel(import.meta, "same", (value: unknown) => value as string);
const big = parallel(import.meta, "big", (kilobytes: number) => "y".repeat(kilobytes * 1024));
const fill = parallel(import.meta, "fill", function* (ch: ReturnType<typeof sharedChan<string>>) {
  for (;;) yield* ch.send(text);
});
const turn = () => wait(new Promise<void>((done) => setTimeout(done, 1)));

const tries: Record<string, () => Promise<unknown>> = {
  tasks: () =>
    run(function* () {
      for (;;) go(same, text);
    }),
  result: () => run(() => go(big, 4096).join()),
  there: () => run(() => go(fill, sharedChan<string>(10_000)).join()),
  contexts: () =>
    run(function* () {
      for (;;) {
        const [ctx] = withCancel(background());
        go(same, [text, ctx]);
      }
    }),
  values: () =>
    run(function* () {
      const ch = sharedChan<string>(10_000);
      go(same, 1);
      for (;;) yield* ch.send(text);
    }),
  events: () =>
    run(function* () {
      const ch = sharedChan<string>(10_000);
      go(fill, ch);
      yield* go(fill, ch).join();
      yield* turn();
    }),
};

async function full(): Promise<void> {
  process.on("uncaughtException", (error) => console.log("escaped:", (error as Panic).code));
  for (let i = 0; i < 3; i++) {
    const error = await tries[process.argv[2] as string]?.().then(
      () => undefined,
      (thrown: Panic) => thrown,
    );
    console.log(error?.code);
    await new Promise((resolve) => setTimeout(resolve, 50));
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  // The channels go with the collector, which takes its time.
  for (let i = 0; i < 300; i++) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 100));
    const length = await run(() => go(same, "z".repeat(600_000)).join()).then(
      (value) => value.length,
      () => 0,
    );
    if (length > 0) {
      console.log(length);
      break;
    }
  }
}

if (isMainThread) main(full);
