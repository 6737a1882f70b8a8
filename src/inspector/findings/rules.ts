/** What can be said of a program without being asked: each rule in a file of its own. */
import type { Model } from "../model/model.ts";
import type { Finding } from "../protocol.ts";

/** Looks at what is known and says what is remarkable. */
export type Rule = (model: Model) => Finding[];

/** Findings of one rule that are told: more say nothing new. */
const MOST = 20;

const RULES: readonly Rule[] = [];

const SEVERITIES: readonly Finding["severity"][] = ["error", "warning", "note"];

export function findingsOf(model: Model): Finding[] {
  const found = RULES.flatMap((rule) => rule(model).slice(0, MOST));
  return found.sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || a.since - b.since);
}
