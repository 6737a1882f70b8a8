import { expect, test } from "vitest";
import { TABLE_LENGTH } from "../../src/threads/memory/layout.ts";
import { memory } from "../../src/threads/memory/memory.ts";
import { MOST, sharedTable } from "../../src/threads/values/shape-table.ts";

test("a shape has one number, and its keys are found by it", () => {
  const all = [["a"], ["a", "b"], ["b", "a"], [], [""], ["\ud800", "é€😀", "__proto__"], ["a,b"], ['a","b']];
  const ids = all.map((keys) => sharedTable.intern(keys));
  expect(new Set(ids).size).toBe(all.length);
  expect(Math.min(...ids)).toBeGreaterThan(0);
  expect(all.map((keys) => sharedTable.intern([...keys]))).toEqual(ids);
  expect(ids.map((id) => sharedTable.keysOf(id))).toEqual(all);
});

test("it stops when it is full, and what is in it stays", () => {
  const before = sharedTable.intern(["a", "b"]);
  const used = memory.used;
  const ids = new Set<number>();
  for (let i = 0; i < 2 * MOST; i++) ids.add(sharedTable.intern([`key${i}`]));
  expect(ids.has(0)).toBe(true);
  expect(ids.size).toBeGreaterThan(MOST - 20);
  expect(ids.size).toBeLessThanOrEqual(MOST + 1);
  expect(sharedTable.intern(["a", "b"])).toBe(before);
  expect(memory.used - used).toBeLessThan(1_000_000);
  for (const id of [0, -1, TABLE_LENGTH + 1, 0.5]) expect(sharedTable.keysOf(id)).toBeUndefined();
});
