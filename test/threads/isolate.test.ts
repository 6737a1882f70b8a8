/** Messages between threads: each arrives once, in order, and wakes who sleeps. */
import { afterAll, describe, expect, it } from "vitest";
import { isolate } from "../../src/threads/memory/isolate.ts";
import { KIND } from "../../src/threads/memory/layout.ts";
import { memory } from "../../src/threads/memory/memory.ts";
import { type Child, start } from "./kit.ts";

const ECHO = 20;

describe("isolate", () => {
  memory.reserve(64 * 2 ** 20);
  isolate.open();
  const children: Child[] = [];
  afterAll(async () => {
    for (const child of children) await child.stop();
  });

  const message = (value: number): number => {
    const block = memory.alloc(32);
    memory.i32[block + KIND] = ECHO;
    memory.i32[block + 3] = memory.self;
    memory.i32[block + 4] = value;
    return block;
  };

  it("delivers what it posts to itself, in order", async () => {
    const got: number[] = [];
    const last = new Promise<void>((done) => {
      isolate.on(ECHO, (block) => {
        if (got.push(memory.i32[block + 4] as number) === 5) done();
        memory.free(block);
      });
    });
    for (let i = 0; i < 5; i++) isolate.post(memory.self, message(i));
    await last;
    expect(got).toEqual([0, 1, 2, 3, 4]);
  });

  it("wakes another thread and is woken by it, one by one and in bursts", async () => {
    const child = await start("echo.ts");
    children.push(child);
    let resolve = (): void => {};
    const got: number[] = [];
    let left = 0;
    isolate.on(ECHO, (block) => {
      got.push(memory.i32[block + 4] as number);
      memory.free(block);
      if (--left === 0) resolve();
    });
    const burst = (from: number, n: number): Promise<void> =>
      new Promise((done) => {
        resolve = done;
        left = n;
        for (let i = 0; i < n; i++) isolate.post(child.isolate, message(from + i));
      });
    for (let i = 0; i < 2000; i++) await burst(i, 1);
    for (let i = 0; i < 200; i++) await burst(2000 + i * 50, 50);
    expect(got).toEqual([...Array(12_000).keys()]);
  });
});
