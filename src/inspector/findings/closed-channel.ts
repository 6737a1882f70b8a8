/** Somebody has sent to a channel that was closed, or closed it again: who did, and who had closed it. */
import type { Rule } from "./rules.ts";
import { who } from "./text.ts";

export const closedChannel: Rule = (model) =>
  model.closedPanics.map(({ key, time, text, channel }) => {
    const closer = channel === null || channel.closer === 0 ? "" : `, which ${who(model, channel.closer)} had closed`;
    return {
      rule: "closed-channel",
      severity: "error",
      text: `${who(model, key)} panicked: ${text}${channel === null ? "" : `: ${channel.label}${closer}`}`,
      about: [model.idOf(key), ...(channel === null ? [] : [channel.id])],
      since: time,
    };
  });
