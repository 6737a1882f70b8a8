/**
 * Timers in Go — deep dive › 7) Debounce and throttle examples › Debounce (simple, not fully concurrent-safe)
 *
 * `f` is put off until `d` has passed since the last call: five calls in half a second are one, a later one is another.
 */
import { type Go, main } from "millrace";
import { Mutex } from "millrace/sync";
import * as time from "millrace/time";

function debouncer() {
  const mu = new Mutex();
  let t: time.Timer | undefined;

  return function* debounce(d: number, f: () => void): Go {
    using _ = yield* mu.lock();
    if (t === undefined) {
      t = time.afterFunc(d, function* () {
        f();
        using _ = yield* mu.lock();
        t = undefined;
      });
      return;
    }
    t.stop(); // a timer of `afterFunc` has no value to drain
    t.reset(d);
  };
}

main(function* () {
  const start = time.now();
  const debounce = debouncer();
  const save = (): void => console.log(`saved at ${Math.round(time.since(start))} ms`);

  for (let i = 0; i < 5; i++) {
    yield* debounce(300 * time.Millisecond, save);
    yield* time.sleep(100 * time.Millisecond);
  }
  yield* time.sleep(time.Second);

  yield* debounce(300 * time.Millisecond, save);
  yield* time.sleep(time.Second);
});
