/**
 * What is behind a request, whatever framework has brought it: one page of a shop, made of two look-ups and a rendering.
 *
 * Requests share a limiter, a single-flight and a pool. Each has a run of its own: what goes wrong in one ends that one.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { SpanStatusCode, trace } from "@opentelemetry/api";
import { run, select, wait } from "millrace";
import { type Context, cause, withTimeout } from "millrace/context";
import { WorkerPool } from "millrace/patterns";
import { ErrGroup, Limiter, SingleFlight } from "millrace/sync";
import { Second } from "millrace/time";

/** The id of the request that the code works for: a logger reads it, in a handler as in a goroutine. */
export const requestId = new AsyncLocalStorage<string>();

export interface Page {
  readonly item: string;
  readonly price: number;
  readonly stock: number;
  /** The request for which the page was rendered, as the pool's job saw it. */
  readonly id: string | undefined;
}

/** Too many requests: answer with 429. */
export class TooMany extends Error {
  override readonly name = "TooMany";
}

const tracer = trace.getTracer("shop");
const limiter = new Limiter(Number(process.env.RATE ?? 100_000), 1000);
const deadline = Number(process.env.DEADLINE ?? 2 * Second);
const flights = new SingleFlight<string>();

/** Renders pages, eight at a time, for all requests. */
export const renderers: WorkerPool<Omit<Page, "id">, Page> = new WorkerPool(
  (page: Omit<Page, "id">) =>
    tracer.startActiveSpan("render", async (span) => {
      await delay(1);
      span.end();
      return { ...page, id: requestId.getStore() };
    }),
  { workers: 8, queue: 1000 },
);

/** A database: each look-up takes a while. Those for the same item at the same time are one. */
async function lookUp(table: string, item: string): Promise<number> {
  const { value } = await flights.do(`${table}/${item}`, async () => {
    await delay(2);
    if (item === "unknown") throw new Error(`${table} has no ${item}`);
    return table.length * item.length;
  });
  return value;
}

/** Makes the page of `item`, before its deadline or not at all, and not for a client that has gone away. */
export function page(ctx: Context, item: string): Promise<Page> {
  if (!limiter.allow()) throw new TooMany("too many requests");
  return tracer.startActiveSpan("page", async (span) => {
    const [limited, cancel] = withTimeout(ctx, deadline);
    try {
      return await run(function* () {
        const [group] = ErrGroup.withContext(limited);
        let price = 0;
        let stock = 0;
        group.go(function* () {
          price = yield* wait(lookUp("price", item));
        });
        group.go(function* () {
          stock = yield* wait(lookUp("stock", item));
        });
        yield* group.wait();
        const s = yield* select({ page: renderers.run({ item, price, stock }), late: limited.done().recv() });
        if (s.case === "late") throw cause(limited);
        return s.value;
      });
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: String(error) });
      throw error;
    } finally {
      cancel();
      span.end();
    }
  });
}
