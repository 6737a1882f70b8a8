// Several runs at once: each that is stuck is told so, the one that is not ends well.
import { chan, DeadlockError, run } from "millrace";

function stuck(name: string): Promise<void> {
  return run(
    function* () {
      yield* chan<number>(0, { name }).recv();
    },
    { name },
  );
}

const ended = await Promise.allSettled([
  stuck("first"),
  run(function* () {
    yield* chan<number>(1).send(1);
    return "fine";
  }),
  stuck("second"),
  run(async () => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    return "late";
  }),
]);
for (const end of ended) {
  if (end.status === "fulfilled") console.log(end.value);
  else if (end.reason instanceof DeadlockError) console.log("deadlock of", end.reason.goroutines[0]?.channel?.name);
}
