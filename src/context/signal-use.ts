/**
 * Whether anybody would notice that a signal fires.
 *
 * Nothing public says so. Listeners can be asked for in Node; not so the signals that `AbortSignal.any` made of this one,
 * which hold it weakly. What can be seen of them differs:
 * - Node 20, 22 and 26 list them as dependants from the start;
 * - Node 24 does so only while somebody listens to them, so whether `any` looked at a signal must be seen when it does: it
 *   reads a property of Node's own and next `aborted`. Adding or removing a listener reads the first too, so at worst a
 *   look at `aborted` just after that is taken for it;
 * - other hosts show nothing.
 *
 * So the host is put to the test once, with signals of our own, and where that fails every signal counts as used. An
 * abort that is lost is worse than a signal that is kept until the contexts above have ended.
 */
import { builtin } from "../runtime/host.ts";

interface Events {
  getEventListeners?(target: object, type: string): readonly unknown[];
}

/** What this host lets us see. */
interface Sight {
  /** The property that `AbortSignal.any` reads just before `aborted`; null where dependants are listed. */
  readonly mark: PropertyKey | null;
}

let sight: Sight | null | undefined;

/** What `AbortSignal.any` was seen to look at. */
const combined = new WeakSet<AbortSignal>();
let marked: WeakRef<AbortSignal> | null = null;

/** To be called when a signal is made, before anybody has it. */
export function watchUse(signal: AbortSignal): void {
  sight ??= look();
  if (sight !== null && sight.mark !== null) watchMark(signal, sight.mark);
}

/** Whether anybody would notice that `signal`, which is watched, fires: yes, where that can't be told. */
export function inUse(signal: AbortSignal): boolean {
  return !sight || listened(signal) || combined.has(signal) || dependants(signal) > 0;
}

/** Calls `fn` each time that somebody listens to `signal` or makes another of it. Only for one of which `inUse` said no. */
export function onUse(signal: AbortSignal, fn: () => void): void {
  const key = ownKey(signal, "kComposite");
  if (key === undefined) return;
  const value: unknown = Reflect.get(signal, key);
  // Whatever Node does with a signal, it first asks whether that is one made of others.
  Object.defineProperty(signal, key, {
    configurable: true,
    get() {
      fn();
      return value;
    },
  });
}

function listened(signal: AbortSignal): boolean {
  return ((builtin("node:events") as Events).getEventListeners?.(signal, "abort").length ?? 1) > 0;
}

function dependants(signal: AbortSignal): number {
  const key = ownKey(signal, "kDependantSignals");
  return key === undefined ? 0 : ((Reflect.get(signal, key) as Set<unknown> | null)?.size ?? 0);
}

function ownKey(signal: AbortSignal, name: string): symbol | undefined {
  return Object.getOwnPropertySymbols(signal).find((key) => key.description === name);
}

function watchMark(signal: AbortSignal, mark: PropertyKey): void {
  Object.defineProperties(signal, {
    [mark]: {
      configurable: true,
      get(this: AbortSignal) {
        marked = new WeakRef(this);
      },
    },
    aborted: {
      configurable: true,
      get(this: AbortSignal) {
        if (marked?.deref() === this) combined.add(this);
        marked = null;
        return Reflect.get(AbortSignal.prototype, "aborted", this) as boolean;
      },
    },
  });
}

/** Puts the host to the test. Null: it does not let us see enough. */
function look(): Sight | null {
  const events = builtin("node:events") as Events | undefined;
  if (events?.getEventListeners === undefined || typeof AbortSignal.any !== "function") return null;
  const { signal } = new AbortController();
  AbortSignal.any([signal]);
  const mark = dependants(signal) > 0 ? null : findMark();
  if (mark === undefined || !seesUse((fresh) => AbortSignal.any([fresh]))) return null;
  if (!seesUse((fresh) => fresh.addEventListener("abort", () => {}))) return null;
  if (mark === null) return { mark };
  const { signal: watched } = new AbortController();
  watchMark(watched, mark);
  AbortSignal.any([watched]);
  return combined.has(watched) ? { mark } : null;
}

/** What `AbortSignal.any` reads just before `aborted`; undefined when there is no such property, or it has a value. */
function findMark(): PropertyKey | undefined {
  const { signal } = new AbortController();
  const read: PropertyKey[] = [];
  const spy = new Proxy(signal, {
    get(target, key) {
      read.push(key);
      return Reflect.get(target, key) as unknown;
    },
  });
  try {
    AbortSignal.any([spy]);
  } catch {
    return undefined; // it takes no proxies
  }
  const mark = read[read.indexOf("aborted") - 1];
  return mark === undefined || mark in signal ? undefined : mark;
}

function seesUse(use: (signal: AbortSignal) => void): boolean {
  const { signal } = new AbortController();
  let seen = false;
  onUse(signal, () => {
    seen = true;
  });
  use(signal);
  return seen;
}
