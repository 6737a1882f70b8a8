/** A send to an unbuffered channel from which nobody has ever received, for long. */
import type { Finding } from "../protocol.ts";
import type { Rule } from "./rules.ts";
import { forTime } from "./text.ts";

/** Milliseconds that the sender has waited. */
const LONG = 1_000;

export const noReceiver: Rule = (model) => {
  const found: Finding[] = [];
  for (const { id, label, capacity, received, closed, shared, sendq } of model.channels) {
    const { first } = sendq;
    if (first === undefined || capacity !== 0 || received > 0 || closed || shared) continue;
    const waited = model.now - first.since;
    if (waited < LONG) continue;
    const sender = first.routine === null ? "an async function" : model.nameOf(first.routine.key);
    found.push({
      rule: "no-receiver",
      severity: "warning",
      text: `${sender} has waited ${forTime(waited)} to send to ${label}, from which nobody has ever received`,
      about: [id, ...sendq.ids(10)],
      since: first.since,
    });
  }
  return found;
};
