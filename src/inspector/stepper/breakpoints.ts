/** Breakpoints: events at which a program that runs on is held. */
import { text } from "../../runtime/args.ts";
import type { RuntimeEvent } from "../../runtime/events.ts";
import { ArgumentError, show } from "../../runtime/panic.ts";
import type { Breakpoint } from "../protocol.ts";
import type { Names } from "./names.ts";

export class Breakpoints {
  readonly all: Breakpoint[] = [];
  #last = 0;

  add({ kind, channel, goroutine }: Omit<Breakpoint, "id">): Breakpoint {
    const asked = { kind, channel, goroutine };
    const wanted: { kind?: string; channel?: string; goroutine?: string } = {};
    for (const key of ["kind", "channel", "goroutine"] as const) {
      const value: unknown = asked[key];
      if (value === undefined || value === "") continue;
      wanted[key] = text(`break: ${key}`, value as string);
    }
    if (Object.keys(wanted).length === 0) throw new ArgumentError("break: expected a kind, a channel or a goroutine");
    const breakpoint = { id: ++this.#last, ...wanted };
    this.all.push(breakpoint);
    return breakpoint;
  }

  remove(id: number): void {
    const at = this.all.findIndex((each) => each.id === id);
    if (at < 0) throw new ArgumentError(`unbreak: there is no breakpoint ${show(id)}`);
    this.all.splice(at, 1);
  }

  /** The first one that `event` fits. */
  hit(event: RuntimeEvent, names: Names): Breakpoint | undefined {
    return this.all.find(({ kind, channel, goroutine }) => {
      if (kind !== undefined && kind !== event.kind) return false;
      if (channel !== undefined && !channelsOf(event).some((id) => names.ofChannel(id).includes(channel))) return false;
      if (goroutine !== undefined && !("g" in event && names.ofGoroutine(event.run, event.g).includes(goroutine)))
        return false;
      return true;
    });
  }
}

function channelsOf(event: RuntimeEvent): number[] {
  if (!("chan" in event) || event.chan === undefined) return [];
  const cases = event.kind === "go-park" ? (event.cases ?? []) : [];
  return [event.chan, ...cases.map(({ chan }) => chan)].filter((id) => id !== 0);
}
