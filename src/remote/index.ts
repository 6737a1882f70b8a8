/**
 * Queues and channels over machines, on a server that you already run, or on none: `memory()`.
 *
 * @module millrace/remote
 */
export { Action } from "../runtime/action.ts";
export type { Parallel } from "../threads/sendable.ts";
export type { Codec } from "../threads/values/codec.ts";
export type { RemoteGoroutine } from "./call.ts";
export type { RemoteChanOptions } from "./chan.ts";
export { Discard, type RemoteCode, RemoteError } from "./error.ts";
export { type CallOptions, connect, type DrainOptions, type Fleet, type FleetOptions } from "./fleet.ts";
export { type Faults, type MemoryOptions, memory } from "./memory.ts";
export type { Message, NackOptions } from "./message.ts";
export type { DeadLetter, DeadLetters, Handler, Queue, QueueOptions, SendOptions, WorkOptions } from "./queue.ts";
export { type HandleOptions, handle, type ServeOptions } from "./serve.ts";
export type { Feature, QueueStats, Transport } from "./transport.ts";
export type { SchemaResult, StandardSchema, WireOptions } from "./wire.ts";
