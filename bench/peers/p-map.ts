import pMap from "p-map";
import { WORKERS } from "../program.ts";
import { poolProgram } from "../promises/pools.ts";

export default {
  pool: poolProgram((n, job) =>
    pMap(
      Array.from({ length: n }, (_, i) => i + 1),
      job,
      { concurrency: WORKERS },
    ),
  ),
};
