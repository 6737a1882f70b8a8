/** The conformance suite on the channels between threads, here used by one. */
import type { Chan } from "millrace";
import { sharedChan } from "millrace/threads";
import { LINK, RECVQ, SENDQ } from "../../src/threads/memory/layout.ts";
import { memory } from "../../src/threads/memory/memory.ts";
import type { Factory } from "./kit.ts";
import { conformance } from "./suite.ts";

/** How many sudogs are on the queue at that word. */
function queued(queue: number): number {
  const { i32 } = memory;
  let n = 0;
  for (let s = i32[queue] as number; s !== 0; s = i32[s + LINK] as number) n++;
  return n;
}

const shared: Factory = {
  name: "sharedChan",
  carriesAnything: false,
  make<T, Z>(capacity: number, options: { readonly zero?: Z; readonly name?: string }) {
    return sharedChan<T, Z>(capacity, options as { readonly zero: Z }) as Chan<T, Z>;
  },
  waiting(ch) {
    const { ptr } = ch as unknown as { readonly ptr: number };
    return { senders: queued(ptr + SENDQ), receivers: queued(ptr + RECVQ) };
  },
};

conformance(shared);
