/**
 * The race detector (Go's `-race`), for the values that it is given.
 *
 * JavaScript never tears a write, and between two operations nobody else runs. What it finds is the order that is missing:
 * two goroutines access the same thing, one to write, and under another schedule they would do it the other way round. So
 * it finds a race in a run in which it did no harm, from the order of operations alone.
 *
 * It costs nothing until the first value is watched: it follows the runtime's events, and only while the run is under way
 * in which a value was given to it, or while a value is alive that was given to it outside of any. Rejected: to watch everything, which JavaScript has no means for; to compare values, which misses what did no harm.
 */
import { callback, checkOptions, text, unexpected } from "../../runtime/args.ts";
import { m } from "../../runtime/m.ts";
import { type RaceError, show } from "../../runtime/panic.ts";
import { HappensBefore } from "./happens-before.ts";
import { KEYS, Shadow } from "./shadow.ts";

/** Options of `race`. */
export interface RaceOptions {
  /** What reports call the value; "value" by default. */
  readonly name?: string | undefined;
  /** Called with each race instead of ending the run with it. */
  readonly report?: ((race: RaceError) => void) | undefined;
  /**
   * What is accessed atomically, as with Go's `sync/atomic`: names of properties, keys of a map, or `true` for all that the
   * value holds. For what needs no lock because no operation stands between reading and writing it, such as `counter.n++`.
   * Such accesses do not race, and order what surrounds them: what came before a write comes before what follows a read
   * of it.
   */
  readonly atomic?: true | readonly unknown[] | undefined;
}

type Access = "read" | "write";

/** What orders accesses, while there is a value that is watched. */
let current: HappensBefore | null = null;
let watches = 0;

function drop(): void {
  if (--watches > 0) return;
  current?.stop();
  current = null;
}

const dropped = new FinalizationRegistry<void>(drop);

/** What the proxies of one watched value share: it lasts as long as they do, or as the run in which it was made. */
class Watch {
  readonly hb: HappensBefore;
  readonly report: ((race: RaceError) => void) | undefined;

  constructor(report: ((race: RaceError) => void) | undefined) {
    current ??= new HappensBefore();
    this.hb = current;
    this.report = report;
    watches++;
    if (m.curg !== null) m.curg.p.atEnd.push(drop);
    else dropped.register(this, undefined);
  }
}

/** What of an object is accessed atomically: all of it, some of it, nothing. */
type Atomic = true | ReadonlySet<unknown> | null;

/** One object that is watched. */
class Watched {
  readonly watch: Watch;
  readonly path: string;
  readonly #atomic: Atomic;
  readonly #shadow = new Shadow();

  constructor(watch: Watch, path: string, atomic: Atomic) {
    this.watch = watch;
    this.path = path;
    this.#atomic = atomic;
  }

  access(kind: Access, key: unknown, from: (...args: never[]) => unknown): void {
    const g = m.curg;
    // A callback of the host, an async function after an await: nobody knows whose it is.
    const { hb, report } = this.watch;
    if (g === null || g.p.over || !hb.listening) return;
    if (this.#atomic === true || this.#atomic?.has(key)) {
      this.#shadow.atomic(kind, key, hb.of(g), () => this.describe(key));
      return;
    }
    const race = this.#shadow.access(kind, key, g, hb.of(g), () => this.describe(key), from);
    if (race === null) return;
    if (report === undefined) g.p.fatal(race);
    else report(race);
  }

  describe(key: unknown): string {
    if (key === KEYS) return `the keys of ${this.path}`;
    if (typeof key === "symbol") return `${this.path}[${String(key)}]`;
    if (typeof key === "string" && /^\d+$/.test(key)) return `${this.path}[${key}]`;
    if (typeof key === "string" && /^[\w$]+$/.test(key)) return `${this.path}.${key}`;
    return `${this.path}[${show(key)}]`;
  }

  child(key: unknown): Watched {
    return new Watched(this.watch, this.describe(key), this.#atomic === true ? true : null);
  }
}

/** The proxy of each object that is watched, and which objects are such proxies. */
const proxies = new WeakMap<object, { readonly proxy: object; readonly watched: Watched }>();
const raw = new WeakMap<object, object>();

/**
 * Watches a value for data races: gives a stand-in for it that notes who reads and writes what.
 *
 * Two accesses of the same property, element or entry race when different goroutines make them, one of them writes, and
 * nothing orders the two: no channel, lock, wait group, semaphore, join, timer or `go`. The run ends with a `RaceError`,
 * which has both accesses with their stacks, and says what is missing. What plain objects, arrays, maps and sets the value
 * holds is watched too, when it is read through the stand-in.
 *
 * Accesses count that generator and plain functions make in goroutines; those of an async function until its first
 * `await`. For tests: an access costs some 10 µs for its stack, 0.3 µs where the goroutine did the same since it last synchronised;
 * each operation some 0.7 µs, until the run in which it is called ends, or, outside of any, while the stand-in is alive.
 * Source: https://go.dev/doc/articles/race_detector
 *
 * @param value an object, an array, a `Map` or a `Set`; an object with private fields (`#x`) can't have a stand-in
 * @param options `name`, for reports; `report`, called with each race instead of ending the run; `atomic`, what needs no order
 * @throws ArgumentError when `value` is none of these, or an option is wrong
 *
 * @example
 * ```ts
 * import { go, run, runtime } from "millrace";
 * import { race } from "millrace/testing";
 * const error = await run(function* () {
 *   const counter = race({ n: 0 }, { name: "counter" });
 *   for (const _ of [1, 2]) {
 *     go(function* () {
 *       const { n } = counter;
 *       yield* runtime.gosched();
 *       counter.n = n + 1;
 *     });
 *   }
 *   yield* runtime.gosched();
 *   yield* runtime.gosched();
 * }).catch((error) => error);
 * console.log(error.what); // counter.n
 * ```
 */
export function race<T extends object>(value: T, options: RaceOptions = {}): T {
  if (!watchable(value, true)) {
    throw unexpected("race", "an object, an array, a Map or a Set", value);
  }
  checkOptions("race", options, "name, report");
  const { name = "value", report, atomic } = options;
  text("race: name", name);
  callback("race: report", report);
  if (atomic !== undefined && atomic !== true && !Array.isArray(atomic)) {
    throw unexpected("race: atomic", "true or a list of names", atomic);
  }
  if (raw.has(value)) return value;
  const keys = atomic === undefined || atomic === true ? atomic : new Set(atomic.map((key) => keyOf(value, key)));
  return standIn(value, new Watched(new Watch(report), name, keys ?? null));
}

/** What an access of `key` has for it: names of properties are no numbers. */
function keyOf(value: object, key: unknown): unknown {
  if (value instanceof Map || value instanceof Set) return raw.get(key as object) ?? key;
  return typeof key === "number" ? String(key) : key;
}

/** Whether a stand-in can be made; as a part of another value only of what is nothing but data. */
function watchable(value: unknown, own: boolean): value is object {
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value) || value instanceof Map || value instanceof Set) return true;
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (prototype === null || prototype === Object.prototype) return true;
  // The host's own kinds keep their data where no stand-in reaches.
  return own && Object.prototype.toString.call(value) === "[object Object]";
}

function standIn<T extends object>(value: T, watched: Watched): T {
  if (raw.has(value)) return value;
  const known = proxies.get(value);
  if (known?.watched.watch.hb.listening) return known.proxy as T;
  const isCollection = value instanceof Map || value instanceof Set;
  const proxy = new Proxy(value, isCollection ? collection(value as never, watched) : plain(watched)) as T;
  proxies.set(value, { proxy, watched });
  raw.set(proxy, value);
  return proxy;
}

/** What is read from a watched value is watched too, where it is data. */
function part(value: unknown, key: unknown, watched: Watched): unknown {
  return watchable(value, false) ? standIn(value, watched.child(key)) : value;
}

function plain(watched: Watched): ProxyHandler<object> {
  const handler: ProxyHandler<object> = {
    get(target, key, receiver) {
      const own = Reflect.getOwnPropertyDescriptor(target, key);
      // A method or a getter of its class is no data; what it accesses comes here by itself.
      if (own === undefined && key in target) return Reflect.get(target, key, receiver);
      if (own?.get !== undefined) return Reflect.get(target, key, receiver);
      watched.access("read", key, handler.get as never);
      const value: unknown = Reflect.get(target, key, receiver);
      const fixed = own?.configurable === false && own.writable === false;
      return fixed ? value : part(value, key, watched);
    },
    set(target, key, value, receiver) {
      const own = Reflect.getOwnPropertyDescriptor(target, key);
      const isData = own === undefined ? !hasSetter(target, key) : own.set === undefined && own.get === undefined;
      if (isData) {
        watched.access("write", key, handler.set as never);
        if (own === undefined) watched.access("write", KEYS, handler.set as never);
      }
      return Reflect.set(target, key, value, receiver);
    },
    has(target, key) {
      watched.access("read", key, handler.has as never);
      return Reflect.has(target, key);
    },
    deleteProperty(target, key) {
      watched.access("write", key, handler.deleteProperty as never);
      watched.access("write", KEYS, handler.deleteProperty as never);
      return Reflect.deleteProperty(target, key);
    },
    ownKeys(target) {
      watched.access("read", KEYS, handler.ownKeys as never);
      return Reflect.ownKeys(target);
    },
  };
  return handler;
}

function hasSetter(target: object, key: PropertyKey): boolean {
  for (let at: object | null = target; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    const found = Reflect.getOwnPropertyDescriptor(at, key);
    if (found !== undefined) return found.set !== undefined || found.get !== undefined;
  }
  return false;
}

/** A map, or a set: its methods work on the real one, so each is replaced. */
function collection(target: Map<unknown, unknown> | Set<unknown>, watched: Watched): ProxyHandler<object> {
  const asMap = target as Map<unknown, unknown>;
  const isMap = target instanceof Map;
  const real = (key: unknown): unknown => raw.get(key as object) ?? key;
  const pairs = function* (): IterableIterator<[unknown, unknown]> {
    for (const [key, value] of target.entries()) {
      watched.access("read", key, pairs as never);
      yield isMap ? [key, part(value, key, watched)] : [key, key];
    }
  };
  const write = (key: unknown, isNew: boolean, from: unknown): void => {
    watched.access("write", key, from as never);
    if (isNew) watched.access("write", KEYS, from as never);
  };
  const methods: Record<PropertyKey, unknown> = {
    get(key: unknown): unknown {
      watched.access("read", real(key), methods.get as never);
      return part(asMap.get(real(key)), key, watched);
    },
    has(key: unknown): boolean {
      watched.access("read", real(key), methods.has as never);
      return target.has(real(key));
    },
    set(this: object, key: unknown, value: unknown): object {
      write(real(key), !target.has(real(key)), methods.set);
      asMap.set(real(key), value);
      return this;
    },
    add(this: object, key: unknown): object {
      if (target.has(real(key))) watched.access("read", real(key), methods.add as never);
      else write(real(key), true, methods.add);
      (target as Set<unknown>).add(real(key));
      return this;
    },
    delete(key: unknown): boolean {
      write(real(key), target.has(real(key)), methods.delete);
      return target.delete(real(key));
    },
    clear(): void {
      for (const key of target.keys()) watched.access("write", key, methods.clear as never);
      watched.access("write", KEYS, methods.clear as never);
      target.clear();
    },
    forEach(this: object, fn: (value: unknown, key: unknown, all: unknown) => void, self?: unknown): void {
      watched.access("read", KEYS, methods.forEach as never);
      for (const [key, value] of pairs()) fn.call(self, value, key, this);
    },
    entries(): IterableIterator<unknown> {
      watched.access("read", KEYS, methods.entries as never);
      return pairs();
    },
    *keys(): IterableIterator<unknown> {
      watched.access("read", KEYS, methods.keys as never);
      for (const key of target.keys()) yield key;
    },
    *values(): IterableIterator<unknown> {
      watched.access("read", KEYS, methods.values as never);
      for (const [, value] of pairs()) yield value;
    },
  };
  methods[Symbol.iterator] = isMap ? methods.entries : methods.values;
  const handler: ProxyHandler<object> = {
    get(_, key) {
      if (key === "size") {
        watched.access("read", KEYS, handler.get as never);
        return target.size;
      }
      if (Object.hasOwn(methods, key) && key in target) return methods[key];
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  };
  return handler;
}
