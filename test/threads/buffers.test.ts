/** Shared buffers on other threads: they stay the same memory, and are given back when nobody uses them. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isolate } from "../../src/threads/memory/isolate.ts";
import { memory } from "../../src/threads/memory/memory.ts";
import { buffers, shareBuffers } from "../../src/threads/values/buffers.ts";
import { copy } from "../../src/threads/values/slot.ts";
import { onTold, tell } from "../../src/threads/values/tell.ts";
import { type Child, start } from "./kit.ts";

describe("shared buffers", () => {
  const children: Child[] = [];
  const news: unknown[] = [];
  let look = (): void => {};
  const next = async (): Promise<unknown> => {
    while (news.length === 0) {
      await new Promise<void>((resolve) => {
        look = resolve;
      });
    }
    return news.shift();
  };
  const to = (child: number): number => (children[child] as Child).isolate;

  beforeAll(async () => {
    memory.reserve(64 * 2 ** 20);
    isolate.open();
    isolate.hold(true);
    void shareBuffers();
    onTold("added", (value) => {
      news.push(value);
      look();
    });
    children.push(await start("buffers.ts"));
  });
  afterAll(async () => {
    isolate.hold(false);
    for (const child of children) await child.stop();
  });

  it("stay the same memory there, and are the same object when they come home", async () => {
    const view = new Int32Array(new SharedArrayBuffer(64), 8, 4);
    tell(to(0), "add", view);
    const back = (await next()) as Int32Array;
    expect([...view]).toEqual([1, 1, 1, 1]);
    expect(back).not.toBe(view);
    expect(back.buffer).toBe(view.buffer);
    expect([back.byteOffset, back.length]).toEqual([8, 4]);
    expect(new Int32Array(view.buffer)[0]).toBe(0);
  });

  it("go there as a WebAssembly.Module and a shared WebAssembly.Memory do", async () => {
    interface Wasm {
      Module: new (bytes: Uint8Array) => object;
      Memory: new (size: object) => { readonly buffer: SharedArrayBuffer };
    }
    const { Module, Memory } = (globalThis as unknown as { WebAssembly: Wasm }).WebAssembly;
    const module = new Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]));
    const memory = new Memory({ initial: 1, maximum: 1, shared: true });
    tell(to(0), "echo", [{ module, memory }, module]);
    const [back, again] = (await next()) as [{ module: object; memory: typeof memory }, object];
    expect([back.module === again, again === module, back.memory === memory]).toEqual([true, true, true]);
    expect(() => copy({ list: [new Memory({ initial: 1 })] }, "args[0]")).toThrow(/^args\[0\]\.list\[0\] is a/);
  });

  it("are known to a thread that is started later", async () => {
    const view = new Int32Array(new SharedArrayBuffer(8));
    tell(to(0), "add", view);
    await next();
    children.push(await start("buffers.ts"));
    tell(to(1), "add", view);
    await next();
    expect([...view]).toEqual([2, 2]);
  });

  it("on one thread are the same object", () => {
    const buffer = new SharedArrayBuffer(8);
    const twice = copy([buffer, new Uint8Array(buffer)], "value") as [SharedArrayBuffer, Uint8Array];
    expect(twice[0]).toBe(buffer);
    expect(twice[1].buffer).toBe(buffer);
  });

  it("are forgotten by all when nobody uses them", async () => {
    const round = async (): Promise<void> => {
      for (let i = 0; i < 200; i++) {
        tell(to(i % 2), "keep", new Int32Array(new SharedArrayBuffer(1024)));
        await next();
      }
    };
    const left = async (): Promise<number> => {
      let n = buffers.count;
      for (let tries = 0; tries < 50 && n > 0; tries++) {
        for (let child = 0; child < 2; child++) {
          tell(to(child), "drop", undefined);
          await next();
        }
        globalThis.gc?.();
        await new Promise((resolve) => setTimeout(resolve, 0));
        n = buffers.count;
      }
      return n;
    };
    await round();
    expect(buffers.count).toBeGreaterThan(100);
    expect(await left()).toBe(0);
    const before = memory.used;
    for (let i = 0; i < 12; i++) await round();
    expect(await left()).toBe(0);
    expect(memory.used - before).toBeLessThanOrEqual(6 * 4096); // pages with room, for 2400 records
  });
});
