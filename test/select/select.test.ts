/** Bad input for `select`: it fails at the call, names the case, and says what was probably meant. */
import { ArgumentError, chan, go, nilChan, type Op, run, select } from "millrace";
import { expect, test } from "vitest";

const choose = select as unknown as (cases: unknown, options?: unknown) => Op<{ case?: string; index?: number }>;

function message(cases: unknown, options?: unknown): string {
  try {
    choose(cases, options);
  } catch (error) {
    expect(error).toBeInstanceOf(ArgumentError);
    expect((error as ArgumentError).code).toBe("BAD_ARGUMENT");
    return (error as ArgumentError).message;
  }
  return "nothing was thrown";
}

test("a channel as a case: named, with what to write instead", () => {
  expect(message({ jobs: chan() })).toMatch(/case "jobs".*recv\(\) or send\(v\)/);
  expect(message([chan()])).toMatch(/case 0 .*recv\(\) or send\(v\)/);
  expect(message({ off: nilChan() })).toMatch(/case "off".*recv\(\) or send\(v\)/);
});

test("a promise as a case", () => {
  expect(message({ reply: Promise.resolve(1) })).toMatch(/case "reply".*Promise.*wait\(promise\)/);
});

test("a goroutine as a case", async () => {
  await run(function* () {
    const worker = go(() => {});
    expect(message({ worker })).toMatch(/case "worker".*join\(\)/);
  });
});

test("an array of cases as a case", () => {
  expect(message({ some: [chan().recv()] })).toMatch(/case "some".*select\(array\)/);
});

test("a method that was not called as a case", () => {
  const ch = chan();
  expect(message({ v: ch.recv })).toMatch(/case "v".*function recv.*call/);
});

test.each([[5], ["recv"], [true], [false], [Symbol("s")], [{}], [[]], [new Date(0)]])("%o as a case", (bad) => {
  expect(message({ good: chan().recv(), bad })).toMatch(/case "bad" is no operation/);
  expect(message([chan().recv(), bad])).toMatch(/case 1 is no operation/);
});

test("default takes true and nothing else", () => {
  for (const bad of [false, 1, chan().recv(), chan(), "true", null]) {
    expect(message({ default: bad })).toMatch(/default takes true, got/);
  }
  expect(message({ a: chan().recv(), default: undefined })).toBe("nothing was thrown");
});

test("something else than cases", () => {
  for (const [bad, shown] of [
    [undefined, "undefined"],
    [null, "null"],
    [5, "5"],
    ["recv", '"recv"'],
    [() => {}, "function"],
  ] as const) {
    expect(message(bad)).toMatch(/expected an object or an array of operations/);
    expect(message(bad)).toContain(shown);
  }
});

test("an operation instead of cases", () => {
  expect(message(chan().recv())).toMatch(/expected an object or an array of operations/);
});

test("a channel instead of cases", () => {
  expect(() => choose(chan())).toThrow(ArgumentError);
  expect(() => choose(nilChan())).toThrow(ArgumentError);
});

test("a promise or a set instead of cases is refused rather than waited for in vain", () => {
  expect(message(Promise.resolve())).toMatch(/got a Promise.*wait\(promise\)/);
  expect(message(new Set([chan().recv()]))).toMatch(/got a Set.*spread/);
  expect(message(new Map([["a", chan().recv()]]))).toMatch(/got a Map/);
  const iterator = [chan().recv()].values();
  expect(message(iterator)).toMatch(/spread/);
});

test("a bad order", () => {
  for (const order of ["first", "", 1, null, true])
    expect(message({ a: chan().recv() }, { order })).toMatch(/^select: order: expected "random" or /);
});

test("cases by names that objects have anyway", async () => {
  const ch = chan<number>(1);
  ch.trySend(1);
  expect(await choose({ toString: ch.recv() })).toStrictEqual({ case: "toString", value: 1 });
  ch.trySend(2);
  expect(await choose(Object.assign(Object.create(null), { constructor: ch.recv() }))).toStrictEqual({
    case: "constructor",
    value: 2,
  });
  ch.trySend(3);
  expect(await choose({ case: ch.recv() })).toStrictEqual({ case: "case", value: 3 });
});

test("a sparse array: the holes are never ready", async () => {
  const ch = chan<number>(1);
  ch.trySend(1);
  const cases: unknown[] = [];
  cases[3] = ch.recv();
  expect(await choose(cases)).toStrictEqual({ index: 3, value: 1 });
});

test("changing the cases afterwards changes nothing", async () => {
  const a = chan<number>(1);
  const b = chan<number>(1);
  b.trySend(2);
  const cases: unknown[] = [a.recv(), b.recv()];
  const op = choose(cases);
  cases.length = 0;
  expect(await op).toStrictEqual({ index: 1, value: 2 });
});
