/**
 * Those of this thread that wait for shared objects: which waiter a sudog stands for, and how it comes to its end.
 *
 * A plain operation queues under the lock of its object, where it looks once more whether it can complete. A select does
 * what Go's `selectgo` does: with the locks of all its shared objects, in the order of their addresses, it looks at all of
 * them, takes the first that is ready, else queues on all, in the order in which they come here: the select has drawn it.
 * Its local cases can't change meanwhile, because this thread is ours. Selects within selects, and what else is made of
 * selects, come here as one list, when the outermost has put its local waiters on their queues.
 *
 * From then on another thread can win the select at any time. So whoever of this thread wants to serve one of its local
 * waiters claims it first, with the same word (`rivals` in waiter.ts); and the other way round, when a message says that
 * another thread has won, no local waiter of that select can be served any more.
 *
 * Rejected: to queue on one object after the other (a partner found on the second could be taken by somebody else, while
 * a third takes us on the first: then we would have to be put back, and whoever passed us over would have to be told).
 */

import { once } from "../../runtime/copies.ts";
import { rivals, type Waiter } from "../../runtime/waiter.ts";
import { ALERT, isolate, KIND_WAITER } from "../memory/isolate.ts";
import { SERVING, STATUS } from "../memory/layout.ts";
import { memory } from "../memory/memory.ts";
import { LOST } from "../memory/object.ts";
import { drop } from "../values/slot.ts";
import { lock, lockAll, unlock, unlockAll } from "./lock.ts";
import type { SharedObject } from "./shared.ts";
import {
  CELL,
  DONE,
  deliver,
  enqueue,
  FAILED,
  freeSudog,
  GROUP,
  IDLE,
  LOCAL,
  newSudog,
  OBJECT,
  QUEUED,
  SERVED,
  STATE,
  serve,
  unqueue,
} from "./sudog.ts";

/** What an operation on a shared object is, as far as waiting goes. */
export interface SharedCase {
  readonly object: SharedObject;
  /** At which end it waits: `RECVQ` or `SENDQ`. */
  readonly queue: number;
  /** Puts what it gives into the cell. May throw. */
  prepare(cell: number): void;
}

/** A select that waits for shared objects. */
class Group {
  readonly root: Waiter;
  readonly leader: number;
  /** How many of its sudogs are left. */
  left: number;
  /** This thread knows that it is done. */
  won = false;

  constructor(root: Waiter, leader: number, left: number) {
    this.root = root;
    this.leader = leader;
    this.left = left;
  }

  claim(): boolean {
    this.won ||= Atomics.compareExchange(memory.i32, this.leader + DONE, 0, 1) === 0;
    return this.won;
  }
}

interface Pending {
  readonly w: Waiter;
  readonly it: SharedCase;
  s: number;
}

export class Waiting {
  // By place: dense arrays, because a sparse one becomes a dictionary.
  readonly #sudogs: number[] = [];
  readonly #waiters: (Waiter | null)[] = [];
  readonly #objects: (SharedObject | null)[] = [];
  readonly #groups: (Group | null)[] = [];
  readonly #free: number[] = [];
  /** Those that a select is about to queue. */
  #pending: Pending[] = [];
  readonly #byRoot = new Map<Waiter, Group>();
  readonly #arrived = (s: number): void => this.arrived(s);
  readonly #register = (root: Waiter): void => this.#registerAll(root);

  constructor() {
    isolate.on(KIND_WAITER, this.#arrived);
    isolate.onAlert(ALERT.lost, () => this.#lost());
    rivals.look = (root) => this.#look(root);
    rivals.claim = (root) => this.#byRoot.get(root)?.claim() ?? true;
  }

  /** How many wait. */
  get length(): number {
    return this.#sudogs.length - this.#free.length;
  }

  /** Makes `w` wait for `it`, or completes it at once. */
  enqueue(w: Waiter, it: SharedCase): void {
    if (rivals.depth > 0) {
      this.#pending.push({ w, it, s: 0 });
      rivals.register = this.#register;
      return;
    }
    let s = 0;
    try {
      s = this.prepare(it);
    } catch (error) {
      w.fail(error);
      return;
    }
    this.start(w, it.object, s);
  }

  /** A sudog with what the operation gives. */
  prepare(it: SharedCase): number {
    const s = newSudog(it.object.ptr, it.queue);
    try {
      it.prepare(s + CELL);
    } catch (error) {
      freeSudog(s);
      throw error;
    }
    return s;
  }

  /** Completes `w` at once, or queues it. */
  start(w: Waiter, object: SharedObject, s: number): void {
    const { ptr } = object;
    this.#add(s, w, object, null);
    lock(ptr);
    if (object.settle(s)) {
      unlock(ptr);
      this.deliver();
      this.arrived(s);
    } else {
      enqueue(s);
      unlock(ptr);
    }
  }

  /** Takes `w` off its queue; does nothing if it is not there. */
  leave(w: Waiter): void {
    const s = w.value;
    if (typeof s !== "number") return;
    const { i32 } = memory;
    const local = i32[s + LOCAL] as number;
    if (this.#waiters[local] !== w || this.#sudogs[local] !== s) return;
    const object = this.#objects[local] as SharedObject;
    w.value = undefined;
    // One that is on no queue yet no other thread can see.
    if (i32[s + STATE] !== IDLE) {
      lock(object.ptr);
      if (i32[s + STATE] === QUEUED) {
        unqueue(s);
        object.left();
      }
      unlock(object.ptr);
    }
    const state = i32[s + STATE] as number;
    if (state >= SERVED) {
      // It was served and will not take it: what it was given is given back when the message comes.
      this.#waiters[local] = null;
    } else {
      drop(s + CELL);
      this.#end(s, local);
    }
    this.deliver();
  }

  /** Tells those whom this thread has served. */
  deliver(): void {
    if (memory.i32[memory.record + SERVING] !== 0) deliver(this.#arrived);
  }

  /** `s` was served. */
  arrived(s: number): void {
    const { i32 } = memory;
    const local = i32[s + LOCAL] as number;
    if (this.#sudogs[local] !== s) {
      // It belonged to a thread that has died, whose place this one has taken.
      drop(s + CELL);
      freeSudog(s);
      return;
    }
    const w = this.#waiters[local] as Waiter | null;
    const object = this.#objects[local] as SharedObject;
    const ok = i32[s + STATE] === SERVED;
    const group = this.#groups[local] as Group | null;
    if (group !== null) group.won = true;
    if (w === null || w.gone) {
      if (w !== null) w.value = undefined;
      object.unwanted(s);
      this.#end(s, local);
      this.deliver();
      return;
    }
    let value: unknown;
    let failed = false;
    try {
      value = object.outcome(s, w.g);
    } catch (error) {
      value = error;
      failed = true;
    }
    w.value = undefined;
    this.#end(s, local);
    if (failed) w.fail(value);
    else w.complete(value, ok);
  }

  #add(s: number, w: Waiter, object: SharedObject, group: Group | null): void {
    const local = this.#free.pop() ?? this.#sudogs.length;
    this.#sudogs[local] = s;
    this.#waiters[local] = w;
    this.#objects[local] = object;
    this.#groups[local] = group;
    memory.i32[s + LOCAL] = local;
    w.value = s;
  }

  #end(s: number, local: number): void {
    const group = this.#groups[local] as Group | null;
    this.#sudogs[local] = 0;
    this.#waiters[local] = null;
    this.#objects[local] = null;
    this.#groups[local] = null;
    this.#free.push(local);
    if (group === null) freeSudog(s);
    else this.#endOne(group, s);
  }

  /** The leader goes last: its word is looked at for all of them. */
  #endOne(group: Group, s: number): void {
    if (s !== group.leader) freeSudog(s);
    if (--group.left > 0) return;
    freeSudog(group.leader);
    this.#byRoot.delete(group.root);
    rivals.live--;
  }

  /** The outermost select, that of `root`, is registered but for its shared cases. */
  #registerAll(root: Waiter): void {
    rivals.register = null;
    const cases: Pending[] = [];
    const others: Pending[] = [];
    for (const each of this.#pending) {
      if (each.w.gone) continue;
      // What waits on behalf of something else, of a stream that is one of the cases, say, is no part of the select.
      (each.w.root === root ? cases : others).push(each);
    }
    this.#pending = [];
    for (const { w, it } of others) this.enqueue(w, it);
    if (cases.length > 0) this.#select(root, cases, true);
  }

  /** The select of `root` takes one of its shared cases now, or none. */
  #look(root: Waiter): void {
    const cases = this.#pending.filter((each) => each.w.root === root);
    this.#pending = this.#pending.filter((each) => each.w.root !== root);
    if (this.#pending.length === 0) rivals.register = null;
    if (cases.length > 0) this.#select(root, cases, false);
  }

  /** Takes the first case that is ready; without one, puts all on their queues if the select `waits`. */
  #select(root: Waiter, cases: readonly Pending[], waits: boolean): void {
    for (const each of cases) {
      try {
        each.s = this.prepare(each.it);
      } catch (error) {
        this.#giveUp(cases);
        each.w.fail(error);
        return;
      }
    }
    const { i32 } = memory;
    const leader = (cases[0] as Pending).s;
    const group = new Group(root, leader, cases.length);
    i32[leader + DONE] = 0;
    for (const { s } of cases) i32[s + GROUP] = leader;
    const objects = sorted(cases);
    lockAll(objects);
    const ready = cases.findIndex(({ it, s }) => it.object.settle(s));
    if (ready < 0 && waits) for (let i = 0; i < cases.length; i++) enqueue((cases[i] as Pending).s);
    unlockAll(objects);
    if (ready < 0 && !waits) {
      this.#giveUp(cases);
      return;
    }
    this.deliver();
    for (const { w, it, s } of cases) this.#add(s, w, it.object, group);
    this.#byRoot.set(root, group);
    rivals.live++;
    if (ready < 0) return;
    group.won = true;
    this.arrived((cases[ready] as Pending).s);
  }

  #giveUp(cases: readonly Pending[]): void {
    for (const { s } of cases) {
      if (s === 0) continue;
      drop(s + CELL);
      freeSudog(s);
    }
  }

  /** Objects were lost with a thread that was using them, and so were their queues: those that wait for one have to be told. */
  #lost(): void {
    const { i32 } = memory;
    for (let local = 0; local < this.#sudogs.length; local++) {
      const s = this.#sudogs[local] as number;
      if (s === 0 || (i32[s + STATE] as number) >= SERVED) continue;
      if (i32[(i32[s + OBJECT] as number) + STATUS] !== LOST) continue;
      const group = this.#groups[local] as Group | null;
      if (group !== null && !group.claim()) continue;
      serve(s, FAILED);
    }
    this.deliver();
  }
}

/** The objects, each once, in the order of their addresses. */
function sorted(cases: readonly Pending[]): number[] {
  const objects = new Set(cases.map(({ it }) => it.object.ptr));
  return [...objects].sort((a, b) => a - b);
}

export const waiting: Waiting = once("waiting for shared objects", () => new Waiting());
