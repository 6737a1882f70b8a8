/** The programs about contexts with `AbortController`: a child listens to its parent, and stops listening when it ends. */
import { setMaxListeners } from "node:events";
import { BRANCHES, check, type Programs } from "../program.ts";

/** A controller that is aborted with its parent, and what ends it alone. */
function derive(parent: AbortSignal): [AbortController, () => void] {
  const controller = new AbortController();
  const follow = () => controller.abort(parent.reason);
  parent.addEventListener("abort", follow, { once: true });
  return [
    controller,
    () => {
      parent.removeEventListener("abort", follow);
      controller.abort();
    },
  ];
}

/** Node warns of more than ten listeners, since they are often a leak. */
function parentOfMany(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
}

const programs: Programs = {
  async context(n) {
    const parent = parentOfMany();
    let ended = 0;
    for (let i = 0; i < n; i++) {
      const [{ signal }, cancel] = derive(parent.signal);
      const timer = setTimeout(cancel, 60_000);
      clearTimeout(timer);
      cancel();
      if (signal.aborted) ended++;
    }
    check(ended, n);
  },
  async "context-tree"(n) {
    const root = parentOfMany();
    const tree = [root];
    for (let i = 1; i < n; i++) tree.push(derive((tree[Math.floor((i - 1) / BRANCHES)] as AbortController).signal)[0]);
    root.abort();
    let ended = 0;
    for (const { signal } of tree) if (signal.aborted) ended++;
    check(ended, n);
  },
  async "context-memory"(n, meter) {
    const parent = parentOfMany();
    const all = new Array<AbortController | null>(n).fill(null);
    meter.empty();
    for (let i = 0; i < n; i++) all[i] = derive(parent.signal)[0];
    meter.full();
    check(all.length, n);
  },
};

export default programs;
