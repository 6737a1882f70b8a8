/** A context for an HTTP request. */
import { withCancelCause } from "../context/cancel.ts";
import { background } from "../context/roots.ts";
import type { Context } from "../context/types.ts";
import { ArgumentError, show } from "../runtime/panic.ts";

/** Node's `IncomingMessage`, as far as it is needed here. */
export interface Request {
  readonly destroyed: boolean;
}

/** Node's `ServerResponse`, as far as it is needed here. */
export interface Response {
  readonly writableFinished: boolean;
  readonly destroyed: boolean;
  once(event: "close", listener: () => void): unknown;
}

/** The client went away before it had its answer: the cause of a request's context. */
export class ClientGone extends Error {
  constructor() {
    super("the client closed the connection before the response was complete");
  }

  override get name(): string {
    return "ClientGone";
  }
}

/**
 * A context that lives as long as an HTTP request: it is cancelled when the client goes away, with `ClientGone` as the
 * cause, and when the response is complete.
 * Source: https://pkg.go.dev/net/http#Request.Context
 *
 * @param req the request, Node's `IncomingMessage` (HTTP/1 or 2)
 * @param res its response
 * @param parent what to derive it from; `background()` by default
 * @throws ArgumentError when `res` is no response
 *
 * @example
 * ```ts no-run
 * import { createServer } from "node:http";
 * import { go, select } from "millrace";
 * import { requestContext } from "millrace/interop";
 * import * as time from "millrace/time";
 * createServer((req, res) => {
 *   const ctx = requestContext(req, res);
 *   go(function* () {
 *     const s = yield* select({ data: time.after(5 * time.Second).recv(), gone: ctx.done().recv() });
 *     if (s.case === "data") res.end("data");
 *   });
 * }).listen(8080);
 * ```
 */
export function requestContext(req: Request, res: Response, parent: Context = background()): Context {
  if (typeof (req as Partial<Request> | null)?.destroyed !== "boolean") {
    throw new ArgumentError(`requestContext: expected a request, got ${show(req)}`);
  }
  if (typeof (res as Partial<Response> | null)?.once !== "function") {
    throw new ArgumentError(`requestContext: expected a response, got ${show(res)}`);
  }
  const [ctx, cancel] = withCancelCause(parent);
  const closed = (): void => cancel(res.writableFinished ? undefined : new ClientGone());
  if (res.destroyed) closed();
  else res.once("close", closed);
  return ctx;
}
