/** The first thread dies where it has taken tasks out of a queue and nobody knows that yet: in the given function. */
import { writeSync } from "node:fs";
import { workerData } from "node:worker_threads";
import { go, main } from "millrace";
import { parallel } from "millrace/threads";

const where = process.argv[2] ?? "";

/** Has this thread die when `where` calls that method of Atomics, and when the call has done its part, or just before. */
function trap(method: "compareExchange" | "sub", before: boolean): void {
  const real = Atomics[method] as (...args: unknown[]) => unknown;
  const trapped = (...args: unknown[]): unknown => {
    const called = new Error().stack?.split("\n")[2]?.includes(` ${where} `) === true;
    if (called && before) die();
    const was = real.apply(Atomics, args);
    if (called && (method !== "compareExchange" || was === args[2])) die();
    return was;
  };
  Object.assign(Atomics, { [method]: trapped });
}

function die(): void {
  writeSync(2, "died\n");
  (process.exit as (code: number) => void)(3);
  for (;;); // what ends it may take a moment
}

const init = (workerData as { readonly "millrace thread"?: { readonly share: { readonly isolate: number } } } | null)?.[
  "millrace thread"
];
if (init?.share.isolate === 1) {
  if (where === "mark") trap("compareExchange", true);
  else if (where === "drop") trap("sub", false);
  else trap("compareExchange", false);
}

const square = parallel(import.meta, "square", (n: number) => n * n);

main(function* () {
  // So few are all in main's own queue, so many are in the one for all as well. It must be the first that the thread takes.
  const all = Array.from({ length: where === "drop" ? 1000 : 200 }, (_, n) => go(square, n));
  let sum = 0;
  for (const g of all) sum += yield* g.join();
  console.log(all.length, sum);
});
