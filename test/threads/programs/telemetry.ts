/** Two hundred callers' traces and ids, on other threads, with the real OpenTelemetry; `own`: a carrier of the program's own. */
import { AsyncLocalStorage } from "node:async_hooks";
import { isMainThread } from "node:worker_threads";
import { context, propagation, trace } from "@opentelemetry/api";
import { NodeSDK } from "@opentelemetry/sdk-node";
import { InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { go, main } from "millrace";
import { WorkerPool } from "millrace/patterns";
import { parallel, threads } from "millrace/threads";

const own = process.argv[2] === "own" || process.env.OWN === "1";
const user = new AsyncLocalStorage<string>();
const exporter = new InMemorySpanExporter();
if (own) {
  process.env.OWN = "1";
  threads({ context: { inject: () => user.getStore(), extract: (name: string, fn) => user.run(name, fn) } });
} else {
  new NodeSDK({ spanProcessors: [new SimpleSpanProcessor(exporter)], instrumentations: [] }).start();
}
const tracer = trace.getTracer("test");

const job = parallel(import.meta, "job", function* (expected: string) {
  const before = own ? user.getStore() : trace.getActiveSpan()?.spanContext().traceId;
  yield* go(() => {}).join();
  const after = own ? user.getStore() : trace.getActiveSpan()?.spanContext().traceId;
  const baggage = own ? expected : propagation.getActiveBaggage()?.getEntry("id")?.value;
  const parent = own ? "" : tracer.startActiveSpan("job", (span) => span.spanContext().traceId);
  return { before, after, baggage, parent, away: !isMainThread };
});

main(async () => {
  const pool = new WorkerPool(job, { workers: 8 });
  const count = { right: 0, away: 0 };
  const ask = async (i: number): Promise<void> => {
    const id = String(i);
    const check = async (expected: string): Promise<void> => {
      const seen = i % 2 === 0 ? await pool.run(id) : await go(job, id).join();
      if (seen.away) count.away++;
      const right = seen.before === expected && seen.after === expected && seen.baggage === id;
      if (right && (own || seen.parent === expected)) count.right++;
    };
    if (own) return user.run(id, () => check(id));
    const baggage = propagation.setBaggage(context.active(), propagation.createBaggage({ id: { value: id } }));
    return context.with(baggage, () =>
      tracer.startActiveSpan("request", async (span) => {
        await check(span.spanContext().traceId);
        span.end();
      }),
    );
  };
  await Promise.all(Array.from({ length: 200 }, (_, i) => ask(i)));
  console.log(count.right, count.away);
});
