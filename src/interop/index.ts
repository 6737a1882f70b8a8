/**
 * Bridges to the platform: iterables, streams, events, signals, HTTP requests.
 *
 * @module millrace/interop
 */
export { closeWithError } from "./close-with-error.ts";
export { type Emitter, type EventOptions, fromEvent, OverflowError } from "./event.ts";
export type { Source, SourceOptions } from "./feed.ts";
export { fromIterable } from "./iterable.ts";
export { fromReadable, type NodeReadable, type ReadableOptions, toNodeReadable, toReadable } from "./readable.ts";
export { ClientGone, type Request, type Response, requestContext } from "./request.ts";
export { toSignal } from "./signal.ts";
export { toNodeWritable, toWritable } from "./writable.ts";
