/** Nothing makes code from strings: everything works where the host forbids it, as a strict Content-Security-Policy does. */
import { expect, test } from "vitest";
import { node } from "../kit/child.ts";
import { hogged, threaded } from "../threads/program.ts";

const FORBID = "--disallow-code-generation-from-strings";

test("the host forbids it", async () => {
  const ended = await node([FORBID, "-e", 'new Function("")']);
  expect(ended.code).not.toBe(0);
  expect(ended.stderr).toContain("Code generation from strings disallowed");
});

test.each(["channels", "locks", "tree"])("%s", async (name) => {
  const args = name === "channels" ? ["16", "500"] : [];
  const [free, forbidden] = await Promise.all([threaded(name, args), threaded(name, args, { options: [FORBID] })]);
  expect(forbidden).toEqual(free);
});

test("nor does the monitor, which stops threads", async () => {
  const { code, stderr } = await hogged([FORBID]);
  expect(code).toBe(0);
  expect(stderr).toMatch(/^millrace: goroutine 2 \(hog\) has not yielded/);
});
