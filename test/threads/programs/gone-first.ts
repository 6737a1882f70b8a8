// The end of a thread is heard of before what it has said: a notice that comes late, as on a machine with much to do.
import { isMainThread } from "node:worker_threads";

type Wait = (i32: Int32Array, at: number, value: number) => { async: boolean; value: Promise<string> };
const atomics = Atomics as unknown as { waitAsync: Wait };
const { waitAsync } = atomics;
let late: Promise<void> = Promise.resolve();
if (isMainThread) {
  atomics.waitAsync = (...args) => {
    const wait = waitAsync.apply(Atomics, args);
    return wait.async ? { async: true, value: wait.value.then((how) => late.then(() => how)) } : wait;
  };
}

// The library takes hold of it when it is loaded.
const { go, run } = await import("millrace");
const { parallel, sharedChan } = await import("millrace/threads");

const fail = parallel(import.meta, "fail", function* (out: ReturnType<typeof sharedChan<number>>) {
  yield* out.send(1);
  throw new RangeError("enough");
});

if (isMainThread) {
  for (let i = 0; i < 8; i++) {
    const error = await run(function* () {
      const ch = sharedChan<number>();
      go(fail, ch);
      for (;;) yield* ch.recv();
    }).catch((error: unknown) => error);
    console.log(String(error));
    let tell = (): void => {};
    late = new Promise<void>((resolve) => {
      tell = resolve;
    });
    // Long enough for the thread to end.
    await new Promise((resolve) => setTimeout(resolve, 150));
    tell();
  }
  process.exit(0);
}
