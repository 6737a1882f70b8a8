/**
 * Every interleaving of a few threads that run the library's own code on shared memory, one access at a time.
 *
 * JavaScript can't stop a function between two accesses, so a thread is stepped by running it again from its start: the
 * accesses it has made before give what they gave then and touch nothing, the next one happens, and at the one after it the
 * thread is left. Threads must therefore do the same each time they see the same; what they keep outside of shared memory
 * they make anew in their body.
 *
 * The search visits each state once. A state is what is in memory and what each thread has seen so far, which decides
 * everything that it does. Words that only one thread uses make no difference to the others, so they are no steps; which
 * words those are is found out on the way, and the search begins again when one turns out to be shared.
 */

/** Left at the next access. */
const STOP = Symbol("stop");

/** How many words there are. */
const LENGTH = 2 ** 28;

interface Seen {
  readonly what: string;
  /** Undefined while the thread waits for it. */
  result: unknown;
}

interface Waiting {
  readonly thread: number;
  readonly at: number;
  /** Where in what the thread has seen the wake-up is to be noted; -1 for a wait that the thread goes on beside. */
  readonly entry: number;
}

interface State {
  /** What was written since the beginning. */
  readonly memory: Map<number, number>;
  readonly seen: Seen[][];
  readonly waiting: Waiting[];
  /** Sleeps of each thread that have ended. */
  readonly woken: number[];
  readonly done: boolean[];
  /** Who made the last access, and how often a thread had to stop though it could go on. */
  last: number;
  preempted: number;
}

export interface Limits {
  /** What is in memory to begin with. */
  readonly memory?: Iterable<[number, number]>;
  /**
   * How often a thread may be stopped that could go on; without it, as often as can be. Most faults show with two, and
   * what is left to search grows with a power of the length instead of exponentially.
   */
  readonly preemptions?: number;
}

export interface Explored {
  /** How many states there are. */
  readonly states: number;
  /** How many of them are ends, in which no thread can go on. */
  readonly ends: number;
}

export interface End {
  read(at: number): number;
  /** What each thread has noted with `note` on the way to this end. */
  readonly notes: readonly (readonly unknown[])[];
  /** Whether each thread has come to the end of its body, or sleeps. */
  readonly done: readonly boolean[];
}

export class Interleave {
  #state: State = start(0);
  #thread = 0;
  #position = 0;
  #steps = 0;
  #sleeps = 0;
  #callback: (() => void) | null = null;
  #notes: unknown[] = [];
  /** The thread is being left. */
  #left = false;
  #shared = new Set<number>();
  #users = new Map<number, number>();
  /** What was in memory to begin with. */
  #begin: ReadonlyMap<number, number> = new Map();
  #again = false;

  /** Words of memory, for code that reads them by index. */
  readonly i32: Int32Array = new Proxy({} as Int32Array, {
    get: (_, key) =>
      typeof key === "string" && /^\d+$/.test(key)
        ? this.#access("get", Number(key), () => this.#read(Number(key)))
        : key === "length"
          ? LENGTH
          : undefined,
    set: (_, key, value: number) => {
      this.#access("set", Number(key), () => void this.#state.memory.set(Number(key), value | 0));
      return true;
    },
  });

  /** What stands for the host's `Atomics`. */
  readonly atomics = {
    load: (_: unknown, at: number): number => this.#access("load", at, () => this.#read(at)),
    store: (_: unknown, at: number, value: number): number => this.#update("store", at, () => value),
    add: (_: unknown, at: number, value: number): number => this.#update("add", at, (old) => old + value),
    sub: (_: unknown, at: number, value: number): number => this.#update("sub", at, (old) => old - value),
    or: (_: unknown, at: number, value: number): number => this.#update("or", at, (old) => old | value),
    and: (_: unknown, at: number, value: number): number => this.#update("and", at, (old) => old & value),
    exchange: (_: unknown, at: number, value: number): number => this.#update("exchange", at, () => value),
    compareExchange: (_: unknown, at: number, from: number, to: number): number =>
      this.#update("cas", at, (old) => (old === from ? to : old)),
    notify: (_: unknown, at: number, count = Number.POSITIVE_INFINITY): number =>
      this.#access("notify", at, () => this.#notify(at, count)),
    wait: (_: unknown, at: number, value: number): string => this.#wait(at, value),
    waitAsync: (_: unknown, at: number, value: number): unknown => this.#waitAsync(at, value),
  };

  /** Which thread runs now. */
  get thread(): number {
    return this.#thread;
  }

  /** Notes something about the thread that runs now. */
  note(what: unknown): void {
    this.#notes.push(what);
  }

  /** Goes through all interleavings of `bodies`, and calls `check` at each end. Throws what `check` throws. */
  explore(bodies: readonly (() => void)[], check: (end: End) => void, limits: Limits = {}): Explored {
    this.#shared = new Set();
    this.#begin = new Map(limits.memory);
    const { preemptions = Number.POSITIVE_INFINITY } = limits;
    // Most shared words are found out where threads are hardly stopped, and there the search is short.
    for (let most = 0; ; most++) {
      const last = most >= Math.min(preemptions, 2);
      const explored = this.#searchAll(bodies, last ? check : () => {}, last ? preemptions : most);
      if (last) return explored;
    }
  }

  #searchAll(bodies: readonly (() => void)[], check: (end: End) => void, preemptions: number): Explored {
    for (;;) {
      this.#users = new Map();
      this.#again = false;
      const explored = this.#search(bodies, check, preemptions);
      if (explored !== null) return explored;
    }
  }

  #search(bodies: readonly (() => void)[], check: (end: End) => void, preemptions: number): Explored | null {
    const begin = start(bodies.length);
    const stack = [begin];
    const visited = new Set<string>();
    let ends = 0;
    for (let state = stack.pop(); state !== undefined; state = stack.pop()) {
      const able: State[] = [];
      for (let thread = 0; thread < bodies.length; thread++) {
        const next = copy(state);
        next.last = thread;
        if (this.#step(next, thread, bodies[thread] as () => void, 1)) able.push(next);
        if (this.#again) return null;
      }
      const goesOn = able.some((next) => next.last === state?.last);
      for (const next of able) {
        if (goesOn && next.last !== state.last && ++next.preempted > preemptions) continue;
        const key = keyOf(next) + (preemptions === Number.POSITIVE_INFINITY ? "" : ` ${next.last} ${next.preempted}`);
        if (visited.has(key)) continue;
        visited.add(key);
        stack.push(next);
      }
      if (able.length > 0) continue;
      ends++;
      const notes = bodies.map((body, thread) => {
        this.#step(state as State, thread, body, 0);
        return this.#notes;
      });
      check({ read: (at) => this.#read(at), notes, done: state.done });
    }
    return { states: visited.size, ends };
  }

  /** Lets a thread make one more access, and says whether it did. */
  #step(state: State, thread: number, body: () => void, steps: number): boolean {
    if (steps > 0 && state.done[thread] === true) return false;
    this.#state = state;
    this.#thread = thread;
    this.#position = 0;
    this.#sleeps = 0;
    this.#steps = steps;
    this.#callback = null;
    this.#notes = [];
    this.#left = false;
    try {
      body();
      for (;;) {
        const callback = this.#callback as (() => void) | null;
        if (callback === null) break;
        if (this.#sleeps > (state.woken[thread] as number)) this.#leave();
        this.#callback = null;
        callback();
      }
      state.done[thread] = true;
    } catch (error) {
      if (error !== STOP) throw error;
    }
    return this.#steps < steps;
  }

  #read(at: number): number {
    return this.#state.memory.get(at) ?? this.#begin.get(at) ?? 0;
  }

  #update(what: string, at: number, change: (old: number) => number): number {
    return this.#access(what, at, () => {
      const old = this.#read(at);
      this.#state.memory.set(at, change(old) | 0);
      return old;
    });
  }

  #access<T>(what: string, at: number, happen: () => T): T {
    // Whatever the thread does in answer to being left.
    if (this.#left) throw STOP;
    const seen = this.#state.seen[this.#thread] as Seen[];
    const name = `${what} ${at}`;
    if (this.#position < seen.length) {
      const entry = seen[this.#position++] as Seen;
      if (entry.what !== name) throw new Error(`thread ${this.#thread} did ${entry.what} before and ${name} now`);
      if (entry.result === undefined && what === "wait") return this.#leave();
      return entry.result as T;
    }
    const user = this.#users.get(at);
    if (user === undefined) this.#users.set(at, this.#thread);
    else if (user !== this.#thread && !this.#shared.has(at)) {
      this.#shared.add(at);
      this.#again = true;
    }
    if (this.#shared.has(at)) {
      if (this.#steps === 0) return this.#leave();
      this.#steps--;
    }
    this.#position++;
    const entry: Seen = { what: name, result: undefined };
    seen.push(entry);
    const result = happen();
    if (what === "wait" && result === undefined) return this.#leave();
    entry.result = result;
    return result;
  }

  #leave(): never {
    this.#left = true;
    throw STOP;
  }

  #wait(at: number, value: number): string {
    return this.#access("wait", at, () => {
      if (this.#read(at) !== value) return "not-equal";
      this.#state.waiting.push({ thread: this.#thread, at, entry: this.#position - 1 });
      return undefined as never;
    });
  }

  #waitAsync(at: number, value: number): unknown {
    const asleep = this.#access("waitAsync", at, () => {
      if (this.#read(at) !== value) return false;
      this.#state.waiting.push({ thread: this.#thread, at, entry: -1 });
      return true;
    });
    if (!asleep) return { async: false, value: "not-equal" };
    this.#sleeps++;
    const then = (callback: () => void): void => {
      this.#callback = callback;
    };
    return { async: true, value: { then } };
  }

  #notify(at: number, count: number): number {
    const { waiting, seen, woken } = this.#state;
    let n = 0;
    for (let i = 0; i < waiting.length && n < count; ) {
      const { thread, at: where, entry } = waiting[i] as Waiting;
      if (where !== at) {
        i++;
        continue;
      }
      waiting.splice(i, 1);
      if (entry < 0) woken[thread] = (woken[thread] as number) + 1;
      else {
        const blocked = (seen[thread] as Seen[])[entry] as Seen;
        (seen[thread] as Seen[])[entry] = { what: blocked.what, result: "ok" };
      }
      n++;
    }
    return n;
  }
}

function start(threads: number): State {
  const each = <T>(make: () => T): T[] => Array.from({ length: threads }, make);
  return {
    memory: new Map(),
    seen: each(() => []),
    waiting: [],
    woken: each(() => 0),
    done: each(() => false),
    last: -1,
    preempted: 0,
  };
}

function copy({ memory, seen, waiting, woken, done, last, preempted }: State): State {
  return {
    last,
    preempted,
    memory: new Map(memory),
    seen: seen.map((each) => [...each]),
    waiting: [...waiting],
    woken: [...woken],
    done: [...done],
  };
}

function keyOf({ memory, seen, waiting, woken }: State): string {
  const words = [...memory].sort(([a], [b]) => a - b);
  const lines = seen.map((each) => each.map(({ result }) => String(result)).join());
  return `${words.join()};${lines.join("/")};${waiting.map(({ thread, at }) => `${thread}@${at}`).join()};${woken.join()}`;
}
