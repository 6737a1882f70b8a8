/** What a program emits, in a line an event. */
import { type RunOptions, run } from "millrace";
import { afterEach, expect } from "vitest";
import { type Recording, record } from "./record.ts";

let recording: Recording | undefined;
afterEach(() => recording?.[Symbol.dispose]());

/** Records from now until the test ends. */
export function recorded(): Recording {
  recording = record();
  return recording;
}

/** What was recorded last. */
export const events = (): Recording["events"] => recording?.events ?? [];

/** What `main` emits as a run: seeded, because preemption by the clock would be told, too. */
export async function told(main: () => unknown, options: RunOptions = { seed: 1 }): Promise<string[]> {
  const recording = recorded();
  await run(main, { name: "test", ...options }).catch(() => {});
  return recording.lines();
}

/** The events of a run that ends well: without its first three and its last two. */
export async function inside(main: () => unknown, options?: RunOptions): Promise<string[]> {
  const lines = await told(main, options);
  expect(lines.slice(0, 3)).toEqual(["run-start test", "go-create g1 main by g0", "go-start g1"]);
  expect(lines.slice(-2)).toEqual(["go-end g1", "run-end test"]);
  return lines.slice(3, -2);
}
