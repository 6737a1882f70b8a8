/** A select of a shared and a local channel, which another thread and this one want to serve: one of them does. */
import { chan, go, run, select, wait } from "millrace";
import { sharedChan } from "millrace/threads";
import { expect, test } from "vitest";
import { HEAD } from "../../src/threads/memory/layout.ts";
import { memory } from "../../src/threads/memory/memory.ts";
import { pack } from "../../src/threads/values/slot.ts";
import { turns } from "../kit/turns.ts";
import { start } from "./kit.ts";

test("whoever comes first serves it; the other is told that nobody waits", () =>
  run(function* () {
    const shared = sharedChan<string>();
    const local = chan<string>();
    const slot = memory.alloc(16) + HEAD;
    pack(slot, shared, "given");
    const word = memory.alloc(16) + HEAD;
    const child = yield* wait(start("rival.ts", { slot, word, times: 20 }));
    /** What the other thread's send says. This thread has no turn meanwhile, so it has not heard of it. */
    const rivalSends = (): boolean => {
      Atomics.store(memory.i32, word, 1);
      Atomics.notify(memory.i32, word);
      while (Atomics.load(memory.i32, word) === 1);
      return Atomics.load(memory.i32, word) === 2;
    };
    const parked = () => go(() => select({ shared: shared.recv(), local: local.recv() }));
    for (let i = 0; i < 10; i++) {
      const theirs = parked();
      yield* wait(turns());
      expect([rivalSends(), local.trySend("local")]).toEqual([true, false]);
      expect(yield* theirs.join()).toEqual({ case: "shared", value: "shared" });

      const ours = parked();
      yield* wait(turns());
      expect([local.trySend("local"), rivalSends()]).toEqual([true, false]);
      expect(yield* ours.join()).toEqual({ case: "local", value: "local" });
    }
    yield* wait(child.stop());
  }));
