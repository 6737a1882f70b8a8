/** What can be said of a program without being asked: each rule in a file of its own. */
import type { Model } from "../model/model.ts";
import type { Finding } from "../protocol.ts";
import { closedChannel } from "./closed-channel.ts";
import { cycle } from "./cycle.ts";
import { deadlock } from "./deadlock.ts";
import { fullChannel } from "./full-channel.ts";
import { growing } from "./growing.ts";
import { heldLock } from "./held-lock.ts";
import { longSlice } from "./long-slice.ts";
import { noReceiver } from "./no-receiver.ts";
import { passedCase } from "./passed-case.ts";
import { pilingTimers } from "./piling-timers.ts";
import { tooMany } from "./too-many.ts";

/** Looks at what is known and says what is remarkable. */
export type Rule = (model: Model) => Finding[];

/** Findings of one rule that are told: more say nothing new. */
const MOST = 20;

const RULES: readonly Rule[] = [
  deadlock,
  closedChannel,
  cycle,
  heldLock,
  fullChannel,
  noReceiver,
  passedCase,
  longSlice,
  growing,
  pilingTimers,
  tooMany,
];

const SEVERITIES: readonly Finding["severity"][] = ["error", "warning", "note"];

export function findingsOf(model: Model): Finding[] {
  const found = RULES.flatMap((rule) => rule(model).slice(0, MOST));
  return found.sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || a.since - b.since);
}
