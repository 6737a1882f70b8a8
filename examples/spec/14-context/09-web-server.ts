/**
 * What is context in Go? › Typical Use Case (Web Server)
 *
 * Each request has a context that is cancelled when its client goes away, and `fetchData` stops with it. Two clients: one
 * waits for the answer, the other closes the connection before it is there.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { chan, type Go, go, main, runtime, select, wait } from "millrace";
import type { Context } from "millrace/context";
import { requestContext } from "millrace/interop";
import * as time from "millrace/time";

function* handle(req: IncomingMessage, res: ServerResponse): Go {
  const ctx = requestContext(req, res); // Go's r.Context()
  try {
    const result = yield* fetchData(ctx);
    res.end(`Result: ${result}\n`);
  } catch (err) {
    console.log("Error:", (err as Error).message);
    res.end(`Error: ${(err as Error).message}\n`);
  }
}

function* fetchData(ctx: Context): Go<string> {
  const s = yield* select({
    data: time.after(time.Second).recv(), // simulate work
    gone: ctx.done().recv(),
  });
  if (s.case === "gone") throw ctx.err();
  return "Fetched data!";
}

main(function* () {
  const arrived = chan<void>(1);
  const server = createServer((req, res) => {
    go(handle, req, res);
    arrived.trySend();
  });
  server.listen(0, "127.0.0.1");
  yield* wait(once(server, "listening"));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/data`;

  const response = yield* wait(fetch(url));
  console.log((yield* wait(response.text())).trim());
  yield* arrived.recv();

  const client = new AbortController();
  const request = fetch(url, { signal: client.signal });
  yield* arrived.recv(); // the server is at work
  const start = time.now();
  client.abort(); // the browser tab is closed
  try {
    yield* wait(request);
  } catch (err) {
    console.log("client:", (err as Error).name);
  }

  while (runtime.numGoroutine() > 1) yield* time.sleep(time.Millisecond);
  console.log("stopped before the work was done:", time.since(start) < time.Second);
});
