/** Goroutines that start goroutines, on whatever thread they are. */
import { threadId } from "node:worker_threads";
import { type Go, go, main, runtime } from "millrace";
import { parallel } from "millrace/threads";

const tree = parallel(import.meta, "tree", function* (depth: number): Go<{ leaves: number; threads: number[] }> {
  if (depth === 0) return { leaves: 1, threads: [threadId] };
  const left = go(tree, depth - 1);
  const right = go(tree, depth - 1);
  const a = yield* left.join();
  const b = yield* right.join();
  return { leaves: a.leaves + b.leaves, threads: [...new Set([...a.threads, ...b.threads])] };
});

main(function* () {
  runtime.gomaxprocs(3);
  const { leaves, threads } = yield* go(tree, 12).join();
  console.log(leaves, threads.includes(0));
});
