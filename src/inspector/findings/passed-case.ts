/** A select that never takes one of its cases although it could: with `order: "listed"` those before it starve it. */
import type { Finding } from "../protocol.ts";
import type { Rule } from "./rules.ts";
import { startedAt, whoIs } from "./text.ts";

/** How often it was ready and another was taken. By chance that would happen once in 2^100. */
const OFTEN = 100;

export const passedCase: Rule = (model) => {
  const found: Finding[] = [];
  for (const { routine, cases, since } of model.selects) {
    for (const { name, label, taken, passed } of cases) {
      if (taken > 0 || passed < OFTEN) continue;
      found.push({
        rule: "passed-case",
        severity: "warning",
        text: `a select of ${whoIs(routine)}${startedAt(routine.origin)}, has never taken its case ${name} (${label}), which was ready ${passed} times`,
        about: [routine.id],
        since,
      });
    }
  }
  return found;
};
