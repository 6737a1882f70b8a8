/** Programs in which nothing orders the two accesses to a box, though it may look as if. */
import { chan, go, runtime } from "millrace";
import { background, withTimeout } from "millrace/context";
import { WorkerPool } from "millrace/patterns";
import { ErrGroup, Mutex, RWMutex, Semaphore, WaitGroup } from "millrace/sync";
import * as time from "millrace/time";

export interface Box {
  n: number;
}

/** The same, with something that orders nothing: a race. */
export const unordered: Record<string, (box: Box) => unknown> = {
  *"nothing at all"(box) {
    go(() => void box.n++);
    yield* runtime.gosched();
    box.n++;
  },
  *"a go statement that comes too early"(box) {
    const g = go(function* () {
      yield* runtime.gosched();
      void box.n;
    });
    box.n = 1;
    yield* g.join();
  },
  *"a sleep"(box) {
    go(() => void box.n++);
    yield* time.sleep(1);
    box.n++;
  },
  *"a timeout"(box) {
    go(() => void box.n++);
    yield* time.after(1).recv();
    box.n++;
  },
  *"the end of a context by a timeout"(box) {
    const [ctx, cancel] = withTimeout(background(), 20);
    go(() => void box.n++);
    yield* ctx.done().recv();
    box.n++;
    cancel();
  },
  *"a buffered channel, from the receiver to the sender"(box) {
    const ch = chan<void>(1);
    go(function* () {
      box.n++;
      yield* ch.recv();
    });
    yield* ch.send();
    yield* runtime.gosched();
    box.n++;
  },
  *"a value that was sent before"(box) {
    const ch = chan<void>(2);
    go(function* () {
      yield* ch.send();
      box.n++;
      yield* ch.send();
    });
    yield* runtime.gosched();
    yield* ch.recv();
    box.n++;
  },
  *"a lock of another one"(box) {
    const [a, b] = [new Mutex(), new Mutex()];
    go(function* () {
      yield* a.withLock(() => void box.n++);
    });
    yield* runtime.gosched();
    yield* b.withLock(() => void box.n++);
  },
  *"two readers' shares"(box) {
    const mu = new RWMutex();
    const wg = new WaitGroup();
    for (let i = 0; i < 2; i++) {
      wg.go(function* () {
        using _ = yield* mu.rLock();
        yield* runtime.gosched();
        box.n++;
      });
    }
    yield* wg.wait();
  },
  *"a semaphore of two"(box) {
    const sem = new Semaphore(2);
    const wg = new WaitGroup();
    for (let i = 0; i < 2; i++) {
      wg.go(function* () {
        using _ = yield* sem.acquire();
        yield* runtime.gosched();
        box.n++;
      });
    }
    yield* wg.wait();
  },
  *"a wait group, among its goroutines"(box) {
    const wg = new WaitGroup();
    for (let i = 0; i < 2; i++) wg.go(() => void box.n++);
    yield* wg.wait();
  },
  *"an error group without a limit"(box) {
    const group = new ErrGroup();
    for (let i = 0; i < 2; i++) {
      group.go(function* () {
        yield* runtime.gosched();
        box.n++;
      });
    }
    yield* group.wait();
  },
  *"two workers of a pool"(box) {
    const pool = new WorkerPool(
      function* () {
        yield* runtime.gosched();
        box.n++;
      },
      { workers: 2 },
    );
    for (let k = 0; k < 2; k++) yield* pool.submit(k);
    yield* pool.drain();
  },
};
