/** Bytes for each parked goroutine and channel, and what stays of a million operations of each kind. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { frames } from "../../src/runtime/async-scope.ts";

/** Runs a program of this folder, on the built package, and reads what it measured. */
function measured(program: string): Promise<Record<string, number>> {
  const path = fileURLToPath(new URL(program, import.meta.url));
  const child = spawn(process.execPath, ["--expose-gc", "--import", "tsx", path], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  child.stdout.on("data", (part: Buffer) => {
    text += part.toString();
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) =>
      code === 0 ? resolve(JSON.parse(text)) : reject(new Error(`${program} exited with ${code}`)),
    );
  });
}

describe("one of a hundred thousand takes at most", () => {
  let bytes: Record<string, number>;
  beforeAll(async () => {
    bytes = await measured("parked.ts");
  }, 120_000);

  test.each([
    ["receive", 350],
    ["send", 420],
    ["recvOk", 500],
    ["select of two", 1200],
    ["promise", 450],
    // Where contexts are resources (Node 20 and 22), each promise has fields for them.
    ["async receive", frames === null ? 2400 : 1200],
    ["unbuffered channel", 260],
    ["wait group", 135],
    ["channel of capacity 4", 330],
    ["channel of capacity 1000000", 420],
    ["ended", 16],
  ])("%s: %i bytes", (name, most) => {
    expect(bytes[name]).toBeGreaterThan(name === "ended" ? -100 : 60);
    expect(bytes[name]).toBeLessThan(most);
  });
});

test("nothing stays of a million operations of any kind", { timeout: 300_000 }, async () => {
  const bytes = await measured("growth.ts");
  expect(Object.keys(bytes).length).toBeGreaterThan(12);
  // The smallest thing there is takes 16 bytes; of 200,000 operations that each keep one, three times this would stay.
  const kept = Object.entries(bytes).filter(([, each]) => !(each < 1_000_000));
  expect(kept).toStrictEqual([]);
});
