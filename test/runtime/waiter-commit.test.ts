/** `Waiter.commit`: an operation that is sure to happen, and is completed later. */
import { chan, type Go, go, type Op, run, runtime, select, wait } from "millrace";
import { background, withCancel } from "millrace/context";
import { mapConcurrent } from "millrace/patterns";
import { bubble, explore } from "millrace/testing";
import { after, now, sleep } from "millrace/time";
import { describe, expect, test } from "vitest";
import { TranslatedRecv } from "../../src/chan/translated.ts";
import { m } from "../../src/runtime/m.ts";
import { Operation as Base, NO } from "../../src/runtime/op.ts";
import { Relay, type Waiter, WaitQueue } from "../../src/runtime/waiter.ts";
import { UntilDone } from "../../src/sync/until-done.ts";
import { Depot, PutOp } from "../kit/depot.ts";
import { turns } from "../kit/turns.ts";

/** A depot that has room at once. */
class OpenPut extends PutOp {
  readonly #depot: Depot;

  constructor(depot: Depot, parcel: unknown) {
    super(depot, parcel);
    this.#depot = depot;
  }

  override enqueue(w: Waiter): void {
    super.enqueue(w);
    this.#depot.admit();
  }
}

describe("a select whose case has committed", () => {
  test("takes nothing else, and comes to an end when that case does", () =>
    run(function* () {
      const depot = new Depot();
      const ch = chan<string>();
      const g = go(() => select({ put: depot.put("a"), other: ch.recv(), late: after(3_600_000).recv() }));
      yield* runtime.gosched();
      expect(depot.admit()).toBe(true);
      expect(ch.trySend("to nobody")).toBe(false);
      yield* runtime.gosched();
      expect(depot.sure.size).toBe(1);
      expect([...depot.sure].map((w) => w.gone)).toEqual([false]);
      depot.finish();
      expect(yield* g.join()).toEqual({ case: "put", value: "stored a" });
    }));

  test("throws what it fails with", () =>
    run(function* () {
      const depot = new Depot();
      const g = go(function* () {
        try {
          return yield* select([chan().recv(), depot.put("a")]);
        } catch (error) {
          return error;
        }
      });
      yield* runtime.gosched();
      depot.admit();
      depot.break("full after all");
      expect(yield* g.join()).toBe("full after all");
    }));

  test("can't commit once another case was taken", () =>
    run(function* () {
      const depot = new Depot();
      const ch = chan<string>();
      let w: Waiter | null = null;
      const g = go(() => select({ put: depot.put("a"), other: ch.recv() }));
      yield* runtime.gosched();
      w = depot.asking.first;
      yield* ch.send("b");
      expect(depot.admit()).toBe(false);
      expect(w?.commit()).toBe(false);
      expect(depot.stored).toEqual([]);
      expect(yield* g.join()).toEqual({ case: "other", value: "b" });
    }));

  test("commits once: of two cases that might, the second can't", () =>
    run(function* () {
      const depot = new Depot();
      const g = go(() => select([depot.put("a"), depot.put("b")], { order: "listed" }));
      yield* runtime.gosched();
      const second = depot.asking.last;
      expect(depot.admit()).toBe(true);
      expect(second?.gone).toBe(true);
      expect(second?.commit()).toBe(false);
      expect(depot.admit()).toBe(false);
      depot.finish();
      expect(yield* g.join()).toEqual({ index: 0, value: "stored a" });
    }));

  test("may commit while it is registered: the cases after it are not", () =>
    run(function* () {
      const depot = new Depot();
      const ch = chan<string>();
      const g = go(() => select({ put: new OpenPut(depot, "a"), other: ch.recv() }, { order: "listed" }));
      yield* runtime.gosched();
      expect(ch.trySend("to nobody")).toBe(false);
      depot.finish();
      expect(yield* g.join()).toEqual({ case: "put", value: "stored a" });
    }));

  test("as a case of another select: the cases of both leave", () =>
    run(function* () {
      const depot = new Depot();
      const [inner, outer, beside] = [chan<string>(), chan<string>(), chan<string>()];
      const g = go(() =>
        select({
          nested: select({ put: depot.put("a"), inner: inner.recv() }),
          outer: outer.recv(),
          beside: select([beside.recv()]),
        }),
      );
      yield* runtime.gosched();
      expect(depot.admit()).toBe(true);
      for (const ch of [inner, outer, beside]) expect(ch.trySend("to nobody")).toBe(false);
      depot.finish();
      expect(yield* g.join()).toEqual({ case: "nested", value: { case: "put", value: "stored a" } });
    }));

  test("is dequeued when its run ends, and no more completed", async () => {
    const depot = new Depot();
    await run(function* () {
      go(() => select({ put: depot.put("a"), other: chan().recv() }));
      void (async () => void (await select({ put: depot.put("b"), other: chan().recv() })))();
      yield* wait(turns());
      expect([depot.admit(), depot.admit()]).toEqual([true, true]);
    });
    expect(depot.sure.size).toBe(0);
    expect(depot.given).toBe(2);
  });
});

test("a plain goroutine and an async function commit, and are completed later", () =>
  run(function* () {
    const depot = new Depot();
    const plain = go(() => depot.put("plain"));
    const awaited = (async () => await depot.put("awaited"))();
    const selecting = (async () => await select([chan().recv(), depot.put("selected")]))();
    yield* wait(turns());
    expect([depot.admit(), depot.admit(), depot.admit(), depot.admit()]).toEqual([true, true, true, false]);
    depot.finish();
    expect(yield* plain.join()).toBe("stored plain");
    expect(yield* wait(awaited)).toBe("stored awaited");
    expect(yield* wait(selecting)).toEqual({ index: 1, value: "stored selected" });
  }));

test("a goroutine whose run is over can't commit", async () => {
  let left: Waiter | null = null;
  await run(function* () {
    const depot = new Depot();
    go(() => depot.put("a"));
    yield* runtime.gosched();
    left = depot.asking.first;
  });
  expect((left as Waiter | null)?.commit()).toBe(false);
});

describe("a waiter that stands for another passes it on", () => {
  /** Performs `op` as the first of two cases, and commits the waiter that `queue` holds then. */
  function* committing(op: Op<unknown>, first: () => Waiter | null): Go<readonly [boolean, boolean]> {
    const other = chan<string>();
    go(() => select([op, other.recv()]));
    yield* runtime.gosched();
    const committed = first()?.commit() === true;
    return [committed, other.trySend("to nobody")];
  }

  test("recvOk, which is translated", () =>
    run(function* () {
      const recvq = new WaitQueue();
      const source = { id: 0, name: "", p: m.current(), zero: 0, recvq, take: () => NO, kind: "none", touches: null };
      const op = new TranslatedRecv(source, (value) => value);
      expect(yield* committing(op, () => recvq.first)).toEqual([true, false]);
    }));

  test("one with a context, which can't end it any more", () =>
    run(function* () {
      const depot = new Depot();
      const [ctx, cancel] = withCancel(background());
      const g = go(() => new UntilDone(depot.put("a"), ctx));
      yield* runtime.gosched();
      expect(depot.admit()).toBe(true);
      cancel();
      yield* runtime.gosched();
      depot.finish();
      expect(yield* g.join()).toBe("stored a");
    }));

  test("a relay of one's own", () =>
    run(function* () {
      const depot = new Depot();
      const op = new Renamed(depot.put("a"));
      const other = chan<string>();
      const g = go(() => select([op, other.recv()]));
      yield* runtime.gosched();
      expect([depot.admit(), other.trySend("to nobody")]).toEqual([true, false]);
      depot.finish();
      expect(yield* g.join()).toEqual({ index: 0, value: "it is stored a" });
    }));
});

class Rename extends Relay {
  override prev: Waiter | null = null;
  override next: Waiter | null = null;
  override value: unknown = undefined;
  override proxies: Waiter["proxies"] = null;
  protected override readonly owner: Waiter;

  constructor(owner: Waiter) {
    super();
    this.owner = owner;
  }

  override complete(value: unknown, ok: boolean): void {
    this.owner.proxies = null;
    this.owner.complete(`it is ${String(value)}`, ok);
  }
}

class Renamed extends Base<string> {
  readonly #op: Base<string>;

  constructor(op: Op<string>) {
    super();
    this.#op = op as Base<string>;
  }

  override get verb(): string {
    return "put";
  }

  override get on(): null {
    return null;
  }

  override attempt(): string | NO {
    return this.#op.attempt();
  }

  override enqueue(w: Waiter): void {
    const rename = new Rename(w);
    w.proxies = rename;
    this.#op.enqueue(rename);
  }

  override dequeue(w: Waiter): void {
    if (w.proxies === null) return;
    this.#op.dequeue(w.proxies as Waiter);
    w.proxies = null;
  }
}

test("in a bubble: a timer that has lost does not move time", () =>
  bubble(function* () {
    const depot = new Depot();
    const start = now();
    const g = go(() => select({ put: depot.put("a"), late: after(1000).recv() }));
    go(function* () {
      yield* sleep(10);
      depot.admit();
      yield* sleep(5000);
      depot.finish();
    });
    expect(yield* g.join()).toEqual({ case: "put", value: "stored a" });
    expect(now().sub(start)).toBe(5010);
  }));

test("mapConcurrent's workers commit, one each", () =>
  run(function* () {
    const depot = new Depot();
    const g = go(() => mapConcurrent(["a", "b"], (parcel) => depot.put(parcel), { workers: 2 }));
    for (let i = 0; i < 4; i++) yield* runtime.gosched();
    expect([depot.admit(), depot.admit()]).toEqual([true, true]);
    depot.finish();
    expect(yield* g.join()).toEqual(["stored a", "stored b"]);
  }));

test("in every schedule: stored and told so, or taken by the channel, never both", async () => {
  const outcomes = new Set<string>();
  await explore(function* () {
    const depot = new Depot();
    const ch = chan<string>();
    const g = go(() => select({ put: depot.put("a"), other: ch.recv() }));
    const server = go(function* () {
      depot.admit();
      yield* runtime.gosched();
      depot.finish();
    });
    yield* runtime.gosched();
    const sent = ch.trySend("b");
    yield* server.join();
    const stored = depot.stored.length;
    if (stored + (sent ? 1 : 0) > 1) throw new Error(`stored ${stored} and sent ${sent}`);
    if (stored === 0 && !sent) ch.close(); // both came too early
    const s = yield* g.join();
    if ((s.case === "put") !== (stored === 1)) throw new Error(`took ${s.case}, stored ${stored}`);
    outcomes.add(`${s.case} ${String(s.value)}`);
  });
  expect([...outcomes].sort()).toEqual(["other b", "other undefined", "put stored a"]);
});
