/** What one more thread takes with Piscina, as ../millrace/idle.mjs measures ours. */
import { fileURLToPath } from "node:url";
import { Piscina } from "piscina";

const MORE = 4;

/** A pool of `n` threads, each of which has run something. */
async function occupy(n) {
  const filename = fileURLToPath(new URL("./idle-task.mjs", import.meta.url));
  const pool = new Piscina({ filename, minThreads: n, maxThreads: n, idleTimeout: Infinity });
  const gate = new Int32Array(new SharedArrayBuffer(4));
  await Promise.all(Array.from({ length: n }, () => pool.run({ gate, n })));
  return pool;
}

const one = await occupy(1);
const before = process.memoryUsage().rss;
const start = performance.now();
const more = await occupy(MORE);
const ms = (performance.now() - start) / MORE;
console.log(JSON.stringify({ ms, bytes: (process.memoryUsage().rss - before) / MORE }));
await Promise.all([one.destroy(), more.destroy()]);
