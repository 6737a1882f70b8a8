/** Nothing is buffered without end: what passes through a channel of 16 leaves no trace in memory. `bench/interop.ts` passes a GiB. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import type { Measured } from "../../bench/interop.ts";
import { root } from "../process/child.ts";

const MIB = 384;

test.each([
  "Node → channel → Node",
  "Node, piped into a channel",
  "web → channel → web",
  "web, piped into a channel",
  "async iterable → channel",
])(`${MIB} MiB, %s`, { timeout: 60_000 }, async (way) => {
  const argv = ["--import", "tsx", `${root}bench/interop.ts`, way, String(MIB)];
  const { stdout } = await promisify(execFile)(process.execPath, argv, { cwd: root });
  const { grew } = JSON.parse(stdout) as Measured;
  // What V8 takes before it collects: mostly 30 to 60, whatever the size.
  expect(grew).toBeLessThan(128);
});
