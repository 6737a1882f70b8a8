// Two goroutines wait for one another's channel; one of them inside nested generators.
import { chan, type Go, go, main, type RecvChan } from "millrace";

function* nextJob(from: RecvChan<number>): Go<number | undefined> {
  return yield* from.recv();
}

function* worker(from: RecvChan<number>): Go {
  while (true) yield* nextJob(from);
}

main(function* () {
  const jobs = chan<number>(0, { name: "jobs" });
  const results = chan<number>();
  go(worker, jobs);
  yield* results.recv();
});
