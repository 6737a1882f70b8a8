// What a DeadlockError knows.
import { chan, DeadlockError, type Go, go, run, select } from "millrace";

function* worker(): Go {
  yield* chan<number>(0, { name: "jobs" }).recv();
}

const before = Date.now();
try {
  await run(
    function* () {
      go(worker);
      yield* select({});
    },
    { debug: process.argv[2] === "debug" },
  );
} catch (error) {
  if (!(error instanceof DeadlockError)) throw error;
  const { code, name } = error;
  const goroutines = error.goroutines.map(({ since = 0, channel, ...rest }) => ({
    ...rest,
    since: since >= before - 50 && since <= Date.now() + 50 ? "now" : since,
    ...(channel && { channel: { ...channel, id: typeof channel.id } }),
  }));
  console.log(JSON.stringify({ code, name, goroutines }, null, 1));
}
