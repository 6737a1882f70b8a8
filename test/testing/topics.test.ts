/** The examples of `examples/testing` that are about bubbles, leaks and races print what they should. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

const printed: Record<string, readonly string[]> = {
  "timeout.ts": [
    "request 1 after 0 s",
    "request 2 after 1 s",
    "request 3 after 3 s",
    "request 4 after 7 s",
    "request 5 after 15 s",
    "request 6 after 31 s",
    "still 31 s",
    "context deadline exceeded after 60 s",
  ],
  "leak.ts": ["unbuffered: sender is left: chan send", "room for one: ok"],
  "race.ts": ["cache[7]: a read and a write that nothing orders", "with a single flight: fetched 1 time"],
};

test.each(Object.entries(printed))("%s", (name, lines) => {
  const output = execFileSync(process.execPath, ["--import", "tsx", `examples/testing/${name}`], { cwd: root });
  expect(output.toString().trimEnd().split("\n")).toEqual(lines);
});
