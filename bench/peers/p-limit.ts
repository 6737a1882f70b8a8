import pLimit from "p-limit";
import { CROWD, check, PLACES, type Program, WORKERS } from "../program.ts";
import { poolProgram } from "../promises/pools.ts";

/** It has no lock, only a limit on functions: the visit is one. */
const semaphore: Program = async (n) => {
  const limit = pLimit(PLACES);
  let count = 0;
  const visit = async () => {
    await Promise.resolve();
    count++;
  };
  async function visitor(times: number): Promise<void> {
    for (let i = 0; i < times; i++) await limit(visit);
  }
  await Promise.all(Array.from({ length: CROWD }, () => visitor(n / CROWD)));
  check(count, n);
};

export default {
  semaphore,
  pool: poolProgram((n, job) =>
    pLimit(WORKERS).map(
      Array.from({ length: n }, (_, i) => i + 1),
      job,
    ),
  ),
  "pool-submit": poolProgram((n, job) => {
    const limit = pLimit(WORKERS);
    return Promise.all(Array.from({ length: n }, (_, i) => limit(() => job(i + 1))));
  }),
};
