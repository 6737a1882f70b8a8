/** What one goroutine sees of another's writes: Go's memory model, channel by channel. Source: https://go.dev/ref/mem */
import { expect } from "vitest";
import type { Chapter } from "./kit.ts";

export const memory: Chapter = (t) => ({
  *"the go statement is synchronized before the start of the goroutine"() {
    let a = "";
    a = "hello";
    let seen = "";
    yield* t.on(
      t
        .go(function* () {
          seen = a;
        })
        .join(),
    );
    expect(seen).toBe("hello");
  },

  *"the end of a goroutine is synchronized before a join of it"() {
    let a = "";
    const g = t.go(function* () {
      yield* t.settle();
      a = "hello";
    });
    yield* t.on(g.join());
    expect(a).toBe("hello");
  },

  *"a send is synchronized before the completion of the corresponding receive"() {
    for (const capacity of [0, 1, 10]) {
      const c = t.chan<number>(capacity);
      let a = "";
      t.go(function* () {
        a = "hello, world";
        yield* t.on(c.send(0));
      });
      yield* t.on(c.recv());
      expect(a).toBe("hello, world");
    }
  },

  *"closing is synchronized before a receive that returns because the channel is closed"() {
    for (const capacity of [0, 10]) {
      const c = t.chan<number>(capacity);
      let a = "";
      t.go(function* () {
        yield* t.settle();
        a = "hello, world";
        c.close();
      });
      yield* t.on(c.recv());
      expect(a).toBe("hello, world");
    }
  },

  *"a receive from an unbuffered channel is synchronized before the completion of the corresponding send"() {
    const c = t.chan<number>();
    let a = "";
    t.go(function* () {
      a = "hello, world";
      yield* t.on(c.recv());
    });
    yield* t.on(c.send(0));
    expect(a).toBe("hello, world");
  },

  *"the kth receive from a channel of capacity C is synchronized before the completion of the k+Cth send"() {
    for (const capacity of [1, 3]) {
      const c = t.chan<number>(capacity);
      let received = 0;
      const receiver = t.start(function* () {
        for (let k = 0; k < 20; k++) {
          yield* t.settle();
          // Counted before the receive: a send that completes because of it must see the count.
          received++;
          yield* t.on(c.recv());
        }
      });
      for (let sent = 1; sent <= 20 + capacity; sent++) {
        yield* t.on(c.send(sent));
        expect(received).toBeGreaterThanOrEqual(sent - capacity);
      }
      expect(receiver.done || received === 20).toBe(true);
    }
  },

  *"a channel of capacity n limits what runs at once to n: a counting semaphore"() {
    const limit = t.chan<void>(3);
    let running = 0;
    let most = 0;
    const workers = Array.from({ length: 10 }, () =>
      t.go(function* () {
        yield* t.on(limit.send());
        running++;
        most = Math.max(most, running);
        yield* t.settle();
        running--;
        yield* t.on(limit.recv());
      }),
    );
    for (const worker of workers) yield* t.on(worker.join());
    expect([most, running]).toStrictEqual([3, 0]);
  },

  *"a channel of capacity 1 is a lock: what it guards is not torn by operations inside"() {
    const lock = t.chan<void>(1);
    const pause = t.chan<void>(1);
    let balance = 0;
    const workers = Array.from({ length: 5 }, () =>
      t.go(function* () {
        for (let i = 0; i < 20; i++) {
          yield* t.on(lock.send());
          const read = balance;
          yield* t.on(pause.send());
          yield* t.on(pause.recv());
          balance = read + 1;
          yield* t.on(lock.recv());
        }
      }),
    );
    for (const worker of workers) yield* t.on(worker.join());
    expect(balance).toBe(100);
  },
});
