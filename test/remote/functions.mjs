// What workers serve in tests with processes: said on standard output when it begins and how it ends.
import { select } from "millrace";
import { cause } from "millrace/context";
import { handle } from "millrace/remote";
import { parallel } from "millrace/threads";
import { sleep } from "millrace/time";

export const waits = parallel(import.meta, "functions: waits", function* (ctx, ms) {
  console.log("begun");
  const s = yield* select({ done: ctx.done().recv(), slept: sleep(ms) });
  console.log(s.case === "slept" ? "slept" : `ended: ${cause(ctx).message}`);
  return process.pid;
});

handle("mails", (to) => console.log(`mail to ${to}`), { concurrency: 2 });
