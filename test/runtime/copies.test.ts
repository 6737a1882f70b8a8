/** Several copies of the code in one program are one runtime. */
import { readFileSync } from "node:fs";
import { chan, go, nilChan, run, runtime, select } from "millrace";
import { Operation } from "millrace/op";
import { expect, test, vi } from "vitest";
import { VERSION } from "../../src/runtime/copies.ts";

async function another(): Promise<typeof import("millrace")> {
  vi.resetModules();
  return import("millrace");
}

test("copies find each other by the version of the package", () => {
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  expect(VERSION).toBe(version);
});

test("a goroutine of one copy performs the operations of the other", async () => {
  const other = await another();
  expect(other.chan).not.toBe(chan);
  const got = await run(function* () {
    const theirs = other.chan<number>(1);
    const ours = chan<number>();
    yield* theirs.send(1);
    other.go(function* relay() {
      const v = yield* theirs.recv();
      yield* ours.send((v ?? 0) + 1);
      theirs.close();
    });
    const first = yield* select({ ours: ours.recv(), never: other.nilChan<number>().recv() });
    const second = yield* other.select([theirs.recvOk(), nilChan<number>().recv()]);
    const awaited = go(async () => await theirs.recvOk());
    return [first, second, yield* awaited.join(), runtime.numGoroutine(), other.runtime.numGoroutine()];
  });
  expect(got).toStrictEqual([
    { case: "ours", value: 2 },
    { index: 0, value: [undefined, false] },
    [undefined, false],
    1,
    1,
  ]);
});

test("operations of another copy are operations, other things are not", async () => {
  const other = await another();
  const theirs = await import("millrace/op");
  expect(theirs.Operation).not.toBe(Operation);
  expect(other.chan().recv()).toBeInstanceOf(Operation);
  expect(chan().recv()).toBeInstanceOf(theirs.Operation);
  expect(Promise.resolve()).not.toBeInstanceOf(Operation);
  expect(null).not.toBeInstanceOf(Operation);
});

test("a deadlock of goroutines of both copies is one list", async () => {
  const other = await another();
  const left = run(function* () {
    const theirs = other.chan<number>(0, { name: "theirs" });
    other.go(function* stuck() {
      yield* theirs.send(1);
    });
    yield* runtime.gosched();
    return runtime.goroutines().map((g) => [g.name, g.reason, g.channel?.name]);
  });
  expect(await left).toContainEqual(["stuck", "chan send", "theirs"]);
});
