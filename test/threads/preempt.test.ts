/** The monitor: goroutines that never come to their scheduler are named, and with `preempt` the others run all the same. */
import { threads } from "millrace/threads";
import { describe, expect, it } from "vitest";
import { node } from "../kit/child.ts";
import { hogged, path, threaded } from "./program.ts";

describe("preemption", () => {
  it("lets the others of a thread run, and main return", async () => {
    const ended = await threaded("preempt-main");
    const stdout = ["received 190 true", "the loop ends", "joined 1", "main returns", ""].join("\n");
    expect(ended).toEqual({ code: 0, signal: null, stdout, stderr: "" });
  });

  it("does so on other threads, and says who it was and where", async () => {
    const { code, stdout, stderr } = await threaded("preempt-threads");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const [first, second, ...stack] = stdout.trimEnd().split("\n");
    expect(first).toBe("it looped: true");
    expect(second).toBe("loops true true loops(...)");
    expect(stack).toHaveLength(1);
    expect(stack[0]).toMatch(/^\t.*preempt-threads\.mjs:20:\d+$/);
  });

  it("lands nowhere that it could do harm, for as long as there is time in a test", { timeout: 60_000 }, async () => {
    const { code, stdout, stderr } = await node(["--import", "tsx", path("preempt-soak.ts"), "3"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^\d+ preemptions, \d+ loops, \d+ rounds, \d+ locks\n$/);
  });

  it("without it a hog is named after a second, and hogs", async () => {
    const { code, stdout, stderr } = await hogged();
    expect({ code, stdout }).toEqual({ code: 0, stdout: "0 while it ran\n" });
    expect(stderr).toMatch(/^millrace: goroutine 2 \(hog\) has not yielded for \d+\.\d s:\n/);
    expect(stderr).toMatch(/^hog\(\.\.\.\)\n\t.*hog\.mjs:\d+:\d+$/m);
  });

  it("options are checked", () => {
    expect(() => threads({ preempt: 1 as never })).toThrow(/preempt: expected true or false, got 1/);
    expect(() => threads({ sysmon: "yes" as never })).toThrow(/sysmon: expected true, false or a function, got "yes"/);
  });
});
