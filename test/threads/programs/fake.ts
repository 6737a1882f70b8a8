/** Other threads while the clock of the first one stands still. */
import FakeTimers from "@sinonjs/fake-timers";
import { go, run } from "millrace";
import { mapConcurrent } from "millrace/patterns";
import { parallel } from "millrace/threads";

const square = parallel(import.meta, "square", (n: number) => n * n);

FakeTimers.install({ now: 0 });
const sum = await run(function* () {
  let sum = 0;
  for (let i = 1; i <= 5; i++) sum += yield* go(square, i).join();
  return sum;
});
console.log(sum, await mapConcurrent([1, 2, 3], square));
process.exit();
