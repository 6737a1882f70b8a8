/**
 * The host's async context: what `AsyncLocalStorage`, a request's store, an active span travel in.
 *
 * A goroutine runs in the scope in which it was started, after every operation, as an async function does. Scopes also
 * say which run async code belongs to: the code of a run carries that run in a storage of the library's own.
 *
 * What the host can do is tried out when this is loaded, not guessed from its version:
 *
 * - `frames` (Node 24): a scope is an immutable frame, and the frame that is in force can be read and set, in less than a
 *   nanosecond. So the scheduler sets the frame of a goroutine before it resumes it, and reads it afterwards.
 * - Otherwise a scope is an `AsyncResource`, which costs 50 ns to make and 12 to enter. Invariant: a goroutine whose scope
 *   is null runs in its run's, which is entered once a turn of the scheduler. While no store is in use, all are null; a
 *   host that can't tell (Bun, Deno) has a scope for each goroutine.
 *
 * Rejected: `AsyncLocalStorage.snapshot()` (1 to 10 µs); an `AsyncResource` for each goroutine everywhere (three times the
 * cost of an empty one on Node 20); wrapping `AsyncLocalStorage.prototype.run` to know whether stores are in use (the
 * program's globals are not ours to change).
 */
import { once } from "./copies.ts";
import { builtin } from "./host.ts";
import type { P } from "./proc.ts";

/** A captured scope: a frame, undefined for one without stores; or a resource, null for the run's own scope. */
export type AsyncScope = object | null | undefined;

interface Storage {
  run<R>(store: unknown, fn: () => R): R;
  getStore(): unknown;
  disable(): void;
}

interface Resource {
  asyncId(): number;
  runInAsyncScope<A extends unknown[], R>(fn: (...args: A) => R, self: unknown, ...args: A): R;
}

interface AsyncHooks {
  readonly AsyncLocalStorage: new () => Storage;
  readonly AsyncResource: new (type: string, options: { requireManualDestroy: boolean }) => Resource;
  executionAsyncId(): number;
}

/** The frame that is in force. */
export interface Frames {
  current(): AsyncScope;
  set(frame: AsyncScope): void;
}

interface Host {
  readonly hooks: AsyncHooks;
  /** Holds the run that the code belongs to. */
  readonly owner: Storage;
  readonly frames: Frames | null;
  /** How many fields a resource has besides the stores in it; 0 where it does not show stores. */
  readonly bare: number;
}

/** The host need not watch for the collection of a scope. */
const MANUAL = { requireManualDestroy: true };

const host: Host | null = once("async scopes", tryHost);

/** Reads and sets the frame in force, where the host has frames. */
export const frames: Frames | null = host === null ? null : host.frames;

const executing: () => number = host === null ? () => 0 : host.hooks.executionAsyncId;

/** Whether the host tells which run async code belongs to. */
export const knowsOwners: boolean = host !== null;

function tryHost(): Host | null {
  const hooks = builtin("node:async_hooks") as Partial<AsyncHooks> | undefined;
  if (hooks?.AsyncLocalStorage === undefined || hooks.AsyncResource === undefined) return null;
  const { AsyncLocalStorage, AsyncResource } = hooks;
  const storage = new AsyncLocalStorage();
  const outside = new AsyncResource("millrace", MANUAL);
  const inside = storage.run(storage, () => new AsyncResource("millrace", MANUAL));
  const works = inside.runInAsyncScope(() => storage.getStore(), null) === storage;
  const keys = Object.getOwnPropertySymbols(outside);
  const shown = Object.getOwnPropertySymbols(inside).length > keys.length;
  const framed = keys.map((key) => framesOf(fieldOf(inside, key), storage)).find((each) => each !== null);
  storage.disable();
  if (!works) return null;
  return {
    hooks: hooks as AsyncHooks,
    owner: new AsyncLocalStorage(),
    frames: framed ?? null,
    bare: shown ? keys.filter((key) => typeof fieldOf(outside, key) === "number").length : 0,
  };
}

/** How to read and set frames, if `frame` is one: the one in force while `storage` has a store. */
function framesOf(frame: unknown, storage: Storage): Frames | null {
  if (typeof frame !== "object" || frame === null) return null;
  const { current, set } = frame.constructor as unknown as Partial<Frames>;
  if (typeof current !== "function" || typeof set !== "function") return null;
  const before = current();
  set(frame);
  const works = current() === frame && storage.getStore() === storage;
  set(before);
  return works && storage.getStore() === undefined ? { current, set } : null;
}

function fieldOf(resource: Resource, key: symbol): unknown {
  return (resource as unknown as Record<symbol, unknown>)[key];
}

// The last answer: to ask the storage costs as much as an operation, and mostly the frame is the same again.
let lastFrame: AsyncScope;
let lastOwner: P | undefined;

/** The run that the code which runs now belongs to; undefined outside of any, and where the host can't tell. */
export function owner(): P | undefined {
  if (host === null) return undefined;
  if (frames === null) return host.owner.getStore() as P | undefined;
  const frame = frames.current();
  if (frame !== lastFrame) {
    lastFrame = frame;
    lastOwner = host.owner.getStore() as P | undefined;
  }
  return lastOwner;
}

/** The scope of `p`: that of the code which runs now, and what runs in it belongs to `p`. */
export function scopeOfRun(p: P): AsyncScope {
  if (host === null) return null;
  ours = host.bare === 0 ? 0 : 1;
  return host.owner.run(p, scopeOfHost);
}

/** The scope of the code that runs now, for a run that it does not belong to. */
export function scopeOfHost(): AsyncScope {
  if (host === null) return null;
  if (frames !== null) return frames.current();
  BaseClass ??= baseClass(host);
  const base = new BaseClass("run", MANUAL);
  stores ||= showsStores(host, base);
  return base;
}

/** The scope of the code that runs now, in a run whose scope is `base`. */
export function capture(base: AsyncScope): AsyncScope {
  if (frames !== null) return frames.current();
  if (host === null || base === null) return null;
  if (!stores && executing() === (base as Base).id) return null;
  const scope = new host.hooks.AsyncResource("goroutine", MANUAL);
  stores ||= showsStores(host, scope);
  return stores ? scope : null;
}

/** The scope of a goroutine that runs in its run's, which is `base`. */
export function same(base: AsyncScope): AsyncScope {
  return frames === null ? null : base;
}

/** Calls `fn` in a scope that is a resource. */
export function enter<A>(scope: object, fn: (arg: A) => void, self: unknown, arg: A): void {
  (host as Host).hooks.AsyncResource.prototype.runInAsyncScope.call(scope, fn as never, self, arg);
}

// ---- whether stores are in use, where scopes are resources -----------------------------------------------------------

/** Whether the program has a store. */
let stores = false;
/** How many stores are the library's. */
let ours = 0;

/** The scope of a run, which is known by its number. */
interface Base extends Resource {
  readonly id: number;
}

let BaseClass: (new (type: string, options: { requireManualDestroy: boolean }) => Base) | null = null;

function showsStores({ bare }: Host, scope: Resource): boolean {
  return bare === 0 || Object.getOwnPropertySymbols(scope).length > bare + ours;
}

/**
 * The class of the scopes of runs. `AsyncLocalStorage.run` in a goroutine puts the store on the scope that is entered, as
 * a field that is not there yet, so the class is told by what it inherits from.
 */
function baseClass({ hooks, bare }: Host): NonNullable<typeof BaseClass> {
  const { AsyncResource } = hooks;
  class Base extends AsyncResource {
    readonly id = this.asyncId();
  }
  if (bare === 0) return Base;
  const told = new Proxy(AsyncResource.prototype, {
    set(_, key, value, scope) {
      // The scope's own fields are numbers, and the library's store is there from the start.
      if (typeof value !== "number" && (value as Partial<P> | undefined)?.allgs === undefined) stores = true;
      return Reflect.defineProperty(scope, key, { value, writable: true, enumerable: true, configurable: true });
    },
  });
  Object.setPrototypeOf(Base.prototype, told);
  return Base;
}
