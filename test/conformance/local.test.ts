/** The conformance suite on the channels of one thread. */
import { type Chan, chan } from "millrace";
import type { Factory } from "./kit.ts";
import { conformance } from "./suite.ts";

/** The inside of a channel, as far as the suite looks. */
interface Inside {
  readonly sendq: Iterable<unknown>;
  readonly recvq: Iterable<unknown>;
}

const local: Factory = {
  name: "chan",
  carriesAnything: true,
  make<T, Z>(capacity: number, options: { readonly zero?: Z; readonly name?: string }) {
    return chan<T, Z>(capacity, options as { readonly zero: Z }) as Chan<T, Z>;
  },
  waiting(ch) {
    const { sendq, recvq } = ch as unknown as Inside;
    return { senders: [...sendq].length, receivers: [...recvq].length };
  },
};

conformance(local);
