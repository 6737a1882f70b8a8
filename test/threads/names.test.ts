/** Names that many messages mention: those that a program makes up do not crowd out what is named in its source. */
import { run } from "millrace";
import { sharedChan } from "millrace/threads";
import { expect, test } from "vitest";
import { memory } from "../../src/threads/memory/memory.ts";
import { pointerOf, pointerOfName, textAt } from "../../src/threads/memory/names.ts";

test("the first 1000 that are made up are known; what is named in source code always is", async () => {
  memory.reserve(2 ** 21);
  await run(() => void sharedChan());
  const pointers = Array.from({ length: 20_000 }, (_, i) => pointerOfName(`request ${i}`));
  expect(pointers.filter((pointer) => pointer !== 0)).toHaveLength(1000);
  const before = memory.used;
  expect(textAt(pointers[999] as number)).toBe("request 999");
  expect(pointerOfName("request 5")).toBe(pointers[5]);
  expect(textAt(pointerOf("f\nfile:///module.js"))).toBe("f\nfile:///module.js");
  expect(pointerOfName("f\nfile:///module.js")).not.toBe(0);
  expect(memory.used - before).toBeLessThan(10_000);
});
