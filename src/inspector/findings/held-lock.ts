/** A lock that has been held for long while others wait for it. */
import type { Finding } from "../protocol.ts";
import type { Rule } from "./rules.ts";
import { count, forTime, who } from "./text.ts";

/** Milliseconds that it is held, and that the first has waited. */
const LONG = 500;

export const heldLock: Rule = (model) => {
  const found: Finding[] = [];
  for (const { id, name, holders, queue } of model.things) {
    const holder = holders.first;
    const { first } = queue;
    if (holder === undefined || first === undefined) continue;
    const { now } = model;
    if (now - holder.since < LONG || now - first.since < LONG) continue;
    const others = holders.length === 1 ? "" : ` (and ${count(holders.length - 1, "other", "others")})`;
    const by = `${holder.key === 0 ? "an async function" : who(model, holder.key)}${others}`;
    found.push({
      rule: "held-lock",
      severity: "warning",
      text: `${by} has held ${name} for ${forTime(now - holder.since)} while ${count(queue.length, "waits", "wait")}`,
      about: [...holders.keys(20).map((key) => model.idOf(key)), id],
      since: holder.since,
    });
  }
  return found;
};
