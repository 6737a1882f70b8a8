import { chan, go, main, run, wait } from "millrace";
import { parallel } from "millrace/threads";

const die = parallel(import.meta, "die", function* (how: string) {
  if (how === "exit") process.exit(3);
  if (how === "throw") {
    setTimeout(() => {
      throw new TypeError("in a timer");
    }, 1);
  }
  if (how === "reject") Promise.reject(new Error("nobody"));
  if (how === "memory") {
    // In small pieces: the host ends the thread at the next turn of the loop, and has little room until then.
    for (let list: unknown = null; ; ) list = { list };
  }
  yield* chan<number>().recv();
});
const ok = parallel(import.meta, "ok", () => "fine");

const how = process.argv[2] ?? "";
main(function* () {
  for (let i = 0; i < 2; i++) {
    try {
      yield* wait(
        run(function* () {
          yield* go(die, how).join();
        }),
      );
    } catch (error) {
      const { name, code, message, cause } = error as Error & { code: string };
      console.log(name, code, message, cause instanceof Error ? cause.constructor.name : cause);
    }
  }
  console.log(yield* go(ok).join());
  go(die, how);
  yield* chan<number>().recv();
});
