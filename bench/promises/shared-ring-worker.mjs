/** Adds up what comes through the ring, as often as it is asked. */
import { parentPort, workerData } from "node:worker_threads";
import { Ring } from "./shared-ring.mjs";

const HEAD = 16;
const ring = new Ring((workerData.byteLength - HEAD) / 8, workerData);
parentPort.on("message", (n) => {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += ring.recv();
  parentPort.postMessage(sum);
});
