/** A run has ended in a deadlock: who was left, and for what they wait. */
import { keyOf } from "../../trace/timeline.ts";
import type { Finding } from "../protocol.ts";
import type { Rule } from "./rules.ts";
import { count, whoIs } from "./text.ts";

export const deadlock: Rule = (model) => {
  const found: Finding[] = [];
  for (const { run, deadlocked, endedAt } of model.runs.values()) {
    if (!deadlocked) continue;
    const left = [...model.routines].filter((routine) => routine.run === run && routine.state === "waiting");
    const main = model.routines.get(keyOf(run, 1));
    const reason = main?.state === "waiting" ? `: ${whoIs(main)} waits for ${main.waitsFor.reason}` : "";
    const others = left.length - (reason === "" ? 0 : 1);
    found.push({
      rule: "deadlock",
      severity: "error",
      text: `all goroutines are asleep${reason}${others > 0 ? `, and ${count(others, "other waits", "others wait")}` : ""}`,
      about: left.slice(0, 20).map(({ id }) => id),
      since: endedAt,
    });
  }
  return found;
};
