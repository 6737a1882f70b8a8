/** The shared memory: blocks, what is given back, what happens when there is none left. */
import type { Panic } from "millrace";
import { beforeEach, describe, expect, it } from "vitest";
import { HEAD, LINK, PAGE_TABLE, RFREE, ROOMY, STATE } from "../../src/threads/memory/layout.ts";
import { Memory, push } from "../../src/threads/memory/memory.ts";
import { makeSpan, takePages } from "../../src/threads/memory/pages.ts";
import { FREE, recordOf } from "../../src/threads/memory/record.ts";

const MIB = 2 ** 20;

/** Takes blocks of that many bytes until there is no room. */
function fill(memory: Memory, bytes: number): number[] {
  const held: number[] = [];
  for (;;) {
    try {
      held.push(memory.alloc(bytes));
    } catch (error) {
      expect((error as Panic).code).toBe("SHARED_MEMORY");
      return held;
    }
  }
}

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
    const block = memory.alloc(5000); // one of four in a span
    const others = [memory.alloc(5000), memory.alloc(5000), memory.alloc(5000)];
    push(memory.i32, recordOf(memory.self) + RFREE, block);
    expect(memory.alloc(5000)).toBe(block);
    expect(others).not.toContain(block);
  });

  it("sends a block home when another isolate frees it", () => {
    const other = new Memory();
    other.attach(memory.share(memory.newIsolate()));
    const [block] = Array.from({ length: 4 }, () => memory.alloc(5000)) as [number];
    other.free(block);
    expect(other.alloc(5000)).not.toBe(block);
    expect(memory.alloc(5000)).toBe(block);
  });

  it("gives back a block that is a span at once, whichever isolate frees it", () => {
    const other = new Memory();
    other.attach(memory.share(memory.newIsolate()));
    const { used } = memory;
    const block = memory.alloc(100_000);
    expect(memory.room(block)).toBeGreaterThanOrEqual(100_000);
    expect(memory.used).toBeGreaterThan(used);
    other.free(block);
    expect(memory.used).toBe(used);
    expect(other.alloc(100_000)).toBe(block);
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

  it("is whole again after it was full of blocks of any one size", () => {
    const { used } = memory;
    for (const bytes of [10, 40, 100, 500, 1000, 3000, 6000, 20_000, 300_000, 500]) {
      const held = fill(memory, bytes);
      expect(held.length * bytes).toBeGreaterThan(MIB);
      for (const block of held) memory.free(block);
    }
    memory.tidy();
    expect(memory.used).toBe(used);
  });

  it("is whole again after another isolate has freed all of it, and while that one sleeps or is gone", () => {
    const number = memory.newIsolate();
    const other = new Memory();
    other.attach(memory.share(number));
    const held = fill(other, 500);
    for (const block of held) memory.free(block);
    expect(() => memory.alloc(1_000_000)).toThrow(/out of shared memory/);
    memory.askOthers = () => other.tidy();
    const large = memory.alloc(1_000_000);
    memory.free(large);
    for (const block of fill(other, 1000)) memory.free(block);
    memory.askOthers = () => {};
    memory.i32[recordOf(number) + STATE] = FREE;
    expect(memory.alloc(1_000_000)).toBeGreaterThan(0);
  });

  it("says what is free when only pieces are", () => {
    const held = fill(memory, 5000);
    for (const [i, block] of held.entries()) if (i % 8 < 4) memory.free(block);
    expect(() => memory.alloc(1_000_000)).toThrow(
      /^out of shared memory \(1000000 bytes wanted, of 4 MiB only pieces are free, of \d{7} bytes in all; see/,
    );
  });

  it("makes the lists of an isolate anew that died in the middle of them", () => {
    const number = memory.newIsolate();
    const dead = new Memory();
    dead.attach(memory.share(number));
    const { i32 } = memory;
    const { used } = memory;
    const held = [100, 100, 100, 900, 5000, 5000, 20_000].map((bytes) => dead.alloc(bytes));
    dead.free(held[1] as number);
    dead.free(held[4] as number);
    memory.free(held[3] as number); // is on its way to it
    const taken = takePages(i32, 3, number); // and it had taken pages that are no span yet
    expect(taken).toBeGreaterThan(0);
    for (let kind = 0; kind < 16; kind++) i32[recordOf(number) + ROOMY + kind] = 12_345; // its lists are anything
    memory.reclaim(number);
    expect(memory.used).toBe(used + 4096 * (1 + 6 + 5)); // what is in use stays
    for (const at of [0, 2, 5, 6]) memory.free(held[at] as number);
    memory.reclaim(number);
    expect(memory.used).toBe(used);
  });

  it("leaves alone what an isolate that died had given back of a span", () => {
    const number = memory.newIsolate();
    const dead = new Memory();
    dead.attach(memory.share(number));
    const block = dead.alloc(5000); // in a span of six pages
    const page = (memory.i32[block] as number) >>> 9;
    makeSpan(memory.i32, page, 2, number); // it was giving it back, and has come to the third page
    for (let i = 2; i < 6; i++) memory.i32[PAGE_TABLE + page + i] = 0;
    const other = memory.alloc(16_000); // which is another's by now
    memory.u8.fill(77, (other + HEAD) * 4, (other + HEAD) * 4 + 16_000);
    memory.reclaim(number);
    expect(memory.u8.subarray((other + HEAD) * 4, (other + HEAD) * 4 + 16_000).every((byte) => byte === 77)).toBe(true);
    expect(memory.i32[PAGE_TABLE + page]).toBe(0);
  });

  it("refuses a size that is none, and a second one", () => {
    expect(() => new Memory().reserve(1)).toThrow(/memory, in bytes: expected a whole number from 2097152/);
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
