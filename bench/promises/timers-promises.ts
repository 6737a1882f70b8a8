/** A timer that can be stopped needs a controller of its own, and is rejected then. */
import { setTimeout as sleep } from "node:timers/promises";
import { check, later, type Programs } from "../program.ts";
import { sleepersProgram } from "./timers.ts";

const programs: Programs = {
  async "timer-batch"(n) {
    let stopped = 0;
    const controllers = Array.from({ length: n }, () => new AbortController());
    const all = controllers.map(({ signal }, i) =>
      sleep(later(i), undefined, { signal }).catch(() => {
        stopped++;
      }),
    );
    for (const controller of controllers) controller.abort();
    await Promise.all(all);
    check(stopped, n);
  },
  sleepers: sleepersProgram((ms) => sleep(ms)),
};

export default programs;
