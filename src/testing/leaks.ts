/**
 * Goroutines that a test leaves behind: in the default run, in runs that are still under way, and in those that ended
 * well while some of their goroutines could never have gone on.
 *
 * What is left is judged once nothing can go on by itself: nobody is runnable, no operation waits for its slice, and the
 * host had its turns. Rejected: to wait some real milliseconds, as such checks do elsewhere. A slow machine would find
 * leaks that are none, and each test would pay the time. Who needs a moment longer says so: `within`.
 */
import { callback, checkOptions, millis, unexpected } from "../runtime/args.ts";
import { startTimer } from "../runtime/host.ts";
import { m } from "../runtime/m.ts";
import { LeakError } from "../runtime/panic.ts";
import type { P } from "../runtime/proc.ts";
import { whenQuiet } from "../runtime/quiet.ts";
import { formatGroups } from "../runtime/traceback.ts";
import type { GoroutineInfo } from "../runtime/types.ts";

/** Options of `noLeaks` and `leaks`. */
export interface LeakOptions {
  /** Says of a goroutine that is left whether that is meant to be so. */
  readonly ignore?: ((left: GoroutineInfo) => boolean) | undefined;
  /** How long goroutines have to end once the test has, in milliseconds of real time; 0 by default. */
  readonly within?: number | undefined;
}

/** The hooks of a test runner: `beforeEach` and `afterEach` of vitest, of `node:test`, or of another that has them. */
export interface TestHooks {
  /**
   * Has a function called before each test.
   *
   * @param fn begins to watch
   */
  beforeEach(fn: () => void): unknown;
  /**
   * Has a function called after each test.
   *
   * @param fn gives a promise that rejects when the test left goroutines behind, which must fail the test
   */
  afterEach(fn: () => Promise<void>): unknown;
}

/**
 * Watches for goroutines that are still there when the block it is in ends, and fails that block with a `LeakError`: each
 * goroutine with what it waits for, its stack and where it was started.
 *
 * Those that were there before do not count. A run of the block's own that ends well and leaves goroutines behind that can
 * never go on counts, unless it says what is to be done about them itself (the option `leaks` of `run`). Explorations
 * and bubbles report their own.
 *
 * @param options `ignore`, for those that may stay; `within`, real milliseconds they have to end
 * @throws ArgumentError when an option is wrong
 *
 * @example
 * ```ts
 * import { chan, go, LeakError } from "millrace";
 * import { noLeaks } from "millrace/testing";
 *
 * async function forgetful() {
 *   await using _ = noLeaks();
 *   const ch = chan<number>();
 *   go(function* sender() { yield* ch.send(1); }); // nobody receives
 * }
 *
 * const error = await forgetful().catch((error: LeakError) => error);
 * console.log(error instanceof LeakError && error.goroutines[0]?.reason); // chan send
 * ```
 */
export function noLeaks(options: LeakOptions = {}): AsyncDisposable {
  const { ignore, within = 0 } = checkLeaks("noLeaks", options);
  const before = new Map<P, number>();
  for (const p of all()) {
    before.set(p, p.allgs.sorted().at(-1)?.id ?? 0);
    p.sites = true;
  }
  const left: GoroutineInfo[] = [];
  const watch = (infos: readonly GoroutineInfo[]): void => void left.push(...infos);
  m.leakWatchers.push(watch);
  return {
    async [Symbol.asyncDispose]() {
      const isNew = (p: P): GoroutineInfo[] => p.info().filter(({ id }) => id > (before.get(p) ?? 0));
      const found = (): GoroutineInfo[] => {
        const each = [...left, ...all().flatMap(isNew)];
        return ignore === undefined ? each : each.filter((info) => !ignore(info));
      };
      try {
        await new Promise<void>((resolve) => whenQuiet(all, resolve));
        for (let waited = 0; waited < within && found().length > 0; waited += 5) {
          await new Promise<void>((resolve) => void startTimer(resolve, 5));
        }
        const leaked = found();
        if (leaked.length > 0) throw new LeakError(leaked, formatGroups(leaked));
      } finally {
        m.leakWatchers.splice(m.leakWatchers.indexOf(watch), 1);
        if (m.leakWatchers.length === 0) for (const p of all()) p.sites = p.debug;
      }
    },
  };
}

/**
 * Checks every test of a file, or of all files when called in a setup file: one that leaves goroutines behind fails, as
 * with `noLeaks`. Not for tests that run at the same time: each would find the goroutines of the others.
 *
 * @param hooks the `beforeEach` and `afterEach` of the test runner
 * @param options `ignore`, for those that may stay; `within`, real milliseconds they have to end after a test
 * @throws ArgumentError when a hook is no function or an option is wrong
 *
 * @example
 * ```ts no-run
 * import { leaks } from "millrace/testing";
 * import { afterEach, beforeEach } from "node:test"; // or from "vitest"
 * leaks({ beforeEach, afterEach });
 * ```
 */
export function leaks(hooks: TestHooks, options: LeakOptions = {}): void {
  const { beforeEach, afterEach } = hooks ?? {};
  if (typeof beforeEach !== "function" || typeof afterEach !== "function") {
    throw unexpected("leaks", "{ beforeEach, afterEach } of a test runner", hooks);
  }
  checkLeaks("leaks", options);
  let check: AsyncDisposable | null = null;
  beforeEach(() => {
    check = noLeaks(options);
  });
  afterEach(async () => {
    const due = check;
    check = null;
    await due?.[Symbol.asyncDispose]();
  });
}

function all(): P[] {
  return [m.fallback, ...m.runs];
}

function checkLeaks(where: string, options: LeakOptions): LeakOptions {
  checkOptions(where, options, "ignore, within");
  const { ignore, within } = options;
  callback(`${where}: ignore`, ignore);
  if (within !== undefined) millis(`${where}: within`, within);
  return options;
}
