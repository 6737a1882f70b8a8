import { Pool, spawn, Worker } from "threads";
import { THREADS } from "../program.ts";
import { taskPrograms } from "../promises/tasks.ts";

interface Api {
  fib(n: number): Promise<number>;
}

export default taskPrograms(() => {
  // It looks beside the file that calls it.
  const pool = Pool(() => spawn<Api>(new Worker("./worker-threads.mjs")), THREADS);
  return (k) => pool.queue((worker) => worker.fib(k));
});
