/** A context for an HTTP request. */

import { withCancelCause } from "../context/cancel.ts";
import { background } from "../context/roots.ts";
import type { Context } from "../context/types.ts";
import { unexpected } from "../runtime/args.ts";

interface Socket {
  readonly destroyed: boolean;
  once(event: "close", listener: () => void): unknown;
}

/** Node's `IncomingMessage`, as far as it is needed here. */
export interface Request {
  /** Whether the request is over, for the client or for us. */
  readonly destroyed: boolean;
  /** 1 or 2: they say in different ways that a client has gone. */
  readonly httpVersionMajor?: number;
  /** The connection, which closes when an HTTP/1 client goes. */
  readonly socket?: Socket | null;
}

/** Node's `ServerResponse`, as far as it is needed here. */
export interface Response {
  /** Whether `end()` was called. */
  readonly writableEnded: boolean;
  /** Whether everything was handed to the system. */
  readonly writableFinished: boolean;
  /**
   * Adds a listener that is called at most once.
   *
   * @param event "close": the response is complete, or the client has gone
   * @param listener called then
   */
  once(event: "close", listener: () => void): unknown;
  /** Whether it is over: HTTP/1 has this one, */
  readonly destroyed?: boolean;
  /** and HTTP/2 this. */
  readonly stream?: { readonly destroyed: boolean };
}

/** The client went away before it had its answer: the cause of a request's context. */
export class ClientGone extends Error {
  /** Always the same, to compare with. */
  get code(): "CLIENT_GONE" {
    return "CLIENT_GONE";
  }

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
 * @throws ArgumentError when `req` is no request or `res` no response; Panic NIL_CONTEXT when `parent` is null
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
    throw unexpected("requestContext", "a request", req);
  }
  if (typeof (res as Partial<Response> | null)?.once !== "function") {
    throw unexpected("requestContext", "a response", res);
  }
  const [ctx, cancel] = withCancelCause(parent);
  const closed = (): void => {
    // Of an HTTP/2 response that was broken off Node says that it is finished.
    cancel(res.writableFinished && res.writableEnded ? undefined : new ClientGone());
    stopWaiting();
  };
  const connection = req.httpVersionMajor === 1 ? req.socket : undefined;
  const stopWaiting = connection ? onClose(connection, closed) : () => {};
  if (res.destroyed || res.stream?.destroyed || connection?.destroyed) closed();
  else res.once("close", closed);
  return ctx;
}

/** Those who wait for the end of a connection. */
const connections = new WeakMap<Socket, Set<() => void>>();

/**
 * Calls `fn` when the connection is closed; gives what takes that back. A response that is queued behind another of the
 * same connection isn't told by Node. One listener for all of them, because there may be many and Node warns of that.
 */
function onClose(socket: Socket, fn: () => void): () => void {
  let all = connections.get(socket);
  if (all === undefined) {
    const each = new Set<() => void>();
    socket.once("close", () => {
      for (const tell of each) tell();
    });
    connections.set(socket, each);
    all = each;
  }
  all.add(fn);
  return () => void all.delete(fn);
}
