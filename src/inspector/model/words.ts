/** What happened, in words: "sends 42 to jobs". */

import type { Entry } from "../../trace/chunk.ts";
import { keyOf } from "../../trace/timeline.ts";
import type { LoggedEvent } from "../protocol.ts";
import { goroutineId } from "./ids.ts";
import { waitText } from "./waits.ts";

/** Who and what there is, by name. */
export interface Names {
  /** A goroutine: "worker (1/7)". */
  routine(key: number): string;
  channel(chan: number, thread: number): string;
}

export function inWords(names: Names, entry: Entry, thread: number): Omit<LoggedEvent, "n" | "at"> {
  const { run, g, kind } = entry;
  return { g: g === 0 ? "" : goroutineId(keyOf(run, g)), kind, text: text(names, entry, thread) };
}

function text(names: Names, entry: Entry, thread: number): string {
  const { kind, run, g, text: said, chan } = entry;
  const channel = (): string => names.channel(chan, thread);
  const routine = (of: number, inRun = run): string => names.routine(keyOf(inRun, of));
  switch (kind) {
    case "run-start":
      return said === "" ? `run ${run} begins` : `run ${said} begins`;
    case "run-end":
      return said === "" ? "the run is over" : `the run is over: ${said}`;
    case "go-create":
      return entry.by === 0 ? `${routine(g)} is started` : `is started by ${routine(entry.by)}`;
    case "go-start":
      return "begins";
    case "go-resume":
      return "goes on";
    case "go-yield":
      return "lets others go first";
    case "go-end":
      return "ends";
    case "go-panic":
      return `panics: ${said}`;
    case "go-park":
      return `waits: ${entry.told === null ? said : waitText(entry.told, (each) => names.channel(each, thread))}`;
    case "go-ready":
      return entry.by === 0 ? "can go on" : `can go on, because of ${routine(entry.by, entry.byRun)}`;
    case "chan-make":
      return `makes ${channel()}, ${entry.length === 0 ? "unbuffered" : `for ${entry.length} values`}`;
    case "chan-send":
      return `sends ${said === "" ? "a value" : said} to ${channel()}`;
    case "chan-recv":
      if (!entry.ok) return `finds ${channel()} closed`;
      return `receives ${said === "" ? "a value" : said} from ${channel()}`;
    case "chan-close":
      return `closes ${channel()}`;
    case "select":
      return said === "default" ? "takes the default of a select" : `takes the case ${said} of a select`;
    case "timer-start":
      return `sets timer ${chan}`;
    case "timer-stop":
      return `stops timer ${chan}`;
    case "timer-fire":
      return `timer ${chan} fires`;
    case "lock":
      return `has ${said}`;
    case "unlock":
      return `gives back ${said}`;
    case "release":
      return `releases ${said}`;
    case "acquire":
      return `acquires ${said}`;
    case "region-start":
      return `begins ${said}`;
    case "region-end":
      return `ends ${said}`;
    case "log":
      return said;
  }
}
