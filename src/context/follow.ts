/** A call at the moment a context ends: at once, since a goroutine for it might not run before its run ends. */
import type { CancelCtx } from "./cancel-ctx.ts";
import { hold, unhold, Watcher } from "./hold.ts";
import { nodeOf } from "./parent.ts";
import type { Context } from "./types.ts";

class Follower extends Watcher {
  override prev: Watcher | null = null;
  override next: Watcher | null = null;
  readonly #node: CancelCtx;
  readonly #ended: () => void;

  constructor(node: CancelCtx, ended: () => void) {
    super();
    this.#node = node;
    this.#ended = ended;
    hold(node, this);
  }

  override tell(): void {
    this.#ended();
  }

  leave(): void {
    if (!this.#node.told) unhold(this.#node, this);
  }
}

const nothing = (): void => {};

/**
 * Calls `ended`, which must not throw, when `ctx` ends; now, if it has. Gives what takes that back, to be called at most
 * once. The context keeps `ended` alive until then.
 */
export function follow(where: string, ctx: Context | undefined, ended: () => void): () => void {
  const node = ctx === undefined ? null : nodeOf(where, ctx);
  if (node === null) return nothing;
  if (node.err() !== undefined) {
    ended();
    return nothing;
  }
  const follower = new Follower(node, ended);
  return () => follower.leave();
}
