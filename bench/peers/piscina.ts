import { Piscina } from "piscina";
import { THREADS } from "../program.ts";
import { taskPrograms } from "../promises/tasks.ts";

export default taskPrograms(() => {
  const filename = new URL("worker.mjs", import.meta.url).href;
  const pool = new Piscina<number, number>({ filename, minThreads: THREADS, maxThreads: THREADS, maxQueue: 1e9 });
  return (k) => pool.run(k);
});
