/**
 * A bubble: the test of a client that retries with a growing pause and gives up after a minute. It takes no time, and each
 * pause is exactly what it should be.
 *
 *     npx tsx examples/testing/timeout.ts
 */
import { chan, go, type RecvChan, type SendChan, select } from "millrace";
import { background, type Context, withTimeout } from "millrace/context";
import { bubble, settle } from "millrace/testing";
import * as time from "millrace/time";

/** The code to test: asks until it is answered, with a pause of 1 s, 2 s, 4 s, … between. */
function* ask(ctx: Context, requests: SendChan<string>, replies: RecvChan<string>) {
  for (let pause = time.Second; ; pause *= 2) {
    yield* requests.send("hello?");
    const s = yield* select({ reply: replies.recv(), again: time.after(pause).recv(), done: ctx.done().recv() });
    if (s.case === "reply") return s.value;
    if (s.case === "done") throw ctx.err();
  }
}

const log = await bubble(function* () {
  const log: string[] = [];
  const start = time.now();
  const seconds = () => time.since(start) / time.Second;
  const [ctx, cancel] = withTimeout(background(), time.Minute);
  const requests = chan<string>();
  const client = go(function* client() {
    try {
      yield* ask(ctx, requests, chan<string>());
    } catch (error) {
      log.push(`${(error as Error).message} after ${seconds()} s`);
    }
  });
  // The server answers nothing: the client asks at 0, 1, 3, 7, 15 and 31 s, and gives up at 60.
  for (let n = 1; n <= 6; n++) {
    yield* requests.recv();
    log.push(`request ${n} after ${seconds()} s`);
  }
  yield* settle(); // the client waits for its answer, and no time has passed
  log.push(`still ${seconds()} s`);
  yield* client.join();
  cancel();
  return log;
});
for (const line of log) console.log(line);
