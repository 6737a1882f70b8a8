/** The other side of `postMessage` in threads.ts. Plain JavaScript, so that nothing has to be translated on its thread. */
import { parentPort } from "node:worker_threads";

let left = 0;
parentPort?.on("message", (message) => {
  if (left > 0) {
    if (--left === 0) parentPort?.postMessage("done");
  } else if (message.count !== undefined) left = message.count;
  else parentPort?.postMessage(message.echo);
});
