// A goroutine for each thing of the sync package that can be waited for; the dump says who holds a lock.
import { type Go, go, main } from "millrace";
import { Cond, ErrGroup, Mutex, Once, RWMutex, Semaphore, WaitGroup } from "millrace/sync";

function* forever(): Go {
  const never = new WaitGroup();
  never.add(1);
  yield* never.wait();
}

main(function* () {
  const mutex = new Mutex();
  const rw = new RWMutex();
  const semaphore = new Semaphore(2);
  const once = new Once();
  const group = new ErrGroup();
  yield* mutex.lock();
  yield* rw.rLock();
  yield* semaphore.acquire();
  go(function* locker() {
    yield* mutex.lock();
  });
  go(function* writer() {
    yield* rw.lock();
  });
  go(function* reader() {
    yield* rw.rLock(); // behind the writer that waits
  });
  go(function* acquirer() {
    yield* semaphore.acquire(2);
  });
  go(function* waiter() {
    const cond = new Cond(new Mutex());
    yield* cond.l.lock();
    yield* cond.wait();
  });
  go(function* first() {
    yield* once.do(forever);
  });
  go(function* second() {
    yield* once.do(() => {});
  });
  group.go(forever);
  yield* group.wait();
});
