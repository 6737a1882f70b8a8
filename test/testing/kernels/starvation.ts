/**
 * Correct programs in which a few goroutines, or the clock, could keep another one from its turn for ever. They end under
 * every scheduler that is fair. Each has a twin that never ends.
 */
import { chan, type Go, go, runtime, select } from "millrace";
import { Mutex, RWMutex } from "millrace/sync";
import { after, sleep, Ticker } from "millrace/time";

export interface Starvation {
  readonly name: string;
  /** `stops` is false for the twin. */
  readonly program: (stops: boolean) => () => Go;
  /** It needs time to go on while goroutines run. */
  readonly timers?: "any";
}

function starvation(name: string, body: (stops: boolean) => Go, timers?: "any"): Starvation {
  const program = (stops: boolean) =>
    function* main(): Go {
      yield* body(stops);
    };
  return timers === undefined ? { name, program } : { name, program, timers };
}

/** Two that answer each other until `stop` is closed. */
function pingPong(stop: ReturnType<typeof chan<never>>): void {
  const ping = chan<number>();
  for (const op of [() => ping.send(0), () => ping.recv()]) {
    go(function* () {
      for (;;) {
        const s = yield* select({ stop: stop.recv(), op: op() });
        if (s.case === "stop") return;
      }
    });
  }
}

export const starvations: readonly Starvation[] = [
  starvation("two that answer each other, and main stops them", function* (stops) {
    const stop = chan<never>();
    pingPong(stop);
    const mu = new Mutex();
    yield* mu.lock();
    mu.unlock();
    if (stops) stop.close();
  }),
  starvation("two that answer each other, and main has much to do before it stops them", function* (stops) {
    const stop = chan<never>();
    pingPong(stop);
    const own = chan<number>(1);
    for (let i = 0; i < 100; i++) {
      yield* own.send(i);
      yield* own.recv();
    }
    if (stops) stop.close();
  }),
  starvation("three in a ring", function* (stops) {
    const stop = chan<never>();
    const ring = [chan<number>(1), chan<number>(1), chan<number>(1)] as const;
    for (let i = 0; i < 3; i++) {
      go(function* () {
        for (;;) {
          const s = yield* select({ stop: stop.recv(), token: ring[i as 0].recv() });
          if (s.case === "stop") return;
          yield* select({ stop: stop.recv(), passed: ring[((i + 1) % 3) as 0].send(1) });
        }
      });
    }
    yield* ring[0].send(1);
    yield* chan<number>(1).send(1);
    if (stops) stop.close();
  }),
  starvation("two that poll a flag by yielding", function* (stops) {
    let done = false;
    for (const _ of [1, 2]) {
      go(function* () {
        while (!done) yield* runtime.gosched();
      });
    }
    yield* chan<number>(1).send(1);
    if (stops) done = true;
  }),
  starvation("one that polls a channel", function* (stops) {
    const stop = chan<never>();
    go(function* () {
      for (;;) {
        const s = yield* select({ stop: stop.recv(), default: true });
        if (s.case === "stop") return;
      }
    });
    yield* chan<number>(1).send(1);
    if (stops) stop.close();
  }),
  starvation("readers that take turns while a writer waits for its own lock", function* (stops) {
    const [mu, own] = [new RWMutex(), new Mutex()];
    let closed = false;
    for (const _ of [1, 2]) {
      go(function* reader() {
        for (;;) {
          using _ = yield* mu.rLock();
          if (closed) return;
        }
      });
    }
    yield* own.lock();
    own.unlock();
    using _ = yield* mu.lock();
    if (stops) closed = true;
  }),
  starvation(
    "the clock, while two answer each other",
    function* (stops) {
      const stop = chan<never>();
      pingPong(stop);
      for (let i = 0; i < 20; i++) yield* sleep(1);
      if (stops) stop.close();
    },
    "any",
  ),
  starvation(
    "the clock, while one polls",
    function* (stops) {
      const late = after(10);
      for (;;) {
        const s = yield* select({ late: late.recv(), default: true });
        if (s.case === "late" && stops) return;
      }
    },
    "any",
  ),
  starvation(
    "goroutines, while the clock ticks",
    function* (stops) {
      const stop = chan<never>();
      go(function* () {
        using ticker = new Ticker(1);
        for (;;) {
          const s = yield* select({ stop: stop.recv(), tick: ticker.c.recv() });
          if (s.case === "stop") return;
        }
      });
      const own = chan<number>(1);
      for (let i = 0; i < 10; i++) {
        yield* own.send(i);
        yield* own.recv();
      }
      if (stops) stop.close();
    },
    "any",
  ),
  starvation(
    "timeouts that are always late",
    function* (stops) {
      const answers = chan<number>(1);
      go(function* () {
        yield* runtime.gosched();
        if (stops) yield* answers.send(1);
      });
      for (;;) {
        const s = yield* select({ answer: answers.recv(), late: after(1).recv() });
        if (s.case === "answer") return;
      }
    },
    "any",
  ),
];
