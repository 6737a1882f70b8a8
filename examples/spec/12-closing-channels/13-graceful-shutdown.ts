/**
 * Closing Channels in Go › 11. Real-World Use Cases › 4. Graceful shutdowns
 *
 * Closing `quit` reaches every goroutine at once. Each finishes what it is doing; main waits for all of them.
 */
import { chan, type Go, main, type RecvChan, select } from "millrace";
import { WaitGroup } from "millrace/sync";
import * as time from "millrace/time";

function* server(name: string, period: number, quit: RecvChan<void>): Go {
  using ticker = new time.Ticker(period);
  for (let served = 0; ; ) {
    const s = yield* select({ tick: ticker.c.recv(), quit: quit.recv() });
    if (s.case === "quit") {
      yield* time.sleep(100 * time.Millisecond); // closes its files
      console.log(name, "served", served, "requests and is down");
      return;
    }
    served++;
  }
}

main(function* () {
  const quit = chan<void>();
  const wg = new WaitGroup();
  wg.go(() => server("web", 400 * time.Millisecond, quit));
  wg.go(() => server("mail", 900 * time.Millisecond, quit));

  yield* time.sleep(3 * time.Second);
  console.log("shutting down");
  quit.close();
  yield* wg.wait();
  console.log("all down");
});
