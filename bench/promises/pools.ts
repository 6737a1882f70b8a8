/** The program about pools for packages that limit how many promises are made at once. */
import { check, type Program, sumTo } from "../program.ts";

/** Does `n` jobs, `job(1)` to `job(n)`, with at most ten at once, and gives their results. */
export type Pool = (n: number, job: (i: number) => Promise<number>) => PromiseLike<readonly number[]>;

export function poolProgram(pool: Pool): Program {
  return async (n) => {
    let sum = 0;
    for (const value of await pool(n, async (i) => i)) sum += value;
    check(sum, sumTo(n));
  };
}
