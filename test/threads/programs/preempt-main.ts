/** Loops without any operation, one after another and at once; the others of the thread get on all the same. */
import { chan, go, main } from "millrace";
import { Mutex } from "millrace/sync";
import { threads } from "millrace/threads";
import { after, sleep } from "millrace/time";

threads({ preempt: true });

main(function* () {
  const ch = chan<number>();
  const mutex = new Mutex();
  let loops = 0;
  let stop = false;
  const hog = go(function* () {
    const local = { a: 1, list: [1, 2, 3] };
    try {
      while (!stop) loops += local.list.map((n) => n * local.a).length;
    } finally {
      console.log("the loop ends");
    }
    yield* mutex.lock();
    mutex.unlock();
    return local.a;
  });
  go(function* () {
    for (let i = 0; i < 20; i++) {
      yield* mutex.lock();
      yield* sleep(1);
      mutex.unlock();
      yield* ch.send(i);
    }
    ch.close();
  });
  let sum = 0;
  for (;;) {
    const [value, ok] = yield* ch.recvOk();
    if (!ok) break;
    sum += value;
  }
  console.log("received", sum, loops > 0);
  stop = true;
  console.log("joined", yield* hog.join());
  go(function* () {
    for (;;) loops++;
  });
  yield* after(50).recv();
  console.log("main returns");
});
