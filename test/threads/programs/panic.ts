import { go, main, run, runtime, wait } from "millrace";
import { background, Canceled, withTimeout } from "millrace/context";
import { parallel } from "millrace/threads";
import { sleep } from "millrace/time";

class Teapot extends RangeError {
  readonly temperature: number;
  constructor(temperature: number) {
    super(`too hot: ${temperature}`, { cause: new TypeError("steam") });
    this.name = "Teapot";
    this.temperature = temperature;
  }
}

const brew = parallel(import.meta, "brew", function* (temperature: number) {
  yield* runtime.gosched();
  throw new Teapot(temperature);
});
const late = parallel(import.meta, "late", async () => {
  await sleep(1);
  throw "no error at all";
});
const cancelled = parallel(import.meta, "cancelled", () => {
  throw Canceled;
});
// @ts-expect-error: a function as a result
const unsendable = parallel(import.meta, "unsendable", () => () => 1);

function* ends(fn: () => unknown) {
  try {
    yield* wait(
      run(function* () {
        go(fn as () => void);
        yield* sleep(60_000);
      }),
    );
  } catch (error) {
    return error;
  }
  return "it did not panic";
}

main(function* () {
  const [ctx] = withTimeout(background(), 60_000);
  const thrown = (yield* ends(() => go(brew, 99))) as Teapot;
  const { name, message, temperature, cause, stack } = thrown;
  console.log(thrown instanceof RangeError, name, message, temperature, (cause as Error).constructor.name);
  console.log(
    /at brew /.test(stack ?? ""),
    /goroutine \d+ \(brew\) on thread \d+, created by func in goroutine/.test(stack ?? ""),
  );
  console.log(yield* ends(() => go(late)));
  console.log((yield* ends(() => go(cancelled))) === Canceled);
  console.log(String(yield* ends(() => go(unsendable))));
  console.log(ctx.err());
  go(brew, 100);
  yield* sleep(60_000);
});
