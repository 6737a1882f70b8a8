/** It has streams, and neither channels nor locks: nothing in it waits for a reader. */
import { firstValueFrom, mergeMap, range, timer, toArray } from "rxjs";
import { WORKERS } from "../program.ts";
import { poolProgram } from "../promises/pools.ts";
import { sleepersProgram, timerPrograms } from "../promises/timers.ts";

export default {
  ...timerPrograms({
    set: (ms, call) => timer(ms).subscribe(call),
    stop: (subscription) => subscription.unsubscribe(),
  }),
  sleepers: sleepersProgram((ms) => firstValueFrom(timer(ms))),
  pool: poolProgram((n, job) => firstValueFrom(range(1, n).pipe(mergeMap(job, WORKERS), toArray()))),
};
