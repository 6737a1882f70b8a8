import PQueue from "p-queue";
import { WORKERS } from "../program.ts";
import { poolProgram } from "../promises/pools.ts";

export default {
  "pool-submit": poolProgram((n, job) => {
    const queue = new PQueue({ concurrency: WORKERS });
    return Promise.all(Array.from({ length: n }, (_, i) => queue.add(() => job(i + 1))));
  }),
};
