/** What `Sendable` lets through. Compiled by compile.test.ts, never run. */
import { type Chan, defer, type Go, type Goroutine, go, type Op, type RecvChan, type SendChan } from "millrace";
import type { Context } from "millrace/context";
import { generate, pipeline } from "millrace/patterns";
import type { Mutex, WaitGroup } from "millrace/sync";
import {
  type Parallel,
  parallel,
  type Registered,
  type Sendable,
  SharedMutex,
  SharedWaitGroup,
  sharedChan,
} from "millrace/threads";
import { type Equal, expectType } from "./equal.ts";

declare function send<T>(value: T & Sendable<T>): T;

interface Tree {
  readonly left?: Tree;
  readonly right?: Tree;
  readonly values: Map<string, Set<Date>>;
}

interface Job {
  id: number;
  readonly tags: readonly string[];
  pair: [number, "a" | "b" | null];
  when?: Date;
  bytes: Uint8Array;
  more: Record<string, { x: bigint } | undefined>;
}

class Point {
  x = 1;
  move(by: number): void {
    this.x += by;
  }
}

/** An object of it travels, says the type. */
// biome-ignore lint/correctness/noUnusedVariables: it is merged with the class
interface Price extends Registered {}
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: what is merged is optional
class Price {
  cents = 1;
  plus(other: Price): number {
    return this.cents + other.cents;
  }
}

export function registered(price: Price, point: Registered<Point>): void {
  send(price);
  send({ list: [price], at: new Map([["a", point]]) });
  const moved = parallel(meta, "moved", (p: Registered<Point>): Registered<Point> => p);
  expectType<Equal<ReturnType<typeof moved>, Registered<Point>>>();
  go(moved, new Point());
  new Price().plus({ cents: 2, plus: () => 1 });
  send({ url: new URL("https://example.org"), query: new URLSearchParams(), headers: new Headers() });
  send([new FormData()]);
}

export function travels(job: Job, tree: Tree, ctx: Context, out: SendChan<number>, from: RecvChan<Job>): void {
  send(1);
  send("s");
  send(undefined);
  send(job);
  send([job, job]);
  send(tree);
  send({ ctx, out, from });
  send(new Map([[job, new Set([tree])]]));
  send(new Error("e", { cause: job }));
  send(new Float64Array(new SharedArrayBuffer(8)));
  send([sharedChan<number>(1), { lock: new SharedMutex(), wg: new SharedWaitGroup() }]);
  send({} as unknown);
  expectType<Equal<Sendable<Job>, Job>>();
  expectType<Equal<Sendable<number | string>, number | string>>();
}

export function stays(ch: Chan<number>, op: Op<number>, mutex: Mutex, wg: WaitGroup): void {
  // @ts-expect-error: functions
  send(() => {});
  // @ts-expect-error: within
  send({ list: [{ id: 1, done: () => {} }] });
  // @ts-expect-error: symbols
  send(Symbol("s"));
  // @ts-expect-error: promises
  send({ p: Promise.resolve(1) });
  // @ts-expect-error: operations
  send(op);
  // @ts-expect-error: channels of one thread
  send({ ch });
  // @ts-expect-error: locks of one thread
  send([mutex]);
  // @ts-expect-error: groups of one thread
  send(wg);
  // @ts-expect-error: goroutines
  send(go(() => {}) as Goroutine<void>);
  // @ts-expect-error: weak references
  send(new WeakMap<object, number>());
  // @ts-expect-error: within a map
  send(new Map([["a", () => {}]]));
  // @ts-expect-error: methods would be lost
  send(new Point());
}

const meta = { url: "here" };

export function* functions(out: SendChan<number>, ctx: Context): Go {
  const generator = parallel(meta, "a", function* (to: SendChan<number>, job: Job): Go<Tree> {
    yield* to.send(job.id);
    return { values: new Map() };
  });
  expectType<Equal<Tree, ReturnType<typeof generator> extends Generator<unknown, infer R, never> ? R : never>>();
  const joined = yield* go(generator, out, {} as Job).join();
  expectType<Equal<typeof joined, Tree>>();
  const plain = parallel(meta, "b", (c: Context, n = 1, ...rest: number[]) => [n, ...rest, c.err()?.message]);
  go(plain, ctx, 1, 2, 3);
  const asynchronous = parallel(meta, "c", async (text: string) => text.length);
  const length = yield* go(asynchronous, "text").join();
  expectType<Equal<typeof length, number>>();
  parallel(meta, "d", () => {});
  parallel(meta, "e", function* () {});
  parallel(meta, "f", (op: SendChan<number>) => op.send(1));
  parallel(meta, "g", (f: Parallel<(n: number) => number>, value: unknown) => [f(1), value]);
  parallel(meta, "h", (n: never) => n);
  // @ts-expect-error: a function that no thread knows by a name
  parallel(meta, "i", (f: (n: number) => number) => f(1));
  // @ts-expect-error: a channel of one thread
  parallel(meta, "j", (ch: Chan<number>) => ch.trySend(1));
  // @ts-expect-error: within
  parallel(meta, "k", (a: number, b: { readonly locks: readonly Mutex[] }) => [a, b.locks.length]);
  // @ts-expect-error: a result
  parallel(meta, "l", (n: number) => ({ n, next: () => n }));
  // @ts-expect-error: a generator's
  parallel(meta, "m", function* (n: number): Go<() => number> {
    return () => n;
  });
  // @ts-expect-error: what comes of a promise
  parallel(meta, "n", async (n: number) => new WeakSet([{ n }]));
}

/** What calls its function where it stands, and passes what belongs to one thread, takes no parallel one. */
export function local(numbers: Parallel<() => number[]>, nothing: Parallel<() => void>): void {
  generate(() => [1, 2]);
  // @ts-expect-error: a parallel function
  generate(numbers);
  pipeline(
    [1],
    (input) => input,
    function* (input) {
      yield* input.recv();
      yield 1;
    },
  );
  // @ts-expect-error: a parallel function
  pipeline([1], numbers);
  defer(() => {});
  // @ts-expect-error: a parallel function
  defer(nothing);
}
