import fastq from "fastq";
import { WORKERS } from "../program.ts";
import { poolProgram } from "../promises/pools.ts";

export default {
  "pool-submit": poolProgram((n, job) => {
    const queue = fastq.promise(job, WORKERS);
    return Promise.all(Array.from({ length: n }, (_, i) => queue.push(i + 1)));
  }),
};
