/** The inside of a channel while values pass through: hand-over bypasses the buffer, a parked value takes the freed slot. */
import { type Chan, chan, go, run, runtime } from "millrace";
import { expect, test } from "vitest";

interface Inside {
  readonly qcount: number;
  readonly dataqsiz: number;
  readonly buf: readonly unknown[];
  readonly sendx: number;
  readonly recvx: number;
  readonly closed: boolean;
}

const inside = (ch: Chan<string>): Inside => ch as unknown as Inside;

test("a value for a waiting receiver doesn't touch the buffer", async () => {
  await run(function* () {
    const ch = chan<string>(2);
    const g = go(() => ch.recv());
    yield* runtime.gosched();
    yield* ch.send("v");
    expect(inside(ch)).toMatchObject({ qcount: 0, sendx: 0, recvx: 0 });
    expect(inside(ch).buf).not.toContain("v");
    expect(yield* g.join()).toBe("v");
  });
});

test("sendx and recvx go round the ring", async () => {
  await run(function* () {
    const ch = chan<string>(3);
    for (const [i, v] of ["a", "b", "c"].entries()) {
      yield* ch.send(v);
      expect(inside(ch)).toMatchObject({ qcount: i + 1, sendx: (i + 1) % 3, recvx: 0 });
    }
    yield* ch.recv();
    yield* ch.send("d");
    expect(inside(ch)).toMatchObject({ qcount: 3, sendx: 1, recvx: 1, buf: ["d", "b", "c"] });
  });
});

test("a parked sender's value goes into the slot that its receiver freed", async () => {
  await run(function* () {
    const ch = chan<string>(2);
    yield* ch.send("a");
    yield* ch.send("b");
    go(() => ch.send("c"));
    yield* runtime.gosched();
    expect(yield* ch.recv()).toBe("a");
    expect(inside(ch)).toMatchObject({ qcount: 2, sendx: 1, recvx: 1, buf: ["c", "b"] });
  });
});

test("a slot that was read holds its value no longer", async () => {
  await run(function* () {
    const ch = chan<string>(4);
    for (const v of ["a", "b", "c"]) yield* ch.send(v);
    for (let i = 0; i < 3; i++) yield* ch.recv();
    expect(inside(ch).buf.filter((v) => v !== undefined)).toStrictEqual([]);
  });
});

test("the buffer is as long as it has to be, up to the capacity", async () => {
  await run(function* () {
    const ch = chan<string>(1000);
    expect(inside(ch).buf.length).toBeLessThan(100);
    for (let i = 0; i < 1000; i++) yield* ch.send(String(i));
    expect(inside(ch).buf.length).toBe(1000);
    expect(ch.trySend("one too many")).toBe(false);
    for (let i = 0; i < 1000; i++) expect(yield* ch.recv()).toBe(String(i));
  });
});
