/** Whatever takes a function takes a parallel one, and runs it on any thread. */
import { expect, test } from "vitest";
import { threaded } from "./program.ts";

test("a parallel function runs on another thread, whatever starts it; what can't do that refuses it", async () => {
  const { code, stdout, stderr } = await threaded("doors");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const lines = stdout.trimEnd().split("\n");
  expect(lines.filter((line) => line === "noted true")).toHaveLength(3);
  expect(lines.filter((line) => !line.startsWith("noted"))).toEqual(
    [
      ...["go", "mapConcurrent", "mapStream", "WorkerPool", "retry", "SingleFlight.do", "SingleFlight.doChan"],
      ...["onceValue", "withLock", "ErrGroup.go", "WaitGroup.go", "SharedWaitGroup.go"],
    ]
      .map((door) => `${door} true`)
      .concat([
        "ErrGroup's error RangeError: no",
        "retry's error RangeError: no",
        "threads stays,2,true,1,",
        ...["refused true", "refused true", "refused true"],
      ]),
  );
});
