/**
 * What is a Ticker? › 8. Real-world use cases › 4. Rate limiting
 *
 * Five requests that came at once are handled one every 200 ms.
 */
import { chan, main, range } from "millrace";
import * as time from "millrace/time";

main(function* () {
  const start = time.now();
  const requests = chan<number>(5);
  for (let i = 1; i <= 5; i++) yield* requests.send(i);
  requests.close();

  function handle(req: number): void {
    console.log("request", req, "at", Math.round(time.since(start)), "ms");
  }

  using limiter = new time.Ticker(200 * time.Millisecond);
  for (const req = range(requests); yield* req.next(); ) {
    yield* limiter.c.recv(); // throttle requests
    handle(req.value);
  }
});
