/** The programs about tasks for pools of threads. */
import { check, ENOUGH, FIB_ENOUGH, type Program } from "../program.ts";

/** Computes `fib(k)` on one of the threads. */
export type Pool = (k: number) => PromiseLike<number>;

/** The pool is started once, by the first run, which is not timed. */
export function taskPrograms(start: () => Pool | Promise<Pool>): Record<"fib" | "tasks" | "tasks-in-turn", Program> {
  let pool: Promise<Pool> | undefined;
  async function atOnce(n: number, k: number): Promise<number> {
    pool ??= Promise.resolve(start());
    const run = await pool;
    let sum = 0;
    for (const value of await Promise.all(Array.from({ length: n }, () => run(k)))) sum += value;
    return sum;
  }
  return {
    fib: async (n) => check(await atOnce(n, ENOUGH), n * FIB_ENOUGH),
    tasks: async (n) => check(await atOnce(n, 1), n),
    async "tasks-in-turn"(n) {
      pool ??= Promise.resolve(start());
      const run = await pool;
      let sum = 0;
      for (let i = 0; i < n; i++) sum += await run(1);
      check(sum, n);
    },
  };
}
