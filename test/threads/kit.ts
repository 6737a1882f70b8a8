/** Worker threads for tests of the shared memory, without the scheduler of threads. */
import { Worker } from "node:worker_threads";
import { memory } from "../../src/threads/memory/memory.ts";

export interface Child {
  readonly isolate: number;
  readonly worker: Worker;
  stop(): Promise<void>;
}

/** Starts a file of this folder on a thread of its own, and waits until it is ready. */
export async function start(file: string, data: Readonly<Record<string, unknown>> = {}): Promise<Child> {
  const isolate = memory.newIsolate();
  const worker = new Worker(new URL("./boot.mjs", import.meta.url), {
    workerData: { ...data, file: new URL(`./${file}`, import.meta.url).href, share: memory.share(isolate) },
  });
  await new Promise<void>((resolve, reject) => {
    worker.once("message", () => resolve());
    worker.once("error", reject);
  });
  return {
    isolate,
    worker,
    stop: async () => {
      await worker.terminate();
    },
  };
}
