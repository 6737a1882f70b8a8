/** A channel to which somebody wants to send, and whose only receiver so far has ended: nobody will take anything. */
import type { Finding } from "../protocol.ts";
import type { Rule } from "./rules.ts";
import { count, who } from "./text.ts";

export const fullChannel: Rule = (model) => {
  const found: Finding[] = [];
  for (const { id, label, capacity, closed, shared, sendq, receivers } of model.channels) {
    const { first } = sendq;
    if (first === undefined || closed || shared || receivers.only === 0) continue;
    const receiver = model.routines.get(receivers.only);
    if (receiver?.live === true) continue;
    const full = capacity > 0 ? "is full" : "has nobody to receive";
    found.push({
      rule: "full-channel",
      severity: "warning",
      text: `${label} ${full}, and its only receiver, ${who(model, receivers.only)}, has ended; ${count(sendq.length, "sender waits", "senders wait")}`,
      about: [id, model.idOf(receivers.only), ...sendq.ids(10)],
      since: first.since,
    });
  }
  return found;
};
