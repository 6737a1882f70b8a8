/** A deadlock is reported only when it is one, and always then. */
import { describe, expect, test } from "vitest";
import { golden, millrace, node, program } from "../kit/child.ts";

describe("none is reported while somebody may still be woken by", () => {
  test.for([
    ["timer", "a timer"],
    ["immediate", "an immediate"],
    ["file", "a file"],
    ["promise", "a promise"],
    ["listening", "a connection"],
    ["connected", "a socket"],
    ["child", "a child process"],
    ["worker", "a worker"],
    ["stdin", "a line of input"],
  ] as const)("%s", async ([source, by]) => {
    const ended = await millrace("waking.ts", [source], { input: "a line of input\n" });
    expect(ended).toEqual({ code: 0, signal: null, stdout: `woken by ${by}\n`, stderr: "" });
  });
});

describe("one is reported in spite of", () => {
  test.for(["unref'd timer", "closed server", "garbage promise", "ended worker", "nothing at all"])(
    "%s",
    async (source) => {
      const ended = await millrace("waking.ts", [source]);
      expect(ended).toMatchObject({ code: 2, stdout: "" });
      expect(ended.stderr).toMatch(
        /^fatal error: all goroutines are asleep - deadlock!\n\ngoroutine 1 \[chan receive\]/,
      );
    },
  );
});

test("several runs at once: each that is stuck", async () => {
  expect(await millrace("several-runs.ts")).toEqual({
    code: 0,
    signal: null,
    stdout: "deadlock of first\nfine\ndeadlock of second\nlate\n",
    stderr: "",
  });
});

test("a run inside a run: the inner one first, whose end the outer one waits for", async () => {
  const ended = await millrace("nested-run.ts");
  expect(ended).toMatchObject({
    code: 2,
    stdout: "inner: all goroutines are asleep - deadlock!\nouter goes on\n",
  });
  expect(ended.stderr).toContain('goroutine 1 [chan receive]: channel "outer"\nouter()\n');
});

test("the default run has no main that could be stuck", async () => {
  expect(await millrace("default-run.ts")).toEqual({ code: 0, signal: null, stdout: "started\n", stderr: "" });
});

test.for([[], ["debug"]])("what a DeadlockError knows %j", async (args) => {
  const ended = await node(["--import", "tsx", program("deadlock-error.ts"), ...args]);
  await expect(golden(ended)).toMatchFileSnapshot(`goldens/${["deadlock-error", ...args].join("-")}.txt`);
});
