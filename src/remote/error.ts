/** Errors of what other machines do. Misuse is a `Panic`, a bad argument an `ArgumentError`, as everywhere. */
import { registerError } from "../threads/values/errors.ts";

/** What a `RemoteError` can say. */
export type RemoteCode =
  /** The server could not be reached, or it refused, when the fleet connected. */
  | "CONNECT"
  /** The server was away for longer than `sendTimeout`. */
  | "UNREACHABLE"
  /** The connection was lost, and the fleet connects again by itself; or the process is gone that ran a goroutine. */
  | "LOST"
  /** No process has begun a call in time. */
  | "NOT_SERVED"
  /** What another process has sent can't be read here. */
  | "WIRE"
  /** A drain has waited for as long as it was to. */
  | "HELD_UP"
  /** A queue was opened with other options than it has on the server. */
  | "MISMATCH"
  /** What the server knew of a queue is gone: it was dropped, or the server was emptied. */
  | "STATE_LOST"
  /** The lease on a message has ended, and it may be another's. */
  | "LEASE_LOST"
  /** The server answered with an error. */
  | "SERVER";

/** Something went wrong between this process and the server, or there. */
export class RemoteError extends Error {
  /** What went wrong, to compare with. */
  readonly code: RemoteCode;
  /** Whether the server may have done what was asked: `"maybe"` when it was sent and no answer came. */
  readonly sent: "no" | "maybe";

  constructor(
    code: RemoteCode,
    message: string,
    options: { readonly sent?: "no" | "maybe" | undefined; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.sent = options.sent ?? "no";
  }

  override get name(): string {
    return "RemoteError";
  }
}

/**
 * Thrown by a handler, it sends the message to the dead letters at once: no further attempt would help.
 *
 * @example
 * ```ts
 * import { run } from "millrace";
 * import { connect, Discard, memory } from "millrace/remote";
 * await run(function* () {
 *   const fleet = yield* connect(memory(), { name: "shop" });
 *   const mails = fleet.queue<string>("mails");
 *   yield* mails.send("no address");
 *   mails.close();
 *   yield* mails.work((to) => { throw new Discard(`not an address: ${to}`); });
 *   const [letter] = yield* mails.dead.list(1);
 *   console.log(letter?.reason); // not an address: no address
 * });
 * ```
 */
export class Discard extends Error {
  /** Always the same, to compare with. */
  get code(): "DISCARD" {
    return "DISCARD";
  }

  override get name(): string {
    return "Discard";
  }
}

/** Lets them arrive elsewhere as what they are. */
export function sendRemoteErrors(): void {
  registerError("millrace.RemoteError", RemoteError);
  registerError("millrace.Discard", Discard);
}

/** The text of what a handler threw, for the dead letters. */
export function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message || error.name : String(error)).slice(0, 1000);
}
