/** The side of a test's worker thread: takes its part in the memory before anything else of the test runs. */
import { parentPort, workerData } from "node:worker_threads";
import { isolate } from "../../src/threads/memory/isolate.ts";
import type { Share } from "../../src/threads/memory/memory.ts";

const { share } = workerData as { share: Share };
isolate.attach(share);
isolate.hold(true);

/** Tells the test that this thread may be used. */
export function ready(): void {
  parentPort?.postMessage("ready");
}
