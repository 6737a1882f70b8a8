// A run within a goroutine on another thread: its parallel goroutines run there or elsewhere, and come back.
import { type Go, go, main, run, runtime, wait } from "millrace";
import { parallel, sharedChan } from "millrace/threads";

const square = parallel(import.meta, "square", (n: number) => n * n);
const stuck = parallel(import.meta, "stuck", function* (): Go {
  yield* sharedChan<number>().recv();
});
const fails = parallel(import.meta, "fails", () => {
  throw new RangeError("inside");
});

const nested = parallel(import.meta, "nested", function* (): Go<string> {
  const sum = yield* wait(
    run(function* () {
      const all = Array.from({ length: 200 }, (_, n) => go(square, n));
      let sum = 0;
      for (const each of all) sum += yield* each.join();
      return `${sum} ${runtime.numGoroutine()}`;
    }),
  );
  const left = yield* wait(
    run(function* () {
      go(stuck);
      for (let i = 0; i < 10; i++) yield* runtime.gosched();
      return runtime.numGoroutine();
    }),
  );
  const failed = yield* wait(run(() => go(fails).join()).catch((error: Error) => `${error.name} ${error.message}`));
  return `${sum}, ${left}, ${failed}`;
});

main(function* () {
  for (let i = 0; i < 3; i++) console.log(yield* go(nested).join());
});
