/** Garbage, collected when a test says so. */
import { turns } from "./turns.ts";

/** Collects garbage, and lets what waits for that happen. */
export async function collect(): Promise<void> {
  const { gc } = globalThis;
  if (gc === undefined) throw new Error("needs --expose-gc");
  for (let i = 0; i < 4; i++) {
    gc();
    // What finalizers free comes a turn later.
    await turns(3);
  }
}

/** Bytes on the heap that are in use, after everything that can be collected was. */
export async function heapUsed(): Promise<number> {
  await collect();
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
