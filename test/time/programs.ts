/**
 * Small programs about timers, run on a virtual clock under both rule sets. Each gives what it saw, in milliseconds since
 * its start where that is a time; `-` stands for nothing to receive, `blocked` for a deadlock.
 */
import { chan, go, type RecvChan, range, runtime, select } from "millrace";
import { after, afterFunc, now, since, sleep, Ticker, type Time, Timer, tick } from "millrace/time";

type Seen = (number | string | boolean)[];

/** What a program gets: the time since its start, and of a moment. */
interface Stopwatch {
  at(): number;
  of(t: Time | undefined): number;
  /** What can be received without waiting. */
  poll(c: RecvChan<Time>): number | string;
}

export function stopwatch(): Stopwatch {
  const start = now();
  const of = (t: Time | undefined): number => (t === undefined ? Number.NaN : t.sub(start));
  return {
    at: () => since(start),
    of,
    poll: (c) => {
      const got = c.tryRecv();
      return got === undefined ? "-" : of(got[0] as Time);
    },
  };
}

type Program = (w: Stopwatch) => Generator<unknown, Seen, unknown>;

export const programs = {
  *"a timer's channel has these length and capacity, before and after it is due"() {
    const t = new Timer(10);
    const before = [t.c.length, t.c.capacity];
    yield* sleep(20);
    return [...before, t.c.length, t.c.capacity];
  },
  *"a timer gives the time it is due, once"({ at, of, poll }) {
    const t = new Timer(10);
    const got = of(yield* t.c.recv());
    yield* sleep(100);
    return [got, at(), poll(t.c)];
  },
  *"a receive that comes late gets the time at which it was due"({ at, of }) {
    const t = new Timer(10);
    yield* sleep(30);
    return [of(yield* t.c.recv()), at()];
  },
  *"nothing can be received before it is due"({ poll }) {
    const t = new Timer(10);
    yield* sleep(9.5);
    const early = poll(t.c);
    yield* sleep(0.5);
    return [early, poll(t.c)];
  },
  *"stop before it is due"({ poll }) {
    const t = new Timer(10);
    const stopped = t.stop();
    yield* sleep(20);
    return [stopped, poll(t.c)];
  },
  *"stop when it is due and nobody has received"({ poll }) {
    const t = new Timer(10);
    yield* sleep(20);
    return [t.stop(), poll(t.c), poll(t.c)];
  },
  *"stop when it is due, its channel looked at before"({ poll }) {
    const t = new Timer(10);
    const { c } = t;
    yield* sleep(20);
    return [t.stop(), poll(c), poll(c)];
  },
  *"stop after a receive"({ poll }) {
    const t = new Timer(10);
    yield* t.c.recv();
    return [t.stop(), poll(t.c)];
  },
  *"stop twice"() {
    const t = new Timer(10);
    return [t.stop(), t.stop()];
  },
  *"reset while it runs"({ at, of }) {
    const t = new Timer(10);
    yield* sleep(5);
    return [t.reset(10), of(yield* t.c.recv()), at()];
  },
  *"reset when it is due and nobody has received"({ poll, at, of }) {
    const t = new Timer(10);
    yield* sleep(20);
    const was = t.reset(10);
    return [was, poll(t.c), of(yield* t.c.recv()), at()];
  },
  *"reset after a receive"({ of }) {
    const t = new Timer(10);
    yield* t.c.recv();
    return [t.reset(10), of(yield* t.c.recv())];
  },
  *"reset after stop"({ of }) {
    const t = new Timer(10);
    t.stop();
    return [t.reset(30), of(yield* t.c.recv())];
  },
  *"stop, drain if it says false, reset: when it is due"({ of, at }) {
    const t = new Timer(10);
    yield* sleep(20);
    const stopped = t.stop();
    const drained = stopped ? "nothing" : of(yield* t.c.recv());
    t.reset(10);
    return [stopped, drained, of(yield* t.c.recv()), at()];
  },
  *"stop, drain if it says false, reset: while it runs"({ of, at }) {
    const t = new Timer(10);
    yield* sleep(5);
    const stopped = t.stop();
    const drained = stopped ? "nothing" : of(yield* t.c.recv());
    t.reset(10);
    return [stopped, drained, of(yield* t.c.recv()), at()];
  },
  *"stop, drain if it says false: after a receive"() {
    const t = new Timer(10);
    yield* t.c.recv();
    if (!t.stop()) yield* t.c.recv();
    return ["never"];
  },
  *"drain without blocking, when it was received"({ of }) {
    const t = new Timer(10);
    yield* t.c.recv();
    if (!t.stop()) yield* select({ drained: t.c.recv(), default: true });
    t.reset(10);
    return [of(yield* t.c.recv())];
  },
  *"stop while somebody waits, then reset"({ of, at }) {
    const t = new Timer(10);
    go(function* () {
      yield* sleep(5);
      t.stop();
      yield* sleep(95);
      t.reset(10);
    });
    return [of(yield* t.c.recv()), at()];
  },
  *"reset to later while somebody waits"({ of, at }) {
    const t = new Timer(10);
    go(function* () {
      yield* sleep(5);
      t.reset(20);
    });
    return [of(yield* t.c.recv()), at()];
  },
  *"reset to sooner while somebody waits"({ of, at }) {
    const t = new Timer(1000);
    go(function* () {
      yield* sleep(5);
      t.reset(1);
    });
    return [of(yield* t.c.recv()), at()];
  },
  *"a receive on a stopped timer"() {
    const t = new Timer(10);
    t.stop();
    yield* t.c.recv();
    return ["never"];
  },
  *"two wait on one timer: the first gets it"({ of }) {
    const t = new Timer(10);
    const seen: Seen = [];
    for (const who of ["a", "b"]) {
      go(function* () {
        seen.push(who, of(yield* t.c.recv()));
      });
    }
    yield* sleep(50);
    return seen;
  },
  *"zero and less is at once"({ of, at }) {
    const zero = of(yield* new Timer(0).c.recv());
    const less = of(yield* after(-5).recv());
    return [zero, less, at()];
  },
  *"Infinity is never"() {
    const t = new Timer(Infinity);
    yield* sleep(2 ** 45);
    return [t.c.tryRecv() === undefined, t.stop(), t.stop()];
  },
  *"a timer beyond the host's limit of 2^31 ms"({ of }) {
    return [of(yield* new Timer(2 ** 32).c.recv())];
  },
  *"reset of one that was never due"({ of }) {
    const t = new Timer(Infinity);
    return [t.reset(10), of(yield* t.c.recv())];
  },
  *"fractions of a millisecond"({ of }) {
    const t = new Timer(0.25);
    return [of(yield* t.c.recv())];
  },
  *"timers of one moment fire in the order they were set"() {
    const seen: Seen = [];
    const timers = [new Timer(10), new Timer(20), new Timer(10), new Timer(10)];
    timers[1]?.reset(10);
    const order = [3, 1, 2, 0];
    for (const i of order) {
      go(function* () {
        yield* (timers[i] as Timer).c.recv();
        seen.push(i);
      });
    }
    yield* sleep(50);
    return seen;
  },
  *"after gives the time once"({ of, poll }) {
    const c = after(10);
    const got = of(yield* c.recv());
    yield* sleep(100);
    return [got, poll(c)];
  },
  *"after as a timeout that loses, then one that wins"({ at }) {
    const ch = chan<string>();
    go(function* () {
      yield* sleep(5);
      yield* ch.send("work");
    });
    const seen: Seen = [];
    for (let i = 0; i < 2; i++) {
      const s = yield* select({ work: ch.recv(), timeout: after(20).recv() });
      seen.push(s.case, at());
    }
    return seen;
  },
  *"an idle timeout that is reset at each event"({ at }) {
    const events = chan<number>();
    go(function* () {
      for (const pause of [5, 15, 19]) {
        yield* sleep(pause);
        yield* events.send(pause);
      }
    });
    const seen: Seen = [];
    const t = new Timer(20);
    for (;;) {
      const s = yield* select({ event: events.recv(), idle: t.c.recv() });
      seen.push(s.case, at());
      if (s.case === "idle") return seen;
      if (!t.stop()) yield* t.c.recv();
      t.reset(20);
    }
  },
  *"a debounce with afterFunc"({ at }) {
    const seen: Seen = [];
    let t: Timer | undefined;
    const call = (): void => {
      if (t === undefined) t = afterFunc(10, () => seen.push(at()));
      else t.reset(10);
    };
    for (const pause of [1, 1, 9, 30, 1]) {
      yield* sleep(pause);
      call();
    }
    yield* sleep(50);
    return seen;
  },
  *"afterFunc calls in a goroutine of its own"({ at }) {
    const seen: Seen = [];
    afterFunc(10, function* () {
      seen.push(at(), runtime.numGoroutine());
      yield* sleep(5);
      seen.push(at());
    });
    yield* sleep(50);
    return seen;
  },
  *"afterFunc stopped before it is due"() {
    let called = 0;
    const t = afterFunc(10, () => called++);
    const stopped = [t.stop(), t.stop()];
    yield* sleep(50);
    return [...stopped, called];
  },
  *"afterFunc stopped after it was called"() {
    let called = 0;
    const t = afterFunc(10, () => called++);
    yield* sleep(50);
    return [t.stop(), called];
  },
  *"afterFunc reset, before and after it was called"({ at }) {
    const seen: Seen = [];
    const t = afterFunc(10, () => seen.push(at()));
    yield* sleep(5);
    const early = t.reset(10);
    yield* sleep(50);
    const late = t.reset(10);
    yield* sleep(50);
    return [early, late, ...seen];
  },
  *"the channel of afterFunc is nil"() {
    const { c } = afterFunc(1, () => {});
    const s = yield* select({ c: c.recv(), timeout: after(10).recv() });
    return [c.length, c.capacity, s.case];
  },
  *"a ticker ticks in its rhythm, whatever each round takes"({ of, at }) {
    using t = new Ticker(10);
    const seen: Seen = [];
    for (let i = 0; i < 4; i++) {
      seen.push(of(yield* t.c.recv()));
      yield* sleep(3);
    }
    return [...seen, at()];
  },
  *"a slow receiver misses ticks, and the rhythm stays"({ of, at }) {
    using t = new Ticker(10);
    yield* sleep(35);
    return [of(yield* t.c.recv()), at(), of(yield* t.c.recv()), at()];
  },
  *"a receiver that is always slow"({ at }) {
    using t = new Ticker(10);
    const seen: Seen = [];
    for (let i = 0; i < 3; i++) {
      yield* t.c.recv();
      seen.push(at());
      yield* sleep(25);
    }
    return seen;
  },
  *"a ticker's channel has these length and capacity, before and after a tick"() {
    using t = new Ticker(10);
    const before = [t.c.length, t.c.capacity];
    yield* sleep(25);
    return [...before, t.c.length, t.c.capacity];
  },
  *"a ticker that is stopped ticks no more"({ poll }) {
    const t = new Ticker(10);
    yield* sleep(5);
    t.stop();
    yield* sleep(50);
    return [poll(t.c)];
  },
  *"a ticker that is stopped with a tick unread"({ poll }) {
    const t = new Ticker(10);
    yield* sleep(15);
    t.stop();
    return [poll(t.c), poll(t.c)];
  },
  *"stopping a ticker does not close its channel"() {
    const t = new Ticker(10);
    t.stop();
    yield* t.c.recv();
    return ["never"];
  },
  *"reset changes a ticker's period and starts it anew"({ of }) {
    using t = new Ticker(10);
    yield* sleep(12);
    yield* t.c.recv();
    t.reset(4);
    return [of(yield* t.c.recv()), of(yield* t.c.recv())];
  },
  *"reset of a ticker with a tick unread"({ poll, of }) {
    using t = new Ticker(10);
    yield* sleep(15);
    t.reset(10);
    return [poll(t.c), of(yield* t.c.recv())];
  },
  *"reset starts a stopped ticker"({ of }) {
    using t = new Ticker(10);
    t.stop();
    yield* sleep(100);
    t.reset(10);
    return [of(yield* t.c.recv()), of(yield* t.c.recv())];
  },
  *"two wait on one ticker: they take turns"({ of }) {
    const seen: Seen = [];
    using t = new Ticker(10);
    for (const who of ["a", "b"]) {
      go(function* () {
        for (let i = 0; i < 2; i++) seen.push(who, of(yield* t.c.recv()));
      });
    }
    yield* sleep(45);
    return seen;
  },
  *"tick of zero and less is a nil channel"() {
    const c = tick(0);
    const s = yield* select({ zero: c.recv(), less: tick(-1).recv(), timeout: after(10).recv() });
    return [c.length, c.capacity, s.case];
  },
  *"range over tick"({ of }) {
    const seen: Seen = [];
    for (const r = range(tick(10)); yield* r.next(); ) if (seen.push(of(r.value)) === 3) break;
    return seen;
  },
  *"a ticker beside another channel in a select"({ at }) {
    const done = chan<boolean>();
    go(function* () {
      yield* sleep(25);
      yield* done.send(true);
    });
    using t = new Ticker(10);
    const seen: Seen = [];
    for (;;) {
      const s = yield* select({ tick: t.c.recv(), done: done.recv() });
      seen.push(s.case, at());
      if (s.case === "done") return seen;
    }
  },
} satisfies Record<string, Program>;

export type Name = keyof typeof programs;
