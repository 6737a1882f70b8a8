import { Tinypool } from "tinypool";
import { THREADS } from "../program.ts";
import { taskPrograms } from "../promises/tasks.ts";

export default taskPrograms(() => {
  const filename = new URL("worker.mjs", import.meta.url).href;
  const pool = new Tinypool({ filename, minThreads: THREADS, maxThreads: THREADS, runtime: "worker_threads" });
  return (k) => pool.run(k) as Promise<number>;
});
