/**
 * Which job ends this thread. A thread that dies can't say much: `process.exit` was called in it, or something was thrown that
 * nobody caught, perhaps in a timer of a job that waits. So just before its end it writes into its record whose code that was:
 * the task of the goroutine that runs, or, behind an `await` or in a callback of the host, the one that the host's async context
 * says. Only async functions have that context, because to follow it makes promises slower on Node 20 and 22.
 *
 * When memory runs out nothing runs any more. Then it is the only job that was begun there, or the one that was begun last.
 */
import type { Body } from "../../runtime/body.ts";
import { builtin, macrotask } from "../../runtime/host.ts";
import { m } from "../../runtime/m.ts";
import { CULPRIT, HOW } from "../memory/layout.ts";
import { memory } from "../memory/memory.ts";
import { job, type Parallel } from "../values/registry.ts";
import { Guest } from "./guest.ts";
import { stopping } from "./recover.ts";

/** How a thread has ended, in `HOW`; 0 if it could not say. */
export const EXITED = 1;
export const THREW = 2;
export const REJECTED = 3;

interface Storage {
  run<T>(task: number, fn: (...args: never[]) => T, ...args: never[]): T;
  getStore(): number | undefined;
}

let storage: Storage | null = null;

const ASYNC_FUNCTION: unknown = Object.getPrototypeOf(async () => {});

/** From now on this thread says what ends it. Node only; elsewhere a thread does not end by itself. */
export function watchEnd(): void {
  const { AsyncLocalStorage } = (builtin("node:async_hooks") ?? {}) as {
    readonly AsyncLocalStorage?: new () => Storage;
  };
  if (AsyncLocalStorage === undefined) return;
  storage = new AsyncLocalStorage();
  job.call = callJob;
  process.on("exit", () => {
    blame(EXITED);
    // Whoever waits for a lock of this thread need not wait for long.
    stopping(memory.self);
  });
  process.on("uncaughtExceptionMonitor", (_error, origin) => {
    blame(origin === "unhandledRejection" ? REJECTED : THREW);
    // The program may handle it, and then the thread goes on.
    macrotask(forgive);
  });
}

function blame(how: number): void {
  const { i32, record } = memory;
  if (i32[record + HOW] !== 0) return;
  i32[record + HOW] = how;
  i32[record + CULPRIT] = storage?.getStore() ?? (m.curg instanceof Guest ? m.curg.task : 0);
}

function forgive(): void {
  memory.i32[memory.record + HOW] = memory.i32[memory.record + CULPRIT] = 0;
}

/** Calls the function of the job that runs now. */
function callJob(fn: Body, args: never[]): unknown {
  const g = m.curg;
  if (storage === null || !(g instanceof Guest) || Object.getPrototypeOf(fn) !== ASYNC_FUNCTION) return fn(...args);
  return storage.run(g.task, fn, ...args);
}

/** `f`, called as a job. */
export function asJob(f: Parallel): Parallel {
  if (storage === null || Object.getPrototypeOf(f.fn) !== ASYNC_FUNCTION) return f;
  const call = (...args: never[]): unknown => callJob(f.fn, args);
  return { ...f, fn: Object.defineProperty(call, "name", { value: f.fn.name }) };
}
