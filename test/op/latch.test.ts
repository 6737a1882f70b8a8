/** A primitive that stands on `millrace/op` alone has the rights of those of the library: the latch of the guide. */
import { readFileSync } from "node:fs";
import { chan, go, listen, type Op, type RuntimeEvent, run, runtime, select } from "millrace";
import { explore } from "millrace/testing";
import { sleep } from "millrace/time";
import { describe, expect, it, onTestFinished } from "vitest";
import { isReady } from "../../src/inspector/stepper/choices.ts";
import type { Operation } from "../../src/runtime/op.ts";
import { formatAll } from "../../src/runtime/traceback.ts";
import { Latch } from "./latch.ts";

describe("Latch", () => {
  it("is the one of the guide", () => {
    const [guide, here] = ["../../docs/guide/primitives.md", "latch.ts"].map((file) =>
      readFileSync(new URL(file, import.meta.url), "utf8"),
    ) as [string, string];
    expect(guide).toContain(here.slice(here.indexOf("import")));
  });

  it("blocks until it is open, in both styles, first in, first out", async () => {
    const seen: string[] = [];
    await run(function* () {
      const latch = new Latch();
      const waiters = [
        go(function* () {
          yield* latch.wait();
          seen.push("generator");
        }),
        go(async () => {
          await latch.wait();
          seen.push("async");
        }),
      ];
      yield* sleep(1);
      expect(seen).toEqual([]);
      latch.open();
      for (const g of waiters) yield* g.join();
      yield* latch.wait();
    });
    expect(seen).toEqual(["generator", "async"]);
  });

  it("leaves nothing behind when it loses a select, and wins one", () =>
    run(function* () {
      const latch = new Latch();
      const ch = chan<number>();
      go(() => ch.send(1));
      expect(yield* select({ latch: latch.wait(), value: ch.recv() })).toEqual({ case: "value", value: 1 });
      latch.open(); // would complete a waiter that was left on the queue
      expect((yield* select({ latch: latch.wait(), value: ch.recv() })).case).toBe("latch");
    }));

  it("says in a dump what a goroutine waits for", () =>
    run(function* () {
      const latch = new Latch("gate");
      go(() => latch.wait());
      yield* runtime.gosched();
      expect(runtime.goroutines()[1]).toMatchObject({ reason: "Latch.wait", thing: '"gate"' });
      expect(formatAll(runtime.goroutines())).toContain('[Latch.wait]: "gate"');
      latch.open();
    }));

  it("is warned of in debug mode where it is not performed, and works wrapped", () =>
    run(
      function* () {
        const latch = new Latch();
        go(() => latch.wait());
        yield* runtime.gosched();
        expect(runtime.goroutines().map(({ reason }) => reason)).toContain("Latch.wait");
        latch.open();
      },
      { debug: true },
    ));

  it("is in the events by type", async () => {
    const parks: RuntimeEvent[] = [];
    onTestFinished(listen((event) => event.kind === "go-park" && parks.push(event)));
    let id = 0;
    await run(function* () {
      const latch = new Latch("gate");
      id = latch.id;
      go(() => latch.open());
      yield* latch.wait();
    });
    expect(parks[0]).toMatchObject({ verb: "wait", on: { kind: "Latch", id }, what: `Latch ${id} "gate"` });
  });

  it("says itself whether it is ready", () => {
    const latch = new Latch();
    const ready = (op: Op<unknown>): boolean | undefined => isReady(op as Operation<unknown>);
    expect(ready(select([latch.wait()]))).toBe(false);
    latch.open();
    expect(ready(latch.wait())).toBe(true);
  });

  it("is explored: a check that it is open before a wait, and an opening between", async () => {
    const seen = new Set<string>();
    const { complete, reduced } = await explore(function* () {
      const [latch, other] = [new Latch(), new Latch()];
      go(() => latch.open());
      go(() => other.open());
      yield* runtime.gosched();
      seen.add((yield* select({ open: latch.wait(), default: true })).case);
      yield* latch.wait();
      yield* other.wait();
    });
    expect([...seen].sort()).toEqual(["default", "open"]);
    expect([complete, reduced]).toEqual([true, true]);
  });
});
