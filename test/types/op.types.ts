/** What a program may use of an operation, and that nothing else of it is in the public type. */
import { chan, type Op, select } from "millrace";
import { type Action, Mutex } from "millrace/sync";
import { type Equal, expectType } from "./equal.ts";

expectType<Equal<Extract<keyof Op<number>, string>, "then">>();
expectType<Equal<Extract<keyof ReturnType<Mutex["lock"]>, string>, "then">>();

const op: Op<number | undefined> = chan<number>().recv();
// @ts-expect-error - for the engine, and for primitives: `Operation` of millrace/op
void op.attempt;
// @ts-expect-error
void op.enqueue;
// @ts-expect-error
void op.verb;

const action: Action<number> = new Mutex().withLock(() => 1);
// @ts-expect-error - what can only be performed is not an operation
const notAnOp: Op<number> = action;
void select({ notAnOp });
