/**
 * What is a Ticker? › 8. Real-world use cases › 1. Heartbeats / Keep-alive signals
 *
 * A client reports every five seconds. The server takes it for dead when it has heard nothing for twelve.
 */
import { chan, type Go, go, main, type RecvChan, range, type SendChan, select } from "millrace";
import * as time from "millrace/time";

function* client(server: SendChan<string>, stop: RecvChan<void>): Go {
  function* sendHeartbeatToServer(): Go {
    yield* server.send("beat");
  }

  using ticker = new time.Ticker(5 * time.Second);
  for (const tick = range(ticker.c); yield* tick.next(); ) {
    if (stop.tryRecv() !== undefined) return; // the client dies
    yield* sendHeartbeatToServer();
  }
}

main(function* (): Go {
  const start = time.now();
  const beats = chan<string>();
  const stop = chan<void>();
  go(client, beats, stop);
  time.afterFunc(18 * time.Second, () => stop.close());

  for (;;) {
    const s = yield* select({ beat: beats.recv(), silence: time.after(12 * time.Second).recv() });
    const at = `${time.since(start) / time.Second}s:`;
    if (s.case === "silence") {
      console.log(at, "the client is dead");
      return;
    }
    console.log(at, s.value);
  }
});
