/** Whether a signal is in use, where the host shows it and where it does not. */
import { afterEach, describe, expect, test, vi } from "vitest";
import type * as SignalUse from "../../src/context/signal-use.ts";

/** The module as it is on a host that was changed. */
async function fresh(): Promise<typeof SignalUse> {
  vi.resetModules();
  return import("../../src/context/signal-use.ts");
}

/** A signal, watched from birth. */
function made({ watchUse }: typeof SignalUse): AbortSignal {
  const { signal } = new AbortController();
  watchUse(signal);
  return signal;
}

afterEach(() => vi.restoreAllMocks());

describe("on this Node", () => {
  test("a signal is in use while it is listened to, and once it is combined", async () => {
    const use = await fresh();
    const listener = (): void => {};
    const signal = made(use);
    expect(use.inUse(signal)).toBe(false);
    signal.addEventListener("abort", listener);
    expect(use.inUse(signal)).toBe(true);
    signal.removeEventListener("abort", listener);
    expect(use.inUse(signal)).toBe(false);
    const both = AbortSignal.any([new AbortController().signal, signal]);
    expect([both.aborted, use.inUse(signal)]).toEqual([false, true]);
  });

  test("looking at it is no use of it", async () => {
    const use = await fresh();
    const signal = made(use);
    expect([signal.aborted, signal.aborted, signal.reason]).toEqual([false, false, undefined]);
    signal.throwIfAborted();
    expect(use.inUse(signal)).toBe(false);
  });

  test("it still aborts, and those made of it", async () => {
    const use = await fresh();
    const controller = new AbortController();
    use.watchUse(controller.signal);
    const both = AbortSignal.any([controller.signal]);
    controller.abort("why");
    expect([controller.signal.aborted, controller.signal.reason]).toEqual([true, "why"]);
    expect([both.aborted, both.reason]).toEqual([true, "why"]);
    expect(AbortSignal.any([controller.signal]).reason).toBe("why");
  });

  test.each<[string, (signal: AbortSignal) => unknown]>([
    ["a listener", (signal) => signal.addEventListener("abort", () => {})],
    ["onabort", (signal) => Object.assign(signal, { onabort: () => {} })],
    ["AbortSignal.any", (signal) => AbortSignal.any([signal])],
  ])("the first use is told: %s", async (_, act) => {
    const use = await fresh();
    const signal = made(use);
    const told = vi.fn();
    use.onUse(signal, told);
    expect(told).not.toHaveBeenCalled();
    act(signal);
    expect(told).toHaveBeenCalled();
  });
});

describe("where it can't be seen, every signal counts as used", () => {
  test("AbortSignal.any leaves no trace", async () => {
    vi.spyOn(AbortSignal, "any").mockImplementation(() => new AbortController().signal);
    const use = await fresh();
    expect(use.inUse(made(use))).toBe(true);
  });

  test("there is no AbortSignal.any, and one may be added", async () => {
    vi.spyOn(AbortSignal as { any: unknown }, "any", "get").mockReturnValue(undefined);
    const use = await fresh();
    expect(use.inUse(made(use))).toBe(true);
  });

  test("a signal keeps nothing that we know", async () => {
    vi.spyOn(Object, "getOwnPropertySymbols").mockReturnValue([]);
    const use = await fresh();
    expect(use.inUse(made(use))).toBe(true);
  });

  test("there are no modules of Node's", async () => {
    vi.spyOn(process, "getBuiltinModule").mockReturnValue(undefined as never);
    const use = await fresh();
    expect(use.inUse(made(use))).toBe(true);
  });
});
