/** A loop of a second and a half, which is looked for and not preempted. */
import { go, main, runtime } from "millrace";
import { threads } from "millrace/threads";
import { sleep } from "millrace/time";

threads({ sysmon: true });
main(function* () {
  yield* sleep(300); // the monitor watches now
  let others = 0;
  go(function* hog() {
    const end = performance.now() + 1600;
    while (performance.now() < end);
    console.log(others, "while it ran");
  });
  go(function* () {
    others++;
  });
  yield* runtime.gosched();
  yield* sleep(1);
});
