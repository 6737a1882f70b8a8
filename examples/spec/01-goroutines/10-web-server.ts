/**
 * What is a Goroutine? › Real-World Use Cases › Web servers
 *
 * Each request runs in its own goroutine: a slow one does not hold up a quick one.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Go, go, main, runtime, wait } from "millrace";
import * as time from "millrace/time";

function* handle(req: IncomingMessage, res: ServerResponse): Go {
  const slow = req.url === "/slow";
  if (slow) yield* time.sleep(100 * time.Millisecond);
  res.end(`${req.url} served`);
}

main(function* () {
  const server = createServer((req, res) => void go(handle, req, res));
  server.listen(0, "127.0.0.1");
  yield* wait(once(server, "listening"));
  const { port } = server.address() as AddressInfo;

  function* get(path: string): Go {
    const response = yield* wait(fetch(`http://127.0.0.1:${port}${path}`));
    console.log(yield* wait(response.text()));
  }
  const clients = ["/slow", "/quick"].map((path) => go(get, path));
  for (const client of clients) yield* client.join();
  console.log("goroutines left:", runtime.numGoroutine());
});
