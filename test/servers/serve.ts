/** A server of examples/servers in a process of its own, with OpenTelemetry; it tells its test how it is. */
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { NodeSDK } from "@opentelemetry/sdk-node";
import type { Span, SpanProcessor } from "@opentelemetry/sdk-trace-base";
import { runtime } from "millrace";

/** How the server is. */
export interface Stats {
  readonly goroutines: number;
  /** Bytes in use after a collection. */
  readonly heap: number;
  readonly listeners: number;
  /** Spans of renderings, and how many of them have another request's span, or none, as their parent. */
  readonly rendered: number;
  readonly astray: number;
}

let rendered = 0;
let astray = 0;
const ids = new Map<string, string | undefined>();
/** Sees whether each rendering's span is a child of its own request's. */
const parents: SpanProcessor = {
  onStart(span: Span) {
    const id = requestId.getStore();
    ids.set(span.spanContext().spanId, id);
    if (span.name !== "render") return;
    rendered++;
    const parent = span.parentSpanContext;
    if (parent === undefined || ids.get(parent.spanId) !== id || id === undefined) astray++;
  },
  onEnd(span) {
    ids.delete(span.spanContext().spanId);
  },
  forceFlush: async () => {},
  shutdown: async () => {},
};
new NodeSDK({ spanProcessors: [parents], instrumentations: [] }).start();

const name = process.argv[2] as "express" | "fastify" | "hono";
const { requestId } = await import("../../examples/servers/shop.ts");
const { listen } = (await import(`../../examples/servers/${name}.ts`)) as {
  listen(port: number): Server | Promise<Server>;
};
const server = await listen(0);
if (!server.listening) await new Promise((resolve) => server.once("listening", resolve));

async function stats(): Promise<Stats> {
  for (let i = 0; i < 4; i++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    globalThis.gc?.();
  }
  const listeners = process.eventNames().reduce((sum, event) => sum + process.listenerCount(event), 0);
  return { goroutines: runtime.numGoroutine(), heap: process.memoryUsage().heapUsed, listeners, rendered, astray };
}

process.on("message", async () => process.send?.(await stats()));
process.send?.((server.address() as AddressInfo).port);
