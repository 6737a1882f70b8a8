/** Pools of parallel functions, and parallel functions as values. */
import { expect, test } from "vitest";
import { threaded } from "./program.ts";

test.each([
  ["other threads", "2", true],
  ["one thread", "1", false],
])("WorkerPool and mapConcurrent of a parallel function, on %s", async (_where, threads, away) => {
  const ended = await threaded("pool", [], { env: { MILLRACE_THREADS: threads } });
  const lines = [`4 ${away}`, "Odd 7 is odd 7 true", "4950", "RangeError: enough", "[ 1, 4, 9 ]", ""];
  expect(ended).toEqual({ code: 0, signal: null, stdout: lines.join("\n"), stderr: "" });
});

test("a channel's codec is made of parallel functions, which are values like others", async () => {
  const ended = await threaded("codec");
  expect(ended).toEqual({ code: 0, signal: null, stdout: "[ 10, false ]\ntrue 10\n", stderr: "" });
});
