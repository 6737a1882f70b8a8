/** The other thread of buffers.test.ts. */
import { buffers, shareBuffers } from "../../src/threads/values/buffers.ts";
import { onTold, tell } from "../../src/threads/values/tell.ts";
import { ready } from "./child.ts";

const kept: unknown[] = [];

onTold("add", (view) => {
  const all = view as Int32Array;
  for (let i = 0; i < all.length; i++) Atomics.add(all, i, 1);
  tell(0, "added", view);
});
onTold("keep", (value) => {
  kept.push(value);
  tell(0, "added", undefined);
});
onTold("echo", (value) => tell(0, "added", value));
onTold("drop", () => {
  kept.length = 0;
  setTimeout(() => {
    globalThis.gc?.();
    setTimeout(() => tell(0, "added", buffers.count), 0);
  }, 0);
});
await shareBuffers();
ready();
