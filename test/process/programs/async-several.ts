// Several async goroutines: which of them awaits which operation can't be told. One waits for a plain promise.
import { chan, go, main } from "millrace";

async function plain(): Promise<void> {
  await new Promise(() => {});
}

async function receiver(): Promise<void> {
  await chan<number>(0, { name: "never" }).recv();
}

main(async function several() {
  go(plain);
  go(receiver);
  await chan<number>().send(1);
});
