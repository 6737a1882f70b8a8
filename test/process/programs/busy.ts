// A loop that never yields, where the first argument says, once another goroutine waits. With more arguments the program
// listens for SIGTERM, by a context or by itself.
import { type Go, go, main } from "millrace";
import { notifyContext } from "millrace/context";
import { sleep } from "millrace/time";

const [, , where, listens] = process.argv;

function spin(): void {
  console.log("ready");
  for (;;);
}

async function microtasks(): Promise<void> {
  console.log("ready");
  for (;;) await null;
}

main(function* () {
  if (listens === "context") notifyContext("SIGTERM");
  if (listens === "program") process.on("SIGTERM", () => {});
  go(function* waiter(): Go {
    yield* sleep(3_600_000);
  });
  yield* sleep(1);
  if (where === "goroutine") spin();
  if (where === "timer") setTimeout(() => spin(), 0);
  if (where === "microtasks") void microtasks();
  if (where === "wait") {
    console.log("ready");
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  }
  yield* sleep(3_600_000);
});
