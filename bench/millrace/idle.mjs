/** What one more thread takes, until it runs something and in memory: plain JavaScript, so that no loader is measured. */
import { isMainThread } from "node:worker_threads";
import { go, run, runtime } from "millrace";
import { parallel } from "millrace/threads";

const MORE = 4;

/** Occupies a thread until all have one. */
const hold = parallel(import.meta, "bench.hold", (gate, n) => {
  Atomics.add(gate, 0, 1);
  Atomics.notify(gate, 0);
  for (let there = Atomics.load(gate, 0); there < n; there = Atomics.load(gate, 0)) Atomics.wait(gate, 0, there);
});

function* occupy(n) {
  const gate = new Int32Array(new SharedArrayBuffer(4));
  const all = [];
  for (let i = 0; i < n; i++) all.push(go(hold, gate, n));
  for (const g of all) yield* g.join();
}

if (isMainThread) {
  await run(function* () {
    yield* occupy(1);
    const before = process.memoryUsage().rss;
    const start = performance.now();
    runtime.gomaxprocs(1 + MORE);
    yield* occupy(1 + MORE);
    const ms = (performance.now() - start) / MORE;
    console.log(JSON.stringify({ ms, bytes: (process.memoryUsage().rss - before) / MORE }));
  });
}
