import { chan, run, select } from "millrace";
import { background } from "millrace/context";
import { fromIterable, fromReadable, toReadable } from "millrace/interop";
import {
  batch,
  broadcast,
  debounce,
  distribute,
  generate,
  mapConcurrent,
  mapStream,
  retry,
  throttle,
  WorkerPool,
} from "millrace/patterns";
import { connect, memory } from "millrace/remote";
import {
  Cond,
  ErrGroup,
  Limiter,
  Mutex,
  RWMutex,
  Semaphore,
  SingleFlight,
  Sometimes,
  WaitGroup,
  WindowLimiter,
} from "millrace/sync";
import { bubble, explore, leaks, noLeaks, race } from "millrace/testing";
import { SharedMutex, sharedChan, threads } from "millrace/threads";
import { FlightRecorder, start, stop } from "millrace/trace";
import { describe, expect, test } from "vitest";
import { amount, callable, flag, millis, oneOf, positive, text, whole } from "../../src/runtime/args.ts";
import { rejected, thrown } from "../kit/thrown.ts";

const message = (fn: () => unknown): string => (thrown(fn) as Error).message;

describe("a check says where, what was expected and what it got", () => {
  const wrong: [name: string, () => unknown, said: string][] = [
    ["callable", () => callable("f", 1), "f: expected a function, got 1"],
    ["callable of nothing", () => callable("f", null), "go of nil func value (f: got null)"],
    ["whole", () => whole("f: n", 1.5), "f: n: expected a whole number, got 1.5"],
    ["whole from", () => whole("f: n", 0, 1), "f: n: expected a whole number from 1 up, got 0"],
    [
      "whole from to",
      () => whole("f: n", 70_000, 0, 65_535),
      "f: n: expected a whole number from 0 to 65535, got 70000",
    ],
    ["whole to", () => whole("f: n", 64, -Infinity, 63), "f: n: expected a whole number up to 63, got 64"],
    [
      "whole or Infinity",
      () => whole("f", Number.NaN, 1, Infinity),
      "f: expected a whole number from 1 up, or Infinity, got NaN",
    ],
    ["whole and Infinity", () => whole("f", Infinity, 1), "f: expected a whole number from 1 up, got Infinity"],
    ["amount", () => amount("f", "2" as never, 0), 'f: expected a number from 0 up, got "2"'],
    ["amount from to", () => amount("f", 2, 0, 1), "f: expected a number from 0 to 1, got 2"],
    [
      "amount, finite",
      () => amount("f", Infinity, 0, Number.MAX_VALUE),
      "f: expected a finite number from 0 up, got Infinity",
    ],
    ["positive", () => positive("f", 0), "f: expected a number above 0, got 0"],
    ["millis", () => millis("f", -1), "f: expected a duration in milliseconds from 0 up, got -1"],
    ["millis of any sign", () => millis("f", Number.NaN, -Infinity), "f: expected a duration in milliseconds, got NaN"],
    ["oneOf", () => oneOf("f: by", "d" as "a", ["a", "b", "c"]), 'f: by: expected "a", "b" or "c", got "d"'],
    ["flag", () => flag("f", 1 as never), "f: expected true or false, got 1"],
    ["text", () => text("f", Symbol.iterator as never), "f: expected a string, got Symbol(Symbol.iterator)"],
  ];
  test.each(wrong)("%s", (_, fn, said) => {
    expect(message(fn)).toBe(said);
  });

  test("and gives back what is good", () => {
    expect([whole("f", 3, 1), whole("f", Infinity, 1, Infinity), amount("f", 0.5), millis("f", 0)]).toEqual([
      3,
      Infinity,
      0.5,
      0,
    ]);
    expect([positive("f", Infinity), oneOf("f", "a", ["a", "b"]), flag("f", false), text("f", "")]).toEqual([
      Infinity,
      "a",
      false,
      "",
    ]);
  });
});

type Bad = never;
/** Every function of the library that takes options. */
const TAKE_OPTIONS: Record<string, (options: Bad) => unknown> = {
  run: (options) => run(() => {}, options),
  bubble: (options) => bubble(() => {}, options),
  explore: (options) => explore(function* () {}, options),
  race: (options) => race({}, options),
  noLeaks: (options) => noLeaks(options),
  leaks: (options) => leaks({ beforeEach() {}, afterEach() {} }, options),
  chan: (options) => chan(1, options),
  select: (options) => select({ default: true }, options),
  sharedChan: (options) => sharedChan(1, options),
  "new SharedMutex": (options) => new SharedMutex(options),
  threads: (options) => threads(options),
  "new Mutex": (options) => new Mutex(options),
  "Mutex.lock": (options) => new Mutex().lock(options),
  "new RWMutex": (options) => new RWMutex(options),
  "new Cond": (options) => new Cond(new Mutex(), options),
  "new WaitGroup": (options) => new WaitGroup(options),
  "new ErrGroup": (options) => new ErrGroup(options),
  "ErrGroup.withContext": (options) => ErrGroup.withContext(background(), options),
  "new Semaphore": (options) => new Semaphore(1, options),
  "Semaphore.acquire": (options) => new Semaphore(1).acquire(1, options),
  "new SingleFlight": (options) => new SingleFlight(options),
  "new Limiter": (options) => new Limiter(1, 1, options),
  "new WindowLimiter": (options) => new WindowLimiter(1, 1, options),
  "new Sometimes": (options) => new Sometimes(options),
  mapConcurrent: (options) => mapConcurrent([], () => 1, options),
  mapStream: (options) => mapStream([], () => 1, options),
  "new WorkerPool": (options) => new WorkerPool(() => 1, options),
  "WorkerPool.submit": (options) => new WorkerPool(() => 1).submit(1, options),
  retry: (options) => retry(() => 1, options),
  batch: (options) => batch([], 1, options),
  debounce: (options) => debounce([], 1, options),
  throttle: (options) => throttle([], 1, options),
  broadcast: (options) => broadcast([], 1, options),
  distribute: (options) => distribute([], 1, options),
  generate: (options) => generate(function* () {}, options),
  fromIterable: (options) => fromIterable([], options),
  fromReadable: (options) => fromReadable(new ReadableStream(), options),
  toReadable: (options) => toReadable(chan(), options),
  connect: (options) => connect(memory(), options),
  memory: (options) => memory(options),
  "trace.start": (options) => {
    start(() => {}, options);
    stop();
  },
  "new FlightRecorder": (options) => new FlightRecorder(options),
};

describe("options that are none are refused at the call", () => {
  test.each(Object.entries(TAKE_OPTIONS))("%s", async (_, take) => {
    for (const [bad, shown] of [
      [null, "null"],
      ["fast", '"fast"'],
      [5, "5"],
      [[], "an array of 0"],
    ] as const) {
      const error = (await rejected((async () => await take(bad as never))())) as Error & { code?: string };
      expect(error.code).toBe("BAD_ARGUMENT");
      expect(error.message).toMatch(/^[\w. ]+: expected options like \{ \w+(, \w+)* \}, got /);
      expect(error.message.endsWith(`got ${shown}`)).toBe(true);
    }
  });
});

describe("an option that is undefined is one that was left out", () => {
  test.each(Object.entries(TAKE_OPTIONS))("%s", async (function_, take) => {
    const names = new Set<string | symbol>();
    const noted = new Proxy({}, { get: (_, name) => void names.add(name), has: (_, name) => !names.add(name) });
    const given = async (options: object): Promise<unknown> => await take(options as never);
    const outcome = await Promise.allSettled([given(noted)]);
    expect(names.size).toBeGreaterThan(0);
    const all = Object.fromEntries([...names].map((name) => [name, undefined]));
    const [{ status }] = await Promise.allSettled([given(all)]);
    expect(status).toBe(outcome[0].status);
    // A fleet needs its name.
    expect(status).toBe(function_ === "connect" ? "rejected" : "fulfilled");
  });
});
