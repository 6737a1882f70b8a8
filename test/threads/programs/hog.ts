/** A loop until the file that is its argument is there, which is looked for and not preempted. */
import { existsSync } from "node:fs";
import { go, main, runtime } from "millrace";
import { threads } from "millrace/threads";
import { sleep } from "millrace/time";

threads({ sysmon: true });
main(function* () {
  let others = 0;
  go(function* hog() {
    while (!existsSync(process.argv[2] as string)) for (let n = 0; n < 1e7; n++);
    console.log(others, "while it ran");
  });
  go(function* () {
    others++;
  });
  yield* runtime.gosched();
  yield* sleep(1);
});
