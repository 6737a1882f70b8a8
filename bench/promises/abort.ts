/** The programs about contexts with `AbortController`: a child's signal is any of its parent's and its own. */
import { BRANCHES, check, type Programs } from "../program.ts";

function derive(parent: AbortSignal): { readonly signal: AbortSignal; readonly cancel: () => void } {
  const own = new AbortController();
  return { signal: AbortSignal.any([parent, own.signal]), cancel: () => own.abort() };
}

const programs: Programs = {
  async context(n) {
    const parent = new AbortController();
    let ended = 0;
    for (let i = 0; i < n; i++) {
      const { signal, cancel } = derive(parent.signal);
      const timer = setTimeout(cancel, 60_000);
      clearTimeout(timer);
      cancel();
      if (signal.aborted) ended++;
    }
    check(ended, n);
  },
  async "context-tree"(n) {
    const root = new AbortController();
    const tree = [root.signal];
    for (let i = 1; i < n; i++) tree.push(derive(tree[Math.floor((i - 1) / BRANCHES)] as AbortSignal).signal);
    root.abort();
    let ended = 0;
    for (const signal of tree) if (signal.aborted) ended++;
    check(ended, n);
  },
  async "context-memory"(n, meter) {
    const parent = new AbortController();
    const all = new Array<unknown>(n).fill(null);
    meter.empty();
    for (let i = 0; i < n; i++) all[i] = derive(parent.signal);
    meter.full();
    check(all.length, n);
  },
};

export default programs;
