/**
 * Who wants to be told that a context has ended, and how the news goes down the tree.
 *
 * A context is held while it has a watcher: a parked `done`, a function to be called, a signal, or a held child. Its `Hold`
 * is what it is then on its parent's list with; only then is its deadline in the heap. All of this walks in loops: a tree
 * may be a million deep.
 */
import type { P } from "../runtime/proc.ts";
import type { CancelCtx } from "./cancel-ctx.ts";

/** On the list of a held context, each at most once. */
export abstract class Watcher {
  /** Null to begin with. Each class has the fields itself: see `waiter.ts`. */
  abstract prev: Watcher | null;
  abstract next: Watcher | null;

  /** The context has ended and is consistent; everybody has left its list. */
  abstract tell(): void;
}

export class Hold extends Watcher {
  override prev: Watcher | null = null;
  override next: Watcher | null = null;
  readonly ctx: CancelCtx;
  /** Members of the list, and one for a `done` that somebody is parked on. */
  count = 0;
  first: Watcher | null = null;
  last: Watcher | null = null;

  constructor(ctx: CancelCtx) {
    super();
    this.ctx = ctx;
  }

  push(w: Watcher): void {
    w.prev = this.last;
    if (this.last === null) this.first = w;
    else this.last.next = w;
    this.last = w;
  }

  remove(w: Watcher): void {
    if (w.prev === null) this.first = w.next;
    else w.prev.next = w.next;
    if (w.next === null) this.last = w.prev;
    else w.next.prev = w.prev;
    w.prev = w.next = null;
  }

  override tell(): void {
    tell(this.ctx);
  }
}

/** Whether `up` had ended when `p`'s clock was at `when`. On another clock that can't be told: then what has ended came first. */
export function endedBefore(up: CancelCtx | null, p: P, when: number): boolean {
  return up?.err() !== undefined && (up.p.clock !== p.clock || up.at < when);
}

/** Holds `ctx` for `w`; null stands for its `done`. It must not have been told that it ended. */
export function hold(ctx: CancelCtx, w: Watcher | null): void {
  let member = w;
  for (let c: CancelCtx | null = ctx; c !== null; c = c.up) {
    c.hold ??= new Hold(c);
    if (member !== null) c.hold.push(member);
    if (c.hold.count++ > 0) return;
    c.arm();
    member = c.hold;
  }
}

/** Gives up what `hold` did. */
export function unhold(ctx: CancelCtx, w: Watcher | null): void {
  let member = w;
  for (let c: CancelCtx | null = ctx; c !== null; c = c.up) {
    const h = c.hold as Hold;
    if (member !== null) h.remove(member);
    if (--h.count > 0) return;
    c.disarm();
    member = h;
  }
}

/** `root` has ended: tells everybody who waits on it or below. First all is put in order, then they are told. */
export function tell(root: CancelCtx): void {
  if (root.told || root.err() === undefined) return;
  if (root.hold === null || root.hold.count === 0) {
    root.told = true;
    root.tell();
    return;
  }
  if (root.up !== null) unhold(root.up, root.hold);
  const ended = [root];
  const news: { tell(): void }[] = [];
  for (let i = 0; i < ended.length; i++) {
    const ctx = ended[i] as CancelCtx;
    if (ctx.error === undefined) ctx.conclude();
    ctx.told = true;
    news.push(ctx);
    const h = ctx.hold;
    if (h === null || h.count === 0) continue;
    ctx.disarm();
    h.count = 0;
    let w = h.first;
    h.first = h.last = null;
    while (w !== null) {
      const { next } = w;
      w.prev = w.next = null;
      if (w instanceof Hold) ended.push(w.ctx);
      else news.push(w);
      w = next;
    }
  }
  for (const each of news) each.tell();
}
