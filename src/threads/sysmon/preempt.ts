/**
 * What the monitor asks a thread for while it has stopped it: who hogs it, and to run the others.
 *
 * Whoever was stopped stands in code of the program's, never in the library's or the host's: the monitor looks at the
 * frames and lets it go otherwise. So everything here is as consistent as it is for any callback, and the others can run
 * on top of the one that was stopped. They are ordinary goroutines afterwards; it finds what it left.
 *
 * Only goroutines run here, due timers and messages of other threads included. Promises and the host get no turn: that is
 * not ours to give. Goroutines that other threads could start are left to them. And one level deep only: the inspector
 * stops nobody who runs inside a pause, so if one of the others is a hog as well, all wait for that one.
 */
import { emit, tap } from "../../runtime/events.ts";
import { builtin } from "../../runtime/host.ts";
import { m } from "../../runtime/m.ts";
import { Grunning } from "../../runtime/status.ts";
import { isolate } from "../memory/isolate.ts";
import { THREAD_ID } from "../memory/layout.ts";
import { memory } from "../memory/memory.ts";

/** Where the monitor finds it. */
export const PREEMPT = "millrace preempt";

/** Who is stopped. */
export interface Stopped {
  readonly id: number;
  readonly name: string;
}

/** What came of running others: whether some are left, and in how many milliseconds a timer is due. */
export interface Ran {
  readonly left: boolean;
  readonly next: number;
}

/** What a stopped thread can be asked, with answers in JSON. */
export interface Preemptible {
  who(): string;
  run(ms: number): string;
}

const preemptible: Preemptible = {
  who() {
    const g = m.nested ? null : m.curg;
    return JSON.stringify(g === null ? null : ({ id: g.id, name: g.name } satisfies Stopped));
  },
  run(ms) {
    const hog = m.curg;
    if (hog === null || hog.status !== Grunning || m.nested) return "null";
    let left = false;
    let next = Infinity;
    if (tap.listener !== null) emit({ kind: "go-yield", run: hog.p.id, g: hog.id });
    m.nest(() => {
      const { source } = isolate;
      isolate.source = null;
      isolate.poll();
      isolate.source = source;
      for (const p of [...m.runs, m.fallback]) {
        if (p.nest(p.clock.now() + ms)) left = true;
        next = Math.min(next, p.timers.next - p.clock.now());
      }
    });
    if (tap.listener !== null) emit({ kind: "go-resume", run: hog.p.id, g: hog.id });
    return JSON.stringify({ left, next: Math.min(next, 2 ** 31) } satisfies Ran);
  },
};

/** Lets the monitor find it. */
export function allowPreemption(): void {
  Object.defineProperty(globalThis, Symbol.for(PREEMPT), { value: preemptible, configurable: true });
}

/** Writes down what the host calls this thread: the monitor knows it by that. */
export function noteThread(): void {
  const { threadId } = (builtin("node:worker_threads") ?? {}) as { readonly threadId?: number };
  if (threadId !== undefined) Atomics.store(memory.i32, memory.record + THREAD_ID, threadId + 1);
}
