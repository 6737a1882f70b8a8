/** Bugs in the use of channels: who closes, who still sends, who still listens. */
import { type Chan, chan, go, range, runtime, select } from "millrace";
import { background, type Context, withCancel, withTimeout } from "millrace/context";
import { Once, WaitGroup } from "millrace/sync";
import { after, sleep } from "millrace/time";
import { type Bug, check } from "./bug.ts";

const doubleClose: Bug = {
  name: "double close: whoever is last closes, and both are",
  within: 50,
  fails: /^panic: close of closed channel/,
  *program() {
    const done = chan<void>();
    let left = 2;
    const work = function* worker() {
      left--;
      yield* runtime.gosched();
      if (left === 0) done.close();
    };
    go(work);
    go(work);
    yield* done.recv();
  },
  *fixed() {
    const done = chan<void>();
    const once = new Once();
    let left = 2;
    const work = function* worker() {
      left--;
      yield* runtime.gosched();
      if (left === 0) yield* once.do(() => done.close());
    };
    go(work);
    go(work);
    yield* done.recv();
  },
};

const sendAfterClose: Bug = {
  name: "send after close: the receiver closes to say that it has enough",
  within: 20,
  fails: /^panic: send on closed channel/,
  *program() {
    const values = chan<number>(1);
    go(function* producer() {
      for (let i = 0; i < 3; i++) yield* values.send(i);
    });
    yield* values.recv();
    values.close();
  },
  *fixed() {
    const values = chan<number>(1);
    const enough = chan<void>();
    go(function* producer() {
      for (let i = 0; i < 3; i++) {
        const s = yield* select({ sent: values.send(i), enough: enough.recv() });
        if (s.case === "enough") return;
      }
    });
    yield* values.recv();
    enough.close();
  },
};

const closedTooEarly: Bug = {
  name: "one of several producers closes when it is done itself",
  within: 20,
  fails: /^panic: send on closed channel/,
  *program() {
    const out = chan<number>(2);
    for (const id of [1, 2]) {
      go(function* producer() {
        yield* out.send(id);
        if (id === 1) out.close();
      });
    }
    for (const r = range(out); yield* r.next(); ) check(r.value > 0, "a value is missing");
  },
  *fixed() {
    const out = chan<number>(2);
    const wg = new WaitGroup();
    for (const id of [1, 2]) wg.go(() => out.send(id));
    go(function* closer() {
      yield* wg.wait();
      out.close();
    });
    let sum = 0;
    for (const r = range(out); yield* r.next(); ) sum += r.value;
    check(sum === 3, `received ${sum}`);
  },
};

const nobodyCloses: Bug = {
  name: "a range over a channel that nobody closes",
  within: 1,
  fails: /^all goroutines are asleep - deadlock!/,
  *program() {
    const out = chan<number>();
    go(function* producer() {
      yield* out.send(1);
    });
    for (const r = range(out); yield* r.next(); ) check(r.value === 1, "another value");
  },
  *fixed() {
    const out = chan<number>();
    go(function* producer() {
      yield* out.send(1);
      out.close();
    });
    for (const r = range(out); yield* r.next(); ) check(r.value === 1, "another value");
  },
};

const leakAfterTimeout: Bug = {
  name: "a sender that is left behind after a timeout",
  within: 10,
  fails: /^goroutines leaked/,
  *program() {
    const result = chan<string>();
    go(function* query() {
      yield* sleep(100);
      yield* result.send("late");
    });
    yield* select({ result: result.recv(), timeout: after(50).recv() });
  },
  *fixed() {
    const result = chan<string>(1); // there is room for it, wanted or not
    go(function* query() {
      yield* sleep(100);
      yield* result.send("late");
    });
    yield* select({ result: result.recv(), timeout: after(50).recv() });
  },
};

const firstWins: Bug = {
  name: "the first of several answers wins, and the other senders wait for ever",
  within: 1,
  fails: /^goroutines leaked/,
  *program() {
    const answers = chan<number>();
    for (const replica of [1, 2]) go(() => answers.send(replica));
    yield* answers.recv();
  },
  *fixed() {
    const answers = chan<number>(2);
    for (const replica of [1, 2]) go(() => answers.send(replica));
    yield* answers.recv();
  },
};

const forgottenDefault: Bug = {
  name: "forgotten default: a notification that should be dropped when one is pending blocks",
  within: 20,
  fails: /^goroutines leaked/,
  *program() {
    const dirty = chan<void>(1);
    for (let i = 0; i < 2; i++) go(() => dirty.send());
    yield* dirty.recv();
    go(() => dirty.send());
  },
  *fixed() {
    const dirty = chan<void>(1);
    for (let i = 0; i < 2; i++) go(() => select({ sent: dirty.send(), default: true }));
    yield* dirty.recv();
    go(() => select({ sent: dirty.send(), default: true }));
  },
};

function* consume(ctx: Context, jobs: Chan<string>, done: string[], again: boolean) {
  for (;;) {
    const s = yield* select({ job: jobs.recv(), stop: ctx.done().recv() });
    if (s.case === "stop") return;
    // Both may have been ready, and then either is taken.
    if (again && ctx.err() !== undefined) return;
    done.push(`${s.value}${ctx.err() === undefined ? "" : " after the cancel"}`);
  }
}

const cancelLoses: Bug = {
  name: "a cancel that loses the select against work that is ready too",
  within: 30,
  fails: /^panic: did a job after the cancel/,
  *program() {
    const [ctx, cancel] = withCancel(background());
    const jobs = chan<string>(1);
    const done: string[] = [];
    const worker = go(consume, ctx, jobs, done, false);
    cancel();
    yield* jobs.send("a job");
    yield* worker.join();
    for (const each of done) check(!each.endsWith("cancel"), `did ${each}`);
  },
  *fixed() {
    const [ctx, cancel] = withCancel(background());
    const jobs = chan<string>(1);
    const done: string[] = [];
    const worker = go(consume, ctx, jobs, done, true);
    cancel();
    yield* jobs.send("a job");
    yield* worker.join();
    for (const each of done) check(!each.endsWith("cancel"), `did ${each}`);
  },
};

const checkedTooEarly: Bug = {
  name: "a context that is checked before the wait instead of during it",
  within: 20,
  fails: /^(goroutines leaked|all goroutines are asleep)/,
  *program() {
    const [ctx, cancel] = withTimeout(background(), 10);
    const reply = chan<string>();
    const client = go(function* client() {
      if (ctx.err() !== undefined) return;
      yield* reply.recv(); // the server never answers
    });
    yield* sleep(20);
    cancel();
    yield* client.join();
  },
  *fixed() {
    const [ctx, cancel] = withTimeout(background(), 10);
    const reply = chan<string>();
    const client = go(function* client() {
      yield* select({ reply: reply.recv(), late: ctx.done().recv() });
    });
    yield* sleep(20);
    cancel();
    yield* client.join();
  },
};

export const channels: readonly Bug[] = [
  doubleClose,
  sendAfterClose,
  closedTooEarly,
  nobodyCloses,
  leakAfterTimeout,
  firstWins,
  forgottenDefault,
  cancelLoses,
  checkedTooEarly,
];
