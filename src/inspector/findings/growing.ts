/** Goroutines of one origin that only become more: mostly each waits for what never comes. */
import type { Finding } from "../protocol.ts";
import type { Rule } from "./rules.ts";
import { forTime, startedAt } from "./text.ts";

/** Samples in a row that must not fall, and by how much the last must be above the first. */
const SAMPLES = 12;
const MORE = 20;

/** Whether `counts` only grow, and went on growing in their second half. */
export function grows(counts: readonly number[]): boolean {
  const first = counts[0] ?? 0;
  const middle = counts[counts.length >> 1] ?? 0;
  const last = counts.at(-1) ?? 0;
  const falls = counts.some((count, i) => i > 0 && count < (counts[i - 1] as number));
  return !falls && last - first >= MORE && last - middle >= MORE / 4 && middle > first;
}

export const growing: Rule = (model) => {
  const samples = model.samples.all.slice(-SAMPLES);
  const [first] = samples;
  const last = samples.at(-1);
  if (samples.length < SAMPLES || first === undefined || last === undefined) return [];
  const found: Finding[] = [];
  for (const [family, now] of last.routines) {
    const counts = samples.map(({ routines }) => routines.get(family) ?? 0);
    if (!grows(counts)) continue;
    const [name = "", origin = ""] = family.split("\n");
    const some = [...model.routines].filter((routine) => routine.live && routine.family === family).slice(0, 5);
    const waits = some[0]?.waitsFor.reason ?? "";
    found.push({
      rule: "growing",
      severity: "warning",
      text:
        `${name === "" ? "goroutines" : name} become more and more${startedAt(origin)}: ${counts[0]} to ${now} in ` +
        `${forTime(last.time - first.time)}${waits === "" ? "" : `, waiting for ${waits}`}`,
      about: some.map(({ id }) => id),
      since: first.time,
    });
  }
  return found;
};
