/** Go's package `runtime`. */
import { unexpected, whole } from "./args.ts";
import { environment, processors } from "./host.ts";
import { m } from "./m.ts";
import { checkHandler } from "./on-panic.ts";
import { NO, Operation } from "./op.ts";
import { Goexit } from "./panic.ts";
import { NOTHING, type Thing } from "./thing.ts";
import { currentStack } from "./traceback.ts";
import type { GoroutineInfo, Op, PanicHandler, ThreadsInfo } from "./types.ts";
import { made } from "./unused.ts";
import { type Waiter, WaitQueue } from "./waiter.ts";

/** The async functions that let others go first. */
const asyncs = new WaitQueue();

class Gosched extends Operation<void> {
  override get verb(): string {
    return "yield";
  }

  override get on(): null {
    return null;
  }

  override attempt(): NO {
    return NO;
  }

  /** A goroutine is ready at once, and so goes to the tail of the run queue. */
  override enqueue(w: Waiter): void {
    const { g } = w;
    if (g !== null) {
      g.p.clock.yielded?.(g);
      w.complete(undefined, true);
    } else {
      asyncs.push(w);
      m.afterOthers(() => asyncs.shift()?.complete(undefined, true));
    }
  }

  override dequeue(w: Waiter): void {
    asyncs.remove(w);
  }
}

/** It has no state, so one serves all. */
const gosched = new Gosched();

class GoexitOp extends Operation<never> {
  override get verb(): string {
    return "exit";
  }

  override get on(): Thing {
    return NOTHING;
  }

  override attempt(): never {
    const g = m.curg;
    // An async function: it ends like any other that throws, and the scheduler knows this error when it gets there.
    if (g === null) throw new Goexit();
    g.p.exits(g);
    throw new Goexit();
  }

  override enqueue(): void {}

  override dequeue(): void {}
}

let procs = 0;

/** Whoever starts the program may say how many threads it gets. */
function wanted(): number {
  const text = environment("MILLRACE_THREADS");
  if (text === undefined || text === "") return processors();
  if (!/^[1-9]\d{0,8}$/.test(text)) throw unexpected("MILLRACE_THREADS", "a whole number", text);
  return Number(text);
}

/** What a program can ask of, and tell, the scheduler: Go's package `runtime`, for the run it is asked in. */
export interface Runtime {
  /** How many goroutines there are that have not ended. */
  numGoroutine(): number;
  /** How many threads the machine can run at once. */
  numCPU(): number;
  /**
   * The most threads that goroutines run on at once; with `n`, sets it. Gives the setting before. Goroutines started
   * from plain closures stay on their own thread whatever it says.
   *
   * @param n how many from now on: a whole number; as in Go, less than 1 only asks
   * @throws ArgumentError when `n` is no whole number
   */
  gomaxprocs(n?: number): number;
  /** Lets all other runnable goroutines run first. Never blocks otherwise. */
  gosched(): Op<void>;
  /**
   * Ends the goroutine that performs it: throws a `Goexit`, once. Its `finally` blocks and `using` declarations run whole,
   * the operations in them included, as Go's deferred functions do; a `join` gives `undefined`. A `catch` should throw it
   * again: one that does not lets the goroutine go on. When main does this, the run goes on until no goroutine is left,
   * which is a deadlock, as in Go.
   * Source: https://pkg.go.dev/runtime#Goexit
   */
  goexit(): Op<never>;
  /** How many threads run parallel functions, how many of them are there and at work, and why there is one alone. */
  threads(): ThreadsInfo;
  /** All goroutines that have not ended, with their stacks. */
  goroutines(): GoroutineInfo[];
  /** The stack of the code that calls it, as Go prints it. */
  stack(): string;
  /**
   * Sets what decides about panics of the default run, in place of the process's end: an error of a goroutine started
   * outside of `run` and `main` that nothing joins, a failed job of a pool made there. Gives the handler before.
   *
   * @param handler gets the error and the goroutine; `"goroutine"` ends that one alone. `undefined` for none
   * @throws ArgumentError when `handler` is no function
   */
  onPanic(handler: PanicHandler | undefined): PanicHandler | undefined;
}

/**
 * Go's package `runtime`.
 * Source: https://pkg.go.dev/runtime
 *
 * @example
 * ```ts
 * import { go, run, runtime } from "millrace";
 * await run(function* () {
 *   go(function* () { yield* runtime.gosched(); });
 *   console.log(runtime.numGoroutine()); // 2
 * });
 * ```
 */
export const runtime: Runtime = {
  numGoroutine() {
    const p = m.current();
    return p.allgs.length + (m.others?.away(p) ?? 0);
  },
  numCPU: processors,
  threads: () => m.others?.threads() ?? { count: 1, alive: 0, busy: 0, why: "the program has no parallel function" },
  gomaxprocs(n = 0) {
    whole("runtime.gomaxprocs", n);
    if (m.others !== null) return m.others.procs(n);
    if (procs === 0) procs = wanted();
    const before = procs;
    if (n > 0) procs = n;
    return before;
  },
  gosched: () => made(gosched),
  goexit: () => made(new GoexitOp()),
  goroutines: () => m.current().info(),
  stack: currentStack,
  onPanic(handler) {
    checkHandler("runtime.onPanic", handler);
    const before = m.fallback.onPanic;
    m.fallback.onPanic = handler ?? null;
    return before ?? undefined;
  },
};
