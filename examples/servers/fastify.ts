/** The shop on Fastify: the request and the response of Node are `request.raw` and `reply.raw`. */
import type { Server } from "node:http";
import { fastify } from "fastify";
import { requestContext } from "millrace/interop";
import { page, requestId, TooMany } from "./shop.ts";

export async function listen(port: number): Promise<Server> {
  const app = fastify();
  app.addHook("onRequest", (request, _reply, done) => {
    requestId.run(String(request.headers["x-request-id"] ?? ""), done);
  });
  app.get<{ Params: { item: string } }>("/items/:item", (request, reply) =>
    page(requestContext(request.raw, reply.raw), request.params.item),
  );
  app.setErrorHandler<Error>((error, _request, reply) =>
    reply.code(error instanceof TooMany ? 429 : 500).send({ error: error.message }),
  );
  await app.listen({ port, host: "127.0.0.1" });
  return app.server;
}
