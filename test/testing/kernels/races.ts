/**
 * Races in which the second goroutine has heard of the first before, through something of the library's: the report says
 * through what. Each has a twin in which what it hears comes after the write.
 */
import { chan, type Go, go, select } from "millrace";
import { background, withCancel } from "millrace/context";
import { Cond, ErrGroup, Mutex, RWMutex, Semaphore, WaitGroup } from "millrace/sync";
import { race } from "millrace/testing";

interface Cell {
  n: number;
}

/** How goroutine 2 hears of goroutine 1: `tell` is performed by main, `hear` by the other one, before it reads. */
interface Link {
  readonly tell: () => Go;
  readonly hear: () => Go;
}

export interface RaceKernel {
  readonly name: string;
  /** What the report says goroutine 2 heard last. */
  readonly via: string;
  readonly program: (writesFirst: boolean) => () => Go;
}

function kernel(name: string, via: string, link: () => Link): RaceKernel {
  const program = (writesFirst: boolean) =>
    function* main(): Go {
      const cell: Cell = race({ n: 0 }, { name: "cell" });
      const { tell, hear } = link();
      const reader = go(function* reader() {
        yield* hear();
        return cell.n;
      });
      if (writesFirst) cell.n = 1;
      yield* tell();
      if (!writesFirst) cell.n = 1;
      yield* reader.join();
    };
  return { name, via, program };
}

export const races: readonly RaceKernel[] = [
  kernel("a buffered channel", "channel 1", () => {
    const ch = chan<number>(1);
    return {
      *tell() {
        yield* ch.send(1);
      },
      *hear() {
        yield* ch.recv();
      },
    };
  }),
  kernel("an unbuffered channel with a name", 'channel "tells"', () => {
    const ch = chan<number>(0, { name: "tells" });
    return {
      *tell() {
        yield* ch.send(1);
      },
      *hear() {
        yield* ch.recv();
      },
    };
  }),
  kernel("a closed channel", "channel 1", () => {
    const ch = chan<never>();
    return {
      *tell() {
        ch.close();
      },
      *hear() {
        yield* ch.recv();
      },
    };
  }),
  kernel("a select", "channel 2", () => {
    const [never, told] = [chan<never>(), chan<never>()];
    return {
      *tell() {
        told.close();
      },
      *hear() {
        yield* select({ never: never.recv(), told: told.recv() });
      },
    };
  }),
  kernel("a mutex", "Mutex 1", () => {
    const mu = new Mutex();
    mu.tryLock();
    return {
      *tell() {
        mu.unlock();
      },
      *hear() {
        using _ = yield* mu.lock();
      },
    };
  }),
  kernel("the write lock of an RWMutex", "RWMutex 1", () => {
    const mu = new RWMutex();
    mu.tryLock();
    return {
      *tell() {
        mu.unlock();
      },
      *hear() {
        using _ = yield* mu.rLock();
      },
    };
  }),
  kernel("a wait group", "WaitGroup 1", () => {
    const wg = new WaitGroup();
    wg.add(1);
    return {
      *tell() {
        wg.done();
      },
      *hear() {
        yield* wg.wait();
      },
    };
  }),
  kernel("a semaphore", "Semaphore 1", () => {
    const sem = new Semaphore(1);
    sem.tryAcquire();
    return {
      *tell() {
        sem.release();
      },
      *hear() {
        yield* sem.acquire();
      },
    };
  }),
  kernel("a condition", "Mutex 1", () => {
    const mu = new Mutex();
    const cond = new Cond(mu);
    let told = false;
    return {
      *tell() {
        yield* mu.lock();
        told = true;
        cond.signal();
        mu.unlock();
      },
      *hear() {
        yield* mu.lock();
        while (!told) yield* cond.wait();
        mu.unlock();
      },
    };
  }),
  kernel("an error group", "ErrGroup 1", () => {
    const group = new ErrGroup();
    const ch = chan<never>();
    group.go(() => ch.recv());
    return {
      *tell() {
        ch.close();
      },
      *hear() {
        yield* group.wait();
      },
    };
  }),
  kernel("a context", 'channel "context.Background.WithCancel"', () => {
    const [ctx, cancel] = withCancel(background());
    const done = ctx.done();
    return {
      *tell() {
        cancel();
      },
      *hear() {
        yield* done.recv();
      },
    };
  }),
];
