/**
 * Concurrency vs parallelism › 6. Visual Representation › Parallelism (multi-core)
 *
 * Two threads, a task on each. The picture is drawn from when each task worked: with `--threads 1` it is that of one core.
 */
import { isMainThread } from "node:worker_threads";
import { type Go, go, main, runtime } from "millrace";
import { parallel } from "millrace/threads";

interface Slice {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

const now = (): number => performance.timeOrigin + performance.now();

/** Works three times, for 20 ms each. */
export const task = parallel(import.meta, "task", function* (name: string, arrived: SharedArrayBuffer): Go<Slice[]> {
  if (!isMainThread) meet(new Int32Array(arrived));
  const slices: Slice[] = [];
  for (let i = 0; i < 3; i++) {
    const start = now();
    while (now() - start < 20) Math.sqrt(start);
    slices.push({ name, start, end: now() });
    yield* runtime.gosched(); // the other's turn, if it is on this thread
  }
  return slices;
});

/** Stops this whole thread until another has come here too. A channel would only stop this goroutine. */
function meet(arrived: Int32Array): void {
  Atomics.add(arrived, 0, 1);
  Atomics.notify(arrived, 0);
  Atomics.wait(arrived, 0, 1);
}

main(function* () {
  const arrived = new SharedArrayBuffer(4);
  const tasks = [go(task, "A", arrived), go(task, "B", arrived)] as const;
  const [a, b] = [yield* tasks[0].join(), yield* tasks[1].join()];

  const atOnce = a.some((one) => b.some((other) => one.start < other.end && other.start < one.end));
  if (atOnce) {
    console.log(`Core1: ${draw(a)}`);
    console.log(`Core2: ${draw(b)}`);
  } else console.log(`Time: ${draw([...a, ...b].sort((one, other) => one.start - other.start))}`);
});

function draw(slices: readonly Slice[]): string {
  return `|${slices.map(({ name }) => `----${name}----|`).join("")}`;
}
