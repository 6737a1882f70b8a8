/** What of a caller's async context goes along to another thread. */
import { ArgumentError } from "millrace";
import { threads } from "millrace/threads";
import { expect, test } from "vitest";
import { threaded } from "./program.ts";

test.each([
  ["OpenTelemetry's trace and baggage", "telemetry", "2", 200],
  ["OpenTelemetry's, on one thread", "telemetry", "1", 0],
  ["what the program says", "own", "2", 200],
])("%s", async (_what, way, count, away) => {
  const ended = await threaded("telemetry", [way], { env: { MILLRACE_THREADS: count } });
  expect(ended).toEqual({ code: 0, signal: null, stdout: `200 ${away}\n`, stderr: "" });
});

test("a carrier that is none is refused", () => {
  for (const context of [null, {}, { inject: () => 1 }, { inject: 1, extract: 2 }]) {
    expect(() => threads({ context: context as never })).toThrow(ArgumentError);
  }
  expect(() => threads({ context: 7 as never })).toThrow(
    "threads: context: expected { inject, extract }, two functions, got 7",
  );
});
