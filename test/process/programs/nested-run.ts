// A run inside a run: only the inner one is deadlocked, because the outer one waits for just that news.
import { chan, main, run, wait } from "millrace";

main(function* outer() {
  try {
    yield* wait(
      run(function* inner() {
        yield* chan<number>().recv();
      }),
    );
  } catch (error) {
    console.log("inner:", error instanceof Error ? error.message.split("\n")[0] : error);
  }
  console.log("outer goes on");
  yield* chan<number>(0, { name: "outer" }).recv();
});
