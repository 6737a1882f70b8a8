/** Measuring the heap, in a process of its own: the test runner rewrites the sources, and with them their size. */

/** Bytes in use after everything that can be collected was. */
export async function heap(): Promise<number> {
  const { gc } = globalThis;
  if (gc === undefined) throw new Error("run with --expose-gc");
  for (let i = 0; i < 3; i++) {
    gc();
    // What finalizers free comes a turn later.
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  gc();
  return process.memoryUsage().heapUsed;
}

/** A function to name measurements with; they are made one after the other and printed as JSON. */
export function measurements(): (name: string, bytes: () => Promise<number>) => void {
  const all: [name: string, bytes: () => Promise<number>][] = [];
  setImmediate(async () => {
    const results: Record<string, number> = {};
    for (const [name, bytes] of all) results[name] = await bytes();
    console.log(JSON.stringify(results));
    process.exit(0);
  });
  return (name, bytes) => void all.push([name, bytes]);
}
