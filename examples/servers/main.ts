/** Serves the shop until SIGINT or SIGTERM: `main.ts express`, or `fastify`, or `hono`; the port is PORT or 3000. */
import { once } from "node:events";
import type { Server } from "node:http";
import { type Go, main, runtime, select, wait } from "millrace";
import { cause, notifyContext } from "millrace/context";
import { after, Second } from "millrace/time";
import { renderers } from "./shop.ts";

const servers: Record<string, () => Promise<{ listen(port: number): Server | Promise<Server> }>> = {
  express: () => import("./express.ts"),
  fastify: () => import("./fastify.ts"),
  hono: () => import("./hono.ts"),
};

function* serve(name: string, port: number): Go<void> {
  const load = servers[name];
  if (load === undefined) throw new Error(`expected one of ${Object.keys(servers).join(", ")}, got ${name}`);
  const [ctx] = notifyContext("SIGINT", "SIGTERM");
  const { listen } = yield* wait(load());
  const server = yield* wait(Promise.resolve(listen(port)));
  if (!server.listening) yield* wait(once(server, "listening"));
  console.log(`${name} listens on ${JSON.stringify(server.address())}`);

  yield* ctx.done().recv();
  console.log(`${(cause(ctx) as Error).message}: shutting down`);
  const closed = new Promise((resolve) => server.close(resolve)); // no new requests; those under way have their answers
  server.closeIdleConnections();
  const s = yield* select({ closed: wait(closed), late: after(10 * Second).recv() });
  renderers.close();
  if (s.case === "closed") yield* renderers.drain();
  else {
    for (const { name, reason } of runtime.goroutines()) console.error(`still running: ${name} [${reason}]`);
    process.exitCode = 1;
  }
}

main(() => serve(process.argv[2] ?? "express", Number(process.env.PORT ?? 3000)));
