/** Measuring in a process of its own: the test runner rewrites the sources, and with them their size. */

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
