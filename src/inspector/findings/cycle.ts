/** Goroutines that wait for each other in a circle: as far as is known, none of them can ever go on. */
import { components } from "../model/cycles.ts";
import { keyOfId } from "../model/ids.ts";
import type { Finding } from "../protocol.ts";
import type { Rule } from "./rules.ts";
import { whoIs } from "./text.ts";

/** A circle that has been there for so long, in milliseconds: a shorter one may be a moment's. */
const LONG = 100;

export const cycle: Rule = (model) => {
  const { edges } = model.graph();
  const inCycle = edges.filter((edge) => edge.cycle);
  const members = new Map<number, Set<string>>();
  for (const [id, component] of components(inCycle)) {
    const all = members.get(component) ?? new Set();
    members.set(component, all.add(id));
  }
  const found: Finding[] = [];
  for (const ids of members.values()) {
    const routines = [...ids].flatMap((id) => model.routines.get(keyOfId(id) ?? -1) ?? []);
    const since = Math.max(...routines.map((routine) => routine.since));
    if (routines.length === 0 || model.now - since < LONG) continue;
    const things = [...ids].flatMap((id) => (keyOfId(id) === null ? (model.thing(id) ?? id) : []));
    const names = routines.slice(0, 5).map(whoIs);
    const more = routines.length > 5 ? ` and ${routines.length - 5} more` : "";
    const over = things.length === 0 ? "" : `, over ${things.slice(0, 5).join(", ")}`;
    found.push({
      rule: "cycle",
      severity: "error",
      text:
        routines.length === 1
          ? `${names[0]} waits for itself${over}`
          : `${names.join(", ")}${more} wait for each other${over}`,
      about: [...ids],
      since,
    });
  }
  return found;
};
