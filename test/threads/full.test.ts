/** When the shared memory is full, the run that needs more ends with an error, and nothing else happens. */
import { expect, test, vi } from "vitest";
import { threaded } from "./program.ts";

vi.setConfig({ testTimeout: 60_000 });

test.each([
  ["tasks that wait", "tasks"],
  ["the result of a goroutine on another thread", "result"],
  ["what a goroutine on another thread sends", "there"],
  ["contexts", "contexts"],
  ["values in a channel", "values"],
  ["two threads at once", "events"],
])("%s fill it: the run ends with SHARED_MEMORY, again and again, and then it is whole", async (_, what) => {
  const { code, stdout, stderr } = await threaded("full", [what], { options: ["--expose-gc"] });
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: `${"SHARED_MEMORY\n".repeat(3)}600000\n`, stderr: "" });
});
