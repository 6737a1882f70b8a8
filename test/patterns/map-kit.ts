import type { Source } from "millrace/patterns";
import { sleep } from "millrace/time";
import { filled } from "../kit/streams.ts";

export function* lasting(ms: number) {
  yield* sleep(ms);
  return ms;
}

export const sources: readonly (readonly [string, () => Source<number>])[] = [
  ["an array", () => [3, 1, 2]],
  ["a set", () => new Set([3, 1, 2])],
  ["a generator", () => [3, 1, 2].values()],
  ["a channel", () => filled([3, 1, 2])],
  [
    "an async generator",
    () =>
      (async function* () {
        yield* [3, 1, 2];
      })(),
  ],
];
