/**
 * Watching what a program asks the host for that no schedule decides: time, chance, timers. For checks that run it a
 * second time and compare; everything is put back afterwards.
 */

type Call = (...args: never[]) => unknown;

const TIMERS = ["setTimeout", "setInterval", "setImmediate", "queueMicrotask"] as const;

/** By how much clocks are off when they are: an odd number, and more than an hour. */
const OFF = 4_321_987;

/**
 * Calls `fn`; `asked` is told of each request it makes, by name, while the caller's frames are on the stack, and says
 * whether the answer is to be another than the host's: another time, another random number.
 */
export function watchHost<T>(fn: () => T, asked: (what: string) => boolean): T {
  const host = globalThis as unknown as Record<string, unknown>;
  const undo: (() => void)[] = [];
  const replace = (object: Record<string, unknown>, key: string, value: unknown): void => {
    const before = Object.getOwnPropertyDescriptor(object, key);
    if (before !== undefined && before.configurable !== true) return;
    undo.push(() => {
      if (before === undefined) delete object[key];
      else Object.defineProperty(object, key, before);
    });
    Object.defineProperty(object, key, { value, configurable: true, writable: true });
  };
  const watch = (object: unknown, key: string, what: string, other = (answer: unknown): unknown => answer): void => {
    if (typeof object !== "object" && typeof object !== "function") return;
    const owner = object as Record<string, unknown> | null;
    const original = owner?.[key];
    if (owner === null || typeof original !== "function") return;
    replace(owner, key, function (this: unknown, ...args: never[]): unknown {
      const answer = asked(what) ? other : (same: unknown): unknown => same;
      return answer((original as Call).apply(this, args));
    });
  };
  try {
    watch(Math, "random", "Math.random()", (answer) => ((answer as number) + 0.5) % 1);
    watch(host.crypto, "getRandomValues", "crypto.getRandomValues()");
    watch(host.crypto, "randomUUID", "crypto.randomUUID()");
    watch(host.performance, "now", "performance.now()", (answer) => (answer as number) + OFF);
    for (const timer of TIMERS) watch(host, timer, `${timer}()`);
    watch(host, "fetch", "fetch()");
    const date = Date;
    const watched: DateConstructor = new Proxy(date, {
      apply(target, self, args) {
        asked("Date()");
        return Reflect.apply(target as Call, self, args);
      },
      construct(target, args, self): object {
        if (args.length === 0 && asked("new Date()")) return new date(date.now() + OFF);
        return Reflect.construct(target, args, self === watched ? target : self) as object;
      },
      get(target, key, self): unknown {
        if (key === "now" && asked("Date.now()")) return () => date.now() + OFF;
        return Reflect.get(target, key, self === watched ? target : self);
      },
    });
    replace(host, "Date", watched);
    return fn();
  } finally {
    for (const back of undo.reverse()) back();
  }
}
