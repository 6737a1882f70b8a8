import { fileURLToPath } from "node:url";
import { FixedThreadPool } from "poolifier";
import { THREADS } from "../program.ts";
import { taskPrograms } from "../promises/tasks.ts";

export default taskPrograms(() => {
  const file = fileURLToPath(new URL("worker-poolifier.mjs", import.meta.url));
  const pool = new FixedThreadPool<number, number>(THREADS, file);
  return (k) => pool.execute(k);
});
