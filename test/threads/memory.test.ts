/** The shared memory: blocks, what is given back, what happens when there is none left. */
import type { Panic } from "millrace";
import { beforeEach, describe, expect, it } from "vitest";
import { HEAD, LINK, RFREE } from "../../src/threads/memory/layout.ts";
import { Memory, push } from "../../src/threads/memory/memory.ts";
import { recordOf } from "../../src/threads/memory/record.ts";

const MIB = 2 ** 20;

describe("memory", () => {
  let memory: Memory;
  beforeEach(() => {
    memory = new Memory();
    memory.reserve(4 * MIB);
    memory.open();
  });

  it("gives blocks that hold what was asked for and do not overlap", () => {
    const blocks: { at: number; end: number }[] = [];
    for (let bytes = 0; bytes < 3000; bytes += 37) {
      const at = memory.alloc(bytes);
      expect(memory.room(at)).toBeGreaterThanOrEqual(bytes);
      expect(memory.room(at)).toBeLessThan(Math.max(64, bytes * 1.6));
      blocks.push({ at, end: at + HEAD + Math.ceil(memory.room(at) / 4) });
    }
    blocks.sort((a, b) => a.at - b.at);
    for (const [i, { at }] of blocks.entries()) {
      expect(at % 2).toBe(0);
      if (i > 0) expect(at).toBeGreaterThanOrEqual(blocks[i - 1]?.end as number);
    }
  });

  it("gives a freed block again", () => {
    const block = memory.alloc(100);
    memory.free(block);
    expect(memory.alloc(90)).toBe(block);
  });

  it("takes back what another isolate has freed", () => {
    const block = memory.alloc(100);
    push(memory.i32, recordOf(memory.self) + RFREE, block);
    expect(memory.alloc(100)).toBe(block);
  });

  it("sends a block home when another isolate frees it", () => {
    const other = new Memory();
    other.attach(memory.share(memory.newIsolate()));
    const block = memory.alloc(100);
    other.free(block);
    expect(other.alloc(100)).not.toBe(block);
    expect(memory.alloc(100)).toBe(block);
  });

  it("stays at one size while blocks come and go", () => {
    const round = (): void => {
      const held = [10, 100, 1000, 10_000, 70_000].map((bytes) => memory.alloc(bytes));
      for (const block of held) memory.free(block);
    };
    round();
    const { used } = memory;
    for (let i = 0; i < 1000; i++) round();
    expect(memory.used).toBe(used);
  });

  it("uses the rest of a chunk when a block does not fit", () => {
    memory.alloc(40_000);
    memory.alloc(40_000);
    const { used } = memory;
    for (let i = 0; i < 100; i++) memory.alloc(20);
    expect(memory.used).toBe(used);
  });

  it("says that it is used up, and goes on when something is freed", () => {
    const held: number[] = [];
    const fill = (): never => {
      for (;;) held.push(memory.alloc(50_000));
    };
    expect(fill).toThrow(/^out of shared memory \(\d+ bytes wanted, all of 4 MiB used; see threads\({ memory }\)\)$/);
    try {
      fill();
    } catch (error) {
      expect((error as Panic).code).toBe("SHARED_MEMORY");
    }
    memory.free(held.pop() as number);
    expect(memory.alloc(50_000)).toBeGreaterThan(0);
  });

  it("is inherited by the next isolate with the same number", () => {
    const number = memory.newIsolate();
    const first = new Memory();
    first.attach(memory.share(number));
    const block = first.alloc(100);
    first.free(block);
    const second = new Memory();
    second.attach(memory.share(number));
    expect(second.alloc(100)).toBe(block);
  });

  it("refuses a size that is none, and a second one", () => {
    expect(() => new Memory().reserve(1)).toThrow(/memory must be a whole number of bytes from 2097152/);
    expect(() => new Memory().reserve(1.5e7 + 0.5)).toThrow(/got 15000000.5/);
    expect(() => memory.reserve(8 * MIB)).toThrow(/must be set before/);
    expect(() => memory.reserve(4 * MIB)).not.toThrow();
    expect(memory.size).toBe(4 * MIB);
  });

  it("links a block into a list in front", () => {
    const [list, a, b] = [memory.alloc(8), memory.alloc(8), memory.alloc(8)];
    const { i32 } = memory;
    i32[list + HEAD] = 0;
    expect(push(i32, list + HEAD, a)).toBe(0);
    expect(push(i32, list + HEAD, b)).toBe(a);
    expect([i32[list + HEAD], i32[b + LINK], i32[a + LINK]]).toEqual([b, a, 0]);
  });
});
