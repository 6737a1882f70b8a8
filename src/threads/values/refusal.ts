/** What can't travel to another thread or process, and what to do instead. */
import { Ctx } from "../../context/ctx.ts";
import { G } from "../../runtime/g.ts";
import { Operation } from "../../runtime/op.ts";
import { ArgumentError, show } from "../../runtime/panic.ts";
import { reasonOf } from "../../runtime/thing.ts";
import { Cond } from "../../sync/cond.ts";
import { ErrGroup } from "../../sync/errgroup.ts";
import { Mutex } from "../../sync/mutex.ts";
import { RWMutex } from "../../sync/rwmutex.ts";
import { Semaphore } from "../../sync/semaphore.ts";
import { WaitGroup } from "../../sync/waitgroup.ts";

/** A step from a value to what is in it: a property, an index, what a map has for a key. */
export type Step = string | number | { readonly key: unknown } | typeof KEYS | typeof VALUES | typeof INSIDE;

export const KEYS: unique symbol = Symbol(".keys()");
export const VALUES: unique symbol = Symbol(".values()");
/** To what is sent in a value's stead; it is not told. */
export const INSIDE: unique symbol = Symbol("");

/** The same for another process, where nothing arrives but data. */
export function refusalAbroad(value: unknown): string | undefined {
  if (typeof value === "function") {
    return `is ${show(value)}, and functions stay in their process; send data that says what to do`;
  }
  if (typeof value === "symbol") return `is ${String(value)}, and symbols stay in their process; send a string`;
  if (typeof value !== "object" || value === null) return undefined;
  if (value instanceof Ctx) return "is a context; give it as the option ctx of the send";
  if ("recvOk" in value || "trySend" in value) return "is a channel of this process; send the name of a fleet.chan()";
  if (typeof (value as { then?: unknown }).then === "function") {
    return "is a promise; wait for it here and send its result";
  }
  return refusal(value) === undefined ? undefined : `is ${show(value)}, which stays in its process; send plain data`;
}

/** What the host hands only to one thread, which must be known beforehand, and what to do instead. */
const ADVICE: ReadonlyMap<string, string> = new Map([
  ["MessagePort", "send what comes out of it over a sharedChan()"],
  ["ReadableStream", "send what comes out of it over a sharedChan()"],
  ["WritableStream", "send over a sharedChan() what is to go into it"],
  ["TransformStream", "send over a sharedChan() what is to go through it"],
  ["Blob", "send its bytes, which arrayBuffer() gives"],
  ["File", "send its name and its bytes, which arrayBuffer() gives"],
  ["CryptoKey", "send an exported key, and import it there"],
  ["KeyObject", "send what its export() gives"],
]);

/** What is wrong with `value`; undefined when it is an object like any other, of which the properties travel. */
export function refusal(value: unknown): string | undefined {
  if (typeof value === "function") {
    return `is ${show(value)}, and functions stay on their thread; send data that says what to do, or start a parallel() function there`;
  }
  if (typeof value === "symbol") return `is ${String(value)}, and symbols stay on their thread; send a string`;
  if (typeof value !== "object" || value === null) return undefined;
  if ("recvOk" in value || "trySend" in value) return "is a channel of this thread; make it with sharedChan()";
  if (value instanceof Operation) return `is an operation (${reasonOf(value)}); perform it here and send its result`;
  if (value instanceof G) return "is a goroutine of this thread; join it here and send its result";
  if (value instanceof Mutex || value instanceof RWMutex) return `is a lock of this thread; use SharedMutex`;
  if (value instanceof WaitGroup) return "is a WaitGroup of this thread; use SharedWaitGroup";
  if (value instanceof Semaphore) return "is a Semaphore of this thread; use SharedSemaphore";
  if (value instanceof Cond || value instanceof ErrGroup) return `is ${show(value)}, which stays on its thread`;
  if (typeof (value as { then?: unknown }).then === "function") {
    return "is a promise; wait for it here and send its result";
  }
  const kind = Object.prototype.toString.call(value).slice(8, -1);
  if (kind === "Object") return undefined;
  const name = kind === "EventTarget" ? value.constructor.name : kind;
  const advice = ADVICE.get(name);
  if (advice !== undefined) return `is a ${name}, which the host hands only to one thread, known beforehand; ${advice}`;
  if (kind === "AbortSignal") return "is an AbortSignal; send a context, which fromSignal() makes of it";
  if (kind === "AbortController") return "is an AbortController; send a context, and keep its cancel function";
  return `is ${show(value)}, which stays on its thread; send plain data`;
}

/** The error for a value that can't travel, with the way to it: `args[1].items[3]`. */
export function notSendable(where: string, path: readonly Step[], problem: string): ArgumentError {
  return new ArgumentError(`${where}${pathText(path)} ${problem}`);
}

/** A path of more steps is told by its ends. */
const MOST_STEPS = 12;
const HEAD_STEPS = 5;

function pathText(path: readonly Step[]): string {
  if (path.length <= MOST_STEPS) return path.map(stepText).join("");
  const [first, last] = [path.slice(0, HEAD_STEPS), path.slice(-HEAD_STEPS)];
  const left = path.length - 2 * HEAD_STEPS;
  return `${first.map(stepText).join("")} … ${left} steps … ${last.map(stepText).join("")}`;
}

function stepText(step: Step): string {
  if (typeof step === "symbol") return step.description ?? "";
  if (typeof step === "object") return `.get(${show(step.key)})`;
  if (typeof step === "number") return `[${step}]`;
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(step) ? `.${step}` : `[${show(step)}]`;
}
