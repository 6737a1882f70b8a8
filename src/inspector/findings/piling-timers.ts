/** Pending timers that only become more: timeouts that are set and never stopped. */
import { grows } from "./growing.ts";
import type { Rule } from "./rules.ts";
import { forTime } from "./text.ts";

const SAMPLES = 12;
/** Timers from which it is told. */
const MANY = 100;

export const pilingTimers: Rule = ({ samples }) => {
  const all = samples.all.slice(-SAMPLES);
  const [first] = all;
  const last = all.at(-1);
  if (all.length < SAMPLES || first === undefined || last === undefined || last.timers < MANY) return [];
  // Each goroutine that sleeps has one: then it is the goroutines that become more, which is said of them.
  if (last.sleepers * 2 > last.timers || !grows(all.map(({ timers }) => timers))) return [];
  return [
    {
      rule: "piling-timers",
      severity: "warning",
      text: `pending timers become more and more: ${first.timers} to ${last.timers} in ${forTime(last.time - first.time)}`,
      about: [],
      since: first.time,
    },
  ];
};
