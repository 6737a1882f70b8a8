/**
 * What is Channel Synchronization? › Case 2: Synchronization with Buffered Channels
 *
 * The buffer queues tasks for a while; main blocks when it is full, the worker when it is empty. Closing the channel
 * tells the worker to stop.
 */
import { type Chan, chan, type Go, go, main } from "millrace";
import * as time from "millrace/time";

function* worker(tasks: Chan<number>, done: Chan<boolean>): Go {
  for (;;) {
    const [task, more] = yield* tasks.recvOk();
    if (!more) {
      console.log("Worker: all tasks done");
      yield* done.send(true);
      return;
    }
    console.log("Worker: processing task", task);
    yield* time.sleep(500 * time.Millisecond);
  }
}

main(function* () {
  const tasks = chan<number>(3);
  const done = chan<boolean>();

  go(worker, tasks, done);

  for (let i = 1; i <= 5; i++) {
    console.log("Main: sending task", i);
    yield* tasks.send(i);
  }
  tasks.close(); // signals no more tasks

  yield* done.recv(); // wait for worker
  console.log("Main: worker finished");
});
