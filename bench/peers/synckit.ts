/** The caller blocks until the answer is there. */
import { fileURLToPath } from "node:url";
import { createSyncFn } from "synckit";
import { check, type Program, sumTo } from "../program.ts";

const call = createSyncFn<(value: number) => Promise<number>>(
  fileURLToPath(new URL("worker-synckit.mjs", import.meta.url)),
);

const roundTrip: Program = async (n) => {
  let sum = 0;
  for (let i = 1; i <= n; i++) sum += call(i);
  check(sum, sumTo(n));
};

export default { "round-trip": roundTrip };
