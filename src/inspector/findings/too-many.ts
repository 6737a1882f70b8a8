/** The program has more goroutines than the inspector keeps: what it shows is not all of them. */
import type { Rule } from "./rules.ts";
import { count } from "./text.ts";

export const tooMany: Rule = ({ routines, begin }) => {
  const { forgottenLive } = routines;
  if (forgottenLive === 0) return [];
  return [
    {
      rule: "too-many",
      severity: "note",
      text:
        `there are more goroutines than are kept here, so ${count(forgottenLive, "old one is", "old ones are")} ` +
        "missing from the lists and the counts",
      about: [],
      since: begin,
    },
  ];
};
