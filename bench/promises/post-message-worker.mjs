/** The other side of post-message.ts: plain JavaScript, as all workers here, so that nothing is translated on their threads. */
import { parentPort } from "node:worker_threads";

const fib = (n) => (n < 2 ? n : fib(n - 1) + fib(n - 2));

let left = 0;
let sum = 0;

function take(value) {
  sum += typeof value === "number" ? value : value.id;
  if (--left === 0) parentPort.postMessage(sum);
}

parentPort.on("message", (message) => {
  if (left > 0) {
    if (Array.isArray(message)) for (const value of message) take(value);
    else take(message);
  } else if (typeof message === "number") parentPort.postMessage(fib(message));
  else if (message.count !== undefined) {
    left = message.count;
    sum = 0;
  } else if (message.fib !== undefined) parentPort.postMessage({ id: message.id, value: fib(message.fib) });
  else parentPort.postMessage({ value: message.echo });
});
