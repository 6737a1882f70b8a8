import { fileURLToPath } from "node:url";
import workerpool from "workerpool";
import { THREADS } from "../program.ts";
import { taskPrograms } from "../promises/tasks.ts";

export default taskPrograms(() => {
  const file = fileURLToPath(new URL("worker-workerpool.mjs", import.meta.url));
  const pool = workerpool.pool(file, { minWorkers: THREADS, maxWorkers: THREADS, workerType: "thread" });
  return (k) => pool.exec("fib", [k]) as unknown as PromiseLike<number>;
});
