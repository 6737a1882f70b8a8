/** Derives n contexts with a timeout and cancels each; cancels a tree of n contexts at its root. */
import { run } from "millrace";
import { background, type Context, withCancel, withTimeout } from "millrace/context";
import { BRANCHES, check } from "../program.ts";

export function contextCancel(n: number): Promise<void> {
  return run(function* () {
    const [parent, end] = withCancel(background());
    let ended = 0;
    for (let i = 0; i < n; i++) {
      const [ctx, cancel] = withTimeout(parent, 60_000);
      cancel();
      if (ctx.err() !== undefined) ended++;
    }
    end();
    check(ended, n);
  });
}

export function contextTree(n: number): Promise<void> {
  return run(function* () {
    const [root, cancel] = withCancel(background());
    const tree: Context[] = [root];
    for (let i = 1; i < n; i++) tree.push(withCancel(tree[Math.floor((i - 1) / BRANCHES)] as Context)[0]);
    cancel();
    let ended = 0;
    for (const ctx of tree) if (ctx.err() !== undefined) ended++;
    check(ended, n);
  });
}
