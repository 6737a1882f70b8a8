/** Signals to a program that is run by `millrace run`. */
import { expect, test } from "vitest";
import { golden, millrace } from "../kit/child.ts";

const sends = (signal: NodeJS.Signals) => ({
  whenReady: (child: { kill(signal: NodeJS.Signals): boolean }) => void child.kill(signal),
});

test.for([[], ["debug"]])("SIGQUIT prints every goroutine and ends with 2 %j", async (args) => {
  const ended = await millrace("signals.ts", args, sends("SIGQUIT"));
  await expect(golden(ended)).toMatchFileSnapshot(`goldens/${["sigquit", ...args].join("-")}.txt`);
});

test("SIGQUIT shows the goroutines of all runs", async () => {
  const ended = await millrace("sigquit-other-runs.ts", [], sends("SIGQUIT"));
  const numbered = golden(ended).replace(/^run \d+/gm, "run N");
  await expect(numbered).toMatchFileSnapshot("goldens/sigquit-other-runs.txt");
});

test.for([[], ["spin"]])("SIGINT ends the program with 130 and says nothing %j", async (args) => {
  const ended = await millrace("signals.ts", args, sends("SIGINT"));
  expect(ended).toEqual({ code: 130, signal: null, stdout: "ready\n", stderr: "" });
});

test("SIGINT is left to a program that listens for it, once it listens no more it ends the program", async () => {
  const ended = await millrace("signals.ts", ["listen"], sends("SIGINT"));
  expect(ended).toEqual({ code: 130, signal: null, stdout: "ready\ncleaning up\n", stderr: "" });
});

test("SIGTERM is the host's", async () => {
  const ended = await millrace("signals.ts", [], sends("SIGTERM"));
  expect(ended).toEqual({ code: null, signal: "SIGTERM", stdout: "ready\n", stderr: "" });
});

test.for(["SIGINT", "SIGQUIT"] as const)("%s is the host's where there is no main", async (signal) => {
  const ended = await millrace("run-only.ts", [], sends(signal));
  expect(ended).toEqual({ code: null, signal, stdout: "ready\n", stderr: "" });
});
