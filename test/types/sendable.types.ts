/** What `Sendable` lets through. Compiled by compile.test.ts, never run. */
import { type Chan, type Goroutine, go, type Op, type RecvChan, type SendChan } from "millrace";
import type { Context } from "millrace/context";
import type { Mutex, WaitGroup } from "millrace/sync";
import { type Sendable, SharedMutex, SharedWaitGroup, sharedChan } from "millrace/threads";
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
