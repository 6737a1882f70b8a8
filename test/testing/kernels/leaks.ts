/**
 * Programs whose main returns before the others have done their work. Nothing keeps those from ending, or from going on
 * later, so nothing leaks. In each twin one goroutine can never go on.
 */
import { type Chan, chan, type Go, go, range, select } from "millrace";
import { background, withCancel } from "millrace/context";
import { Cond, ErrGroup, Mutex, RWMutex, Semaphore, WaitGroup } from "millrace/sync";
import { after, sleep, Ticker } from "millrace/time";

export interface LeakKernel {
  readonly name: string;
  /** `lost` is true for the twin. */
  readonly program: (lost: boolean) => () => unknown;
  /** Who is lost in the twin, and what it waits for; without it there is no twin. */
  readonly leaks?: string;
}

function* send(ch: Chan<number>): Go {
  yield* ch.send(1);
}

export const leakKernels: readonly LeakKernel[] = [
  {
    name: "a goroutine that has not begun",
    leaks: "unborn chan receive",
    program: (lost) => () => {
      go(function* unborn() {
        if (lost) yield* chan().recv();
      });
    },
  },
  {
    name: "a worker that has not seen the end of its jobs",
    leaks: "worker chan receive",
    program: (lost) =>
      function* main(): Go {
        const jobs = chan<number>(1);
        go(function* worker() {
          for (const r = range(jobs); yield* r.next(); );
        });
        yield* jobs.send(1);
        if (!lost) jobs.close();
      },
  },
  {
    name: "a sender with room for its value",
    leaks: "send chan send",
    program: (lost) =>
      function* main(): Go {
        go(send, chan<number>(lost ? 0 : 1));
      },
  },
  {
    name: "a pipeline of three",
    leaks: "last chan receive",
    program: (lost) => () => {
      const [a, b] = [chan<number>(), chan<number>()];
      go(function* first() {
        for (let i = 0; i < 5; i++) yield* a.send(i);
        a.close();
      });
      go(function* second() {
        for (const r = range(a); yield* r.next(); ) yield* b.send(r.value);
        if (!lost) b.close();
      });
      go(function* last() {
        for (const r = range(b); yield* r.next(); );
      });
    },
  },
  {
    name: "a lock that is given back later",
    leaks: "waiting sync.Mutex.Lock",
    program: (lost) => () => {
      const mu = new Mutex();
      go(function* holding() {
        yield* mu.lock();
        yield* chan<number>(1).send(1);
        if (!lost) mu.unlock();
      });
      go(function* waiting() {
        using _ = yield* mu.lock();
      });
    },
  },
  {
    name: "readers and a writer",
    leaks: "writer sync.RWMutex.Lock",
    program: (lost) => () => {
      const mu = new RWMutex();
      go(function* reader() {
        yield* mu.rLock();
        if (!lost) mu.rUnlock();
      });
      go(function* writer() {
        using _ = yield* mu.lock();
      });
    },
  },
  {
    name: "a group that is waited for by another goroutine",
    leaks: "waiting sync.WaitGroup.Wait",
    program: (lost) => () => {
      const wg = new WaitGroup();
      wg.add(2);
      for (const n of [1, 2]) {
        go(function* () {
          yield* chan<number>(1).send(1);
          if (n === 1 || !lost) wg.done();
        });
      }
      go(function* waiting() {
        yield* wg.wait();
      });
    },
  },
  {
    name: "a condition that is signalled",
    leaks: "waiting sync.Cond.Wait",
    program: (lost) => () => {
      const mu = new Mutex();
      const cond = new Cond(mu);
      let ready = false;
      go(function* waiting() {
        yield* mu.lock();
        while (!ready) yield* cond.wait();
        mu.unlock();
      });
      go(function* signalling() {
        yield* mu.lock();
        ready = true;
        if (!lost) cond.signal();
        mu.unlock();
      });
    },
  },
  {
    name: "shares of a semaphore",
    leaks: "second semacquire",
    program: (lost) => () => {
      const sem = new Semaphore(1);
      go(function* first() {
        yield* sem.acquire();
        if (!lost) sem.release();
      });
      go(function* second() {
        yield* sem.acquire();
        sem.release();
      });
    },
  },
  {
    name: "functions of an error group under a limit",
    leaks: "errgroup chan receive",
    program: (lost) => () => {
      const group = new ErrGroup();
      group.setLimit(1);
      const gate = chan<never>();
      if (!lost) gate.close();
      for (let i = 0; i < 3; i++) group.go(() => gate.recv());
    },
  },
  {
    name: "a cancelled context that has not been noticed",
    leaks: "watcher select",
    program: (lost) => () => {
      const [ctx, cancel] = withCancel(background());
      go(function* watcher() {
        yield* select({ done: ctx.done().recv(), never: chan().recv() });
      });
      if (!lost) cancel();
    },
  },
  {
    name: "an async function",
    leaks: "pending chan receive",
    program: (lost) => () => {
      const ch = chan<number>();
      go(async function pending() {
        await ch.recv();
      });
      if (!lost) go(send, ch);
    },
  },
  {
    name: "one that sleeps",
    program: () => () => void go(() => sleep(60_000)),
  },
  {
    name: "a ticker's loop, and a worker that it feeds",
    program: () => () => {
      const jobs = chan<number>();
      go(function* () {
        using ticker = new Ticker(60_000);
        for (;;) {
          yield* ticker.c.recv();
          yield* jobs.send(1);
        }
      });
      go(function* () {
        for (;;) yield* jobs.recv();
      });
    },
  },
  {
    name: "a select with a timeout",
    program: () => () => void go(() => select({ late: after(60_000).recv(), never: chan().recv() })),
  },
];
