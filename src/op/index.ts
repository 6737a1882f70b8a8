/**
 * For primitives of your own: what an operation is made of. One that is written with it has the same rights as those of
 * this library: `yield*`, `await`, `select`, dumps, the inspector, the stepper and exploration.
 *
 * @module millrace/op
 */

export { NO, Operation } from "../runtime/op.ts";
export type { On, Thing } from "../runtime/thing.ts";
export type { WaitReason } from "../runtime/types.ts";
export { made } from "../runtime/unused.ts";
export { Relay, Waiter, WaitQueue } from "../runtime/waiter.ts";
export { currentRun, type Run, touch } from "./run.ts";
