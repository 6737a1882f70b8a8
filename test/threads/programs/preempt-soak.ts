/**
 * As many preemptions as there are in a time: `npm run build && node --import tsx test/threads/programs/preempt-soak.ts
 * SECONDS`. One goroutine loops all the time, in code of many kinds, and others work beside it with channels, locks,
 * timers and selects; what each of them computes is checked. Prints how many preemptions there were.
 */
import { chan, type Go, go, main, type RecvChan, runtime, type SendChan, select } from "millrace";
import { Mutex, WaitGroup } from "millrace/sync";
import { threads } from "millrace/threads";
import { after, sleep } from "millrace/time";
import { monitor } from "../../../src/threads/sysmon/monitor.ts";

const seconds = Number(process.argv[2] ?? 5);
threads({}); // this thread takes part, and
monitor.start(true, false, 1); // it is stopped ten times as often as `preempt` would

/** Loops of all makes, none with an operation; each gives a number that is known. */
const kinds: readonly (() => number)[] = [
  () => {
    let sum = 0;
    for (let i = 0; i < 1000; i++) sum += i;
    return sum; // 499500
  },
  () => {
    const add = (a: number, b: number): number => a + b;
    return Array.from({ length: 1000 }, (_, i) => i).reduce(add, 0);
  },
  () => {
    let sum = 0;
    for (const n of (function* () {
      for (let i = 0; i < 1000; i++) yield i;
    })()) {
      try {
        if (n % 100 === 99) throw n;
        sum += n;
      } catch (thrown) {
        sum += thrown as number;
      } finally {
        sum += 0;
      }
    }
    return sum;
  },
  () =>
    [...JSON.parse(JSON.stringify(Array.from({ length: 1000 }, (_, i) => i)))]
      .reverse()
      .sort((a, b) => a - b)
      .indexOf(500) + 499_000,
  () => {
    const deep = (n: number): number => (n === 0 ? 0 : n + deep(n - 1));
    return deep(999);
  },
  () => {
    class Sum {
      #total = 0;
      set more(n: number) {
        this.#total += n;
      }
      get total(): number {
        return this.#total;
      }
    }
    const sum = new Sum();
    for (let i = 0; i < 1000; i++) sum.more = i;
    return sum.total;
  },
  () => "x".repeat(1000).replace(/x/g, "yy").length / 2 + 498_500,
];

function* pair(rounds: SendChan<number>): Go {
  const ping = chan<number>();
  const pong = chan<number>(1);
  go(function* () {
    for (const r of [ping]) for (;;) yield* pong.send((yield* r.recv()) as number);
  });
  for (let i = 0; ; i++) {
    yield* ping.send(i);
    if ((yield* pong.recv()) !== i) throw new Error(`ping ${i} came back as another`);
    if (i % 64 === 0) yield* rounds.send(1);
  }
}

function* locked(mutex: Mutex, counts: { a: number; b: number }): Go {
  for (;;) {
    yield* mutex.lock();
    counts.a++;
    yield* runtime.gosched();
    counts.b++;
    if (counts.a !== counts.b) throw new Error("two had the lock");
    mutex.unlock();
    yield* sleep(1);
  }
}

function* timed(ticks: SendChan<number>, never: RecvChan<number>): Go {
  for (;;) {
    const s = yield* select({ tick: after(3).recv(), never: never.recv() });
    if (s.case !== "tick") throw new Error("never came");
    yield* ticks.send(1);
  }
}

main(function* () {
  const rounds = chan<number>();
  const mutex = new Mutex();
  const counts = { a: 0, b: 0 };
  const ready = new WaitGroup();
  let stop = false;
  let loops = 0;
  for (let i = 0; i < 4; i++) {
    go(pair, rounds);
    go(locked, mutex, counts);
    go(timed, rounds, chan<number>());
  }
  ready.go(function* () {
    while (!stop) {
      for (const [i, kind] of kinds.entries()) {
        const got = kind();
        if (got !== 499_500) throw new Error(`kind ${i} gave ${got}`);
      }
      loops++;
    }
    yield* runtime.gosched();
  });
  const end = after(seconds * 1000);
  let received = 0;
  let over = false;
  // On a machine with much to do it takes longer until each has had its turn.
  while (!over || Math.min(loops, received, counts.a, monitor.preemptions) === 0) {
    const s = yield* select({ end: end.recv(), round: rounds.recv() });
    if (s.case === "end") over = true;
    else received++;
  }
  stop = true;
  yield* ready.wait();
  console.log(`${monitor.preemptions} preemptions, ${loops} loops, ${received} rounds, ${counts.a} locks`);
});
