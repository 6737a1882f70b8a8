/**
 * A goroutine on its way: the block in shared memory that says which function is to run with which arguments, and then
 * what came of it.
 *
 * The thread that said `go` makes it and is its owner. Whoever takes it from a queue runs it, writes the result into the
 * first cell and posts the block to the owner's inbox; the owner frees it. So a task is in one place at any time, and
 * only its owner allocates and frees.
 */

import { KIND_SCHEDULER } from "../memory/isolate.ts";
import { TASK_ARGS as ARGS, TASK_COUNT as COUNT, HEAD, TASK_RUNNER as RUNNER, SLOT_WORDS } from "../memory/layout.ts";
import { memory } from "../memory/memory.ts";
import { drop, pack, take } from "../values/slot.ts";

/** A task comes back to its owner. */
export const KIND_BACK: number = KIND_SCHEDULER;

export {
  TASK_BY as BY,
  TASK_BY_NAME as BY_NAME,
  TASK_CARRIES as CARRIES,
  TASK_CHILD as CHILD,
  TASK_COUNT as COUNT,
  TASK_FN as FN,
  TASK_GID as GID,
  TASK_OWNER as OWNER,
  TASK_RUN as RUN,
  TASK_RUNNER as RUNNER,
} from "../memory/layout.ts";

/** It has a result. */
export const RETURNED = 1;
/** Its run was over before it ended. */
export const VANISHED = 2;
/** It could not run; the result is the error that says why. */
export const FAILED = 3;
/** There was no room for what came of it. */
export const NO_ROOM = 4;
/** It has panicked, and that ends no more than it, or is for its owner to decide. */
export const PANICKED = 5;
/** In `RUNNER`: it was abandoned before it was begun, and is still in a queue; or it has been taken out. It is not begun. */
export const ABANDONED = -1;
export const DISCARDED = -2;

/** This many arguments have a slot each; if there are more, the last slot holds the rest. */
const MOST = 5;

/**
 * Makes a task with these arguments.
 *
 * @throws ArgumentError when one of them can't travel
 */
export function newTask(args: readonly unknown[]): number {
  const { length } = args;
  const cells = length > MOST ? MOST : length > 1 ? length : 1;
  const task = memory.alloc((ARGS - HEAD + cells * SLOT_WORDS) * 4);
  const { i32 } = memory;
  i32[task + COUNT] = length;
  i32[task + RUNNER] = 0;
  let done = 0;
  try {
    for (; done < cells; done++) {
      const rest = length > MOST && done === MOST - 1;
      const value = rest ? args.map((arg, i) => (i < done ? null : arg)) : args[done];
      pack(task + ARGS + done * SLOT_WORDS, value, rest ? "go: args" : `go: args[${done}]`);
    }
  } catch (error) {
    while (--done >= 0) drop(task + ARGS + done * SLOT_WORDS);
    memory.free(task);
    throw error;
  }
  return task;
}

/** Takes the arguments out of a task. */
export function argsOf(task: number): unknown[] {
  const length = memory.i32[task + COUNT] as number;
  const args: unknown[] = new Array(length);
  const cells = Math.min(length, MOST);
  for (let i = 0; i < cells; i++) {
    const value = take(task + ARGS + i * SLOT_WORDS);
    if (length > MOST && i === MOST - 1) {
      const rest = value as unknown[];
      for (let j = i; j < length; j++) args[j] = rest[j];
    } else args[i] = value;
  }
  return args;
}

/** Gives up the arguments of a task that nobody will run. */
export function dropArgs(task: number): void {
  const cells = Math.min(memory.i32[task + COUNT] as number, MOST);
  for (let i = 0; i < cells; i++) drop(task + ARGS + i * SLOT_WORDS);
}

/** Writes what came of it. */
export function putResult(
  task: number,
  value: unknown,
  state: typeof RETURNED | typeof FAILED | typeof PANICKED = RETURNED,
): void {
  pack(task + ARGS, value, "the result of a parallel function");
  memory.i32[task + COUNT] = state;
}

/** Gives up what came of it, for which nobody waits. */
export function dropResult(task: number): void {
  if (memory.i32[task + COUNT] !== VANISHED) drop(task + ARGS);
}

export function takeResult(task: number): unknown {
  return take(task + ARGS);
}
