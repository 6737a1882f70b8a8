/** A context that was sent to a thread is given up with the job, the run or the thread it was sent for. */
import { describe, expect, test, vi } from "vitest";
import { threaded } from "./program.ts";

vi.setConfig({ testTimeout: 60_000 });

const ended = (how: string) => threaded("contexts-end", [how], { options: ["--expose-gc"] });

describe("a context that was sent, and that nothing cancels, is collected", () => {
  test.each([
    ["with its job", "jobs", "200 sent, 0 left\n"],
    ["with its run, while goroutines on other threads wait for it", "runs", "55 sent, 0 left\n"],
    ["with its thread", "threads", "10 sent, 0 left\n"],
  ])("%s", async (_, how, stdout) => {
    expect(await ended(how)).toEqual({ code: 0, signal: null, stdout, stderr: "" });
  });
});

test("it lives for what its job has started, and is cancelled once all of that is over", async () => {
  const { stdout, stderr } = await ended("later");
  expect(stderr).toBe("");
  expect(stdout.split("\n")).toEqual([
    "true",
    "after the job: undefined",
    "AbortError: context canceled, because Error: the job or run that this context has arrived for is over on this thread",
    "",
  ]);
});
