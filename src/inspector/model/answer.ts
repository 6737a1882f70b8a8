/** Every question but the stepper's, answered out of a model. */
import { findingsOf } from "../findings/rules.ts";
import type { Questions } from "../protocol.ts";
import { graphOf } from "./graph.ts";
import { keyOfId } from "./ids.ts";
import type { Model } from "./model.ts";
import { query } from "./query.ts";
import { statusOf } from "./status.ts";
import { timelineOf } from "./timeline.ts";

/** Questions that a stepper answers. */
export type Steps = "stepper" | "step" | "back" | "resume" | "pause" | "restart" | "break" | "unbreak";
export type Known = Exclude<keyof Questions, Steps>;

type Answers = { readonly [Q in Known]: (model: Model, about: Questions[Q]["ask"]) => Questions[Q]["answer"] };

/** Events that a goroutine's detail shows. */
const RECENT = 50;

const ANSWERS: Answers = {
  status: statusOf,
  goroutines: ({ routines }, about) => query(routines, about),
  goroutine: (model, { id }) => {
    const routine = model.routines.get(keyOfId(id) ?? -1);
    return routine?.detail(model.recent(routine.key, RECENT)) ?? null;
  },
  channels: ({ channels }, about) => channels.query(about),
  channel: ({ channels }, { id }) => channels.get(id)?.detail() ?? null,
  things: ({ things }, about) => things.query(about),
  graph: graphOf,
  timeline: timelineOf,
  events: ({ log }, { after, limit }) => log.read(after, limit),
  findings: findingsOf,
};

export function answer<Q extends Known>(model: Model, question: Q, about: Questions[Q]["ask"]): Questions[Q]["answer"] {
  return ANSWERS[question](model, about);
}
