/** Go's nil channel: an explicit value, because a forgotten channel should be a type error here. */
import { NO, Operation } from "../runtime/op.ts";
import { Panic } from "../runtime/panic.ts";
import { NOTHING, type Thing } from "../runtime/thing.ts";
import { made } from "../runtime/unused.ts";
import type { Chan } from "./types.ts";

const NIL: Thing = {
  kind: "nil chan",
  id: 0,
  name: undefined,
  p: null,
  touches: NOTHING,
  ready: () => false,
  reasons: { send: "chan send (nil chan)", receive: "chan receive (nil chan)" },
};

class NeverOp extends Operation<never> {
  readonly #verb: string;

  constructor(verb: string) {
    super();
    this.#verb = verb;
  }

  override get verb(): string {
    return this.#verb;
  }

  override get on(): Thing {
    return NIL;
  }

  override attempt(): NO {
    return NO;
  }

  override enqueue(): void {}

  override dequeue(): void {}
}

const send = new NeverOp("send");
const recv = new NeverOp("receive");

const nil: Chan<unknown, never> = {
  length: 0,
  capacity: 0,
  name: undefined,
  send: () => made(send),
  recv: () => made(recv),
  recvOk: () => made(recv),
  trySend: () => false,
  tryRecv: () => undefined,
  close() {
    throw new Panic("CLOSE_OF_NIL");
  },
  async *[Symbol.asyncIterator]() {
    await recv;
    return undefined;
  },
};

/**
 * The nil channel: sending and receiving block for ever, closing it panics. In a select its cases are never ready, which
 * switches them off.
 * Source: https://go.dev/ref/spec#Channel_types
 *
 * @example
 * ```ts
 * import { nilChan, run, select } from "millrace";
 * await run(function* () {
 *   const off = nilChan<number>();
 *   const s = yield* select({ off: off.recv(), default: true });
 *   console.log(s.case); // default
 * });
 * ```
 */
export function nilChan<T>(): Chan<T, undefined> {
  return nil as unknown as Chan<T, undefined>;
}
