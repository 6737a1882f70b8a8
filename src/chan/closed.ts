/** What a channel's `take` gives when it is closed and drained. */
export const CLOSED: unique symbol = Symbol.for("millrace closed") as never;
