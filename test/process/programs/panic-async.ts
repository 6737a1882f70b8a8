// A panic in an async goroutine, after an await.
import { chan, go, main } from "millrace";

async function worker(): Promise<void> {
  const ch = chan<number>(1);
  await ch.send(1);
  await ch.recv();
  throw new Error("in async worker");
}

main(function* () {
  yield* go(worker).join();
});
