/** A select of a shared and a local channel, which another thread and this one want to serve: one of them does. */
import { chan, go, run, select, wait } from "millrace";
import { type SharedChan, sharedChan } from "millrace/threads";
import { expect, test } from "vitest";
import { HEAD } from "../../src/threads/memory/layout.ts";
import { memory } from "../../src/threads/memory/memory.ts";
import { pack } from "../../src/threads/values/slot.ts";
import { Depot } from "../kit/depot.ts";
import { turns } from "../kit/turns.ts";
import { start } from "./kit.ts";

/** Another thread that tries to send on `shared`; this thread has no turn meanwhile, so it does not hear of it. */
async function rival(shared: SharedChan<string>) {
  const slot = memory.alloc(16) + HEAD;
  pack(slot, shared, "given");
  const word = memory.alloc(16) + HEAD;
  const child = await start("rival.ts", { slot, word, times: 20 });
  /** Whether its send found somebody. */
  const sends = (): boolean => {
    Atomics.store(memory.i32, word, 1);
    Atomics.notify(memory.i32, word);
    while (Atomics.load(memory.i32, word) === 1);
    return Atomics.load(memory.i32, word) === 2;
  };
  return { sends, stop: () => child.stop() };
}

test("the one that comes first serves it; the other is told that nothing waits", () =>
  run(function* () {
    const shared = sharedChan<string>();
    const local = chan<string>();
    const { sends: rivalSends, stop } = yield* wait(rival(shared));
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
    yield* wait(stop());
  }));

test("once a local case has committed the other thread finds nothing", () =>
  run(function* () {
    const shared = sharedChan<string>();
    const depot = new Depot();
    const { sends: rivalSends, stop } = yield* wait(rival(shared));
    const parked = () => go(() => select({ shared: shared.recv(), put: depot.put("parcel") }));
    for (let i = 0; i < 10; i++) {
      const theirs = parked();
      yield* wait(turns());
      expect([rivalSends(), depot.admit()]).toEqual([true, false]);
      expect(yield* theirs.join()).toEqual({ case: "shared", value: "shared" });

      const ours = parked();
      yield* wait(turns());
      expect([depot.admit(), rivalSends()]).toEqual([true, false]);
      depot.finish();
      expect(yield* ours.join()).toEqual({ case: "put", value: "stored parcel" });
    }
    yield* wait(stop());
  }));
