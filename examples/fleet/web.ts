/**
 * A web server that hands work to a fleet: each request becomes a call, whose context ends with the request and after 5 s.
 *
 *     npx millrace run examples/fleet/web.ts
 *     curl http://127.0.0.1:3000/cat
 *
 * Alone it does the work itself. With FLEET worker processes do it, on as many machines as there are:
 *
 *     FLEET=redis://127.0.0.1 npx millrace run examples/fleet/web.ts
 *     npx millrace worker examples/fleet/thumbnail.ts --name web --redis redis://127.0.0.1
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type Go, go, main, wait } from "millrace";
import { notifyContext, withTimeout } from "millrace/context";
import { requestContext } from "millrace/interop";
import { connect, type Fleet, RemoteError } from "millrace/remote";
import { Second } from "millrace/time";
import { thumbnail } from "./thumbnail.ts";
import { transport } from "./transport.ts";

function* answer(calls: Pick<Fleet, "go">, request: IncomingMessage, response: ServerResponse): Go {
  const [ctx, cancel] = withTimeout(requestContext(request, response), 5 * Second);
  using _ = cancel;
  try {
    const picture = yield* calls.go(thumbnail, ctx, request.url ?? "/").join();
    response.writeHead(200, { "content-type": "image/svg+xml" }).end(picture);
  } catch (error) {
    const notServed = error instanceof RemoteError && error.code === "NOT_SERVED";
    response.writeHead(notServed ? 503 : 500).end(`${error}\n`);
  }
}

function* serve(): Go {
  const [ctx] = notifyContext("SIGINT", "SIGTERM");
  const fleet = yield* connect(transport(), { name: "web" });
  if (!process.env.FLEET) go(() => fleet.serve());

  const calls = fleet.with({ queueTimeout: 2 * Second }); // where no worker begins a call by then, the answer is 503
  const server = createServer((request, response) => void go(() => answer(calls, request, response)));
  server.listen(Number(process.env.PORT ?? 3000), "127.0.0.1");
  yield* wait(once(server, "listening"));
  console.log(`listens on ${JSON.stringify(server.address())}`);

  yield* ctx.done().recv();
  const closed = once(server, "close");
  server.close(); // no new requests; those under way have their answers
  server.closeIdleConnections();
  yield* wait(closed);
  yield* fleet.drain();
  console.log("all answered");
}

main(serve);
