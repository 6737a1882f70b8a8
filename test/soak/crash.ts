/**
 * Threads of this process that end in the middle of what they do for others. It is a module of its own since the threads
 * load it too.
 */
import { type Go, go, range, run } from "millrace";
import { parallel, type SharedChan, sharedChan } from "millrace/threads";

/** Sends numbers for as long as it lives, which is not long. */
const victim = parallel(
  import.meta,
  "victim",
  function* (out: SharedChan<number>, how: string, after: number): Go<void> {
    for (let i = 0; ; i++) {
      if (i === after && how === "exit") process.exit(3);
      if (i === after && how === "throw") throw new TypeError("in a goroutine");
      if (i === after && how === "reject") Promise.reject(new Error("nobody"));
      yield* out.send(i);
    }
  },
);
const work = parallel(import.meta, "work", function* (out: SharedChan<number, number>, from: number): Go<void> {
  for (let i = 0; i < 100; i++) yield* out.send(from + i);
});

/** What the run said in which a thread ended, and the sum that the next run got from other threads. */
export async function crash(how: string, after: number): Promise<{ readonly said: string; readonly sum: number }> {
  const said = await run(function* () {
    const ch = sharedChan<number>(4);
    go(victim, ch, how, after);
    for (const r = range(ch); yield* r.next(); ) if (r.value < 0) return "a number that nobody sent";
    return "nothing";
  }).catch((error: unknown) => String(error));
  const sum = await run(function* () {
    const ch = sharedChan<number, number>(4, { zero: 0 });
    const jobs = [0, 100].map((from) => go(work, ch, from));
    let sum = 0;
    for (let i = 0; i < 200; i++) sum += yield* ch.recv();
    for (const job of jobs) yield* job.join();
    return sum;
  });
  return { said, sum };
}
