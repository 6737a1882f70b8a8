import { mapLimit, queue } from "async";
import { WORKERS } from "../program.ts";
import { poolProgram } from "../promises/pools.ts";

export default {
  pool: poolProgram((n, job) =>
    mapLimit(
      Array.from({ length: n }, (_, i) => i + 1),
      WORKERS,
      job,
    ),
  ),
  "pool-submit": poolProgram((n, job) => {
    const jobs = queue(job, WORKERS);
    return Promise.all(Array.from({ length: n }, (_, i) => jobs.pushAsync<number>(i + 1)));
  }),
};
