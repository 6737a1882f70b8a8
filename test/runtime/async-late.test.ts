/** An async function that comes too late for its slice waits for the host once, and does not make its neighbours late. */
import { chan, go, run } from "millrace";
import { Mutex } from "millrace/sync";
import { expect, test, vi } from "vitest";
import { m } from "../../src/runtime/m.ts";

const programs: Record<string, (n: number) => Promise<void>> = {
  "ten that want one lock": async (n) => {
    const mu = new Mutex();
    const locker = async () => {
      for (let i = 0; i < n / 10; i++) {
        await mu.lock();
        await null;
        mu.unlock();
      }
    };
    const all = Array.from({ length: 10 }, () => go(locker));
    for (const g of all) await g.join();
  },
  "two that hand over": async (n) => {
    const ch = chan<number>();
    go(async () => {
      for (let i = 0; i < n; i++) await ch.send(i);
    });
    for (let i = 0; i < n; i++) await ch.recv();
  },
};

for (const [name, program] of Object.entries(programs)) {
  test(name, async () => {
    const waits = vi.spyOn(m, "afterHost");
    const n = 50_000;
    const start = performance.now();
    await run(() => program(n));
    const slices = (performance.now() - start) / 10;
    // One wait a slice for each of them at most, and twice that for what the machine may do.
    expect(waits.mock.calls.length).toBeLessThan(40 + slices * 22);
    expect(waits.mock.calls.length).toBeLessThan(n / 2);
    waits.mockRestore();
  });
}
