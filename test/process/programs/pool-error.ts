// A job that fails and that nothing joins is reported while the pool lives on.
import { runtime } from "millrace";
import { WorkerPool } from "millrace/patterns";
import { sleep } from "millrace/time";

process.on("uncaughtException", (error) => console.log("uncaught:", error.message));
if (process.argv[2] === "handler") {
  runtime.onPanic((error, { name, job }) => {
    console.log(`job ${job} of ${name}: ${(error as Error).message}`);
    return "goroutine";
  });
}
const pool = new WorkerPool(
  async function order(n: number) {
    throw new Error(`lost order ${n}`);
  },
  { workers: 1, queue: 5 },
);
await pool.submit(1);
await pool.submit(2);
// Without anything that keeps the process open, it says so before the process ends.
if (process.argv[2] !== "exits") {
  await sleep(200);
  console.log("the pool goes on:", pool.running);
  await pool.drain();
}
