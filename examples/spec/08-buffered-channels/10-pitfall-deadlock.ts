/**
 * Buffered channels in Go › Common pitfalls & gotchas › Deadlock
 *
 * The producer fills the buffer and nobody consumes. The report names the channel and the line.
 */
import { chan, type Go, go, main, type SendChan } from "millrace";

function* producer(tasks: SendChan<number>): Go {
  for (let i = 1; ; i++) {
    yield* tasks.send(i);
    console.log("sent", i);
  }
}

main(function* () {
  const tasks = chan<number>(2, { name: "tasks" });
  const done = chan<void>(0, { name: "done" });
  go(producer, tasks);
  yield* done.recv(); // and nobody sends this either
});
