/** Programs with parallel functions, as a user runs them. */
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { cli, node } from "../process/child.ts";

const programs = fileURLToPath(new URL("./programs/", import.meta.url));

test.each([
  ["millrace run", [cli, "run"]],
  ["node --import tsx", ["--import", "tsx"]],
])("%s: a TypeScript program runs its goroutines on other threads", async (_how, argv) => {
  const ended = await node([...argv, `${programs}first.ts`]);
  expect(ended).toEqual({ code: 0, signal: null, stdout: "9900 100\n", stderr: "" });
});
