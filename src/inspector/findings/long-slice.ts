/** A stretch in which a goroutine did not yield: nothing else on its thread could run. */
import type { Finding } from "../protocol.ts";
import type { Rule } from "./rules.ts";
import { forTime, who } from "./text.ts";

/** Milliseconds from which it is told. */
const LONG = 100;
/** Of those that are over, the last so many. */
const LAST = 5;

export const longSlice: Rule = (model) => {
  const found: Finding[] = [];
  for (const { thread, figures, running } of model.readers.values()) {
    const where = thread === 0 ? "" : ` on thread ${thread}`;
    for (const { key, start, ms } of figures.long.filter((slice) => slice.ms >= LONG).slice(-LAST)) {
      const place = model.places.get(`${key} ${Math.round(start)}`);
      found.push({
        rule: "long-slice",
        severity: "warning",
        text: `${who(model, key)} ran ${forTime(ms)} without yielding${where}${place === undefined ? "" : `, up to ${place}`}`,
        about: [model.idOf(key)],
        since: start,
      });
    }
    const now = running ?? (thread === 0 ? model.looping : null);
    if (now === null || now.state !== "running" || model.ended !== null) continue;
    const ms = model.now - now.since;
    if (ms < LONG || model.runs.get(now.run)?.ended !== null) continue;
    found.push({
      rule: "long-slice",
      severity: "warning",
      text: `${who(model, now.key)} has been running for ${forTime(ms)} without yielding${where}`,
      about: [now.id],
      since: now.since,
    });
  }
  return found;
};
