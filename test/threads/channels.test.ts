/** Shared channels between real threads: nothing is lost, nothing arrives twice, nobody waits for ever. */
import { expect, test } from "vitest";
import { threaded } from "./program.ts";

test.each([0, 1, 7, 1024])("capacity %i: every value arrives once", async (capacity) => {
  const ended = await threaded("channels", [String(capacity), "4000"]);
  const kinds = ["range", "select", "many", "impatient", "here"];
  expect(ended).toEqual({ code: 0, signal: null, stdout: kinds.map((kind) => `${kind} right\n`).join(""), stderr: "" });
});

test("locks, groups and semaphores hold on several threads", async () => {
  const ended = await threaded("locks");
  expect(ended).toEqual({
    code: 0,
    signal: null,
    stdout: "mutex true true\nsemaphore true true\nsame true true\n",
    stderr: "",
  });
});

test("a channel's own codec makes objects of a class on the other thread; its functions must be parallel", async () => {
  const { code, stdout } = await threaded("points");
  const [first, second] = stdout.split("\n");
  expect([code, first]).toEqual([0, "true Point { x: 2, y: 1 }"]);
  expect(second).toMatch(/^sharedChan: codec\.encode is function encode, and functions stay on their thread/);
});
