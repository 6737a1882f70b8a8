/** Records what the runtime tells about itself, in one line an event, with numbers that do not depend on other tests. */
import { listen, type RuntimeEvent } from "millrace";

export interface Recording extends Disposable {
  readonly events: readonly RuntimeEvent[];
  /** The events so far, one line each. */
  lines(): string[];
}

export function record(): Recording {
  const events: RuntimeEvent[] = [];
  const stop = listen((event) => void events.push(event));
  return { events, lines: () => describe(events), [Symbol.dispose]: stop };
}

/** Gives each thing a number in the order in which it is first seen. */
function numbered(): (id: number) => number {
  const seen = new Map<number, number>([[0, 0]]);
  return (id) => {
    if (!seen.has(id)) seen.set(id, seen.size);
    return seen.get(id) as number;
  };
}

function describe(events: readonly RuntimeEvent[]): string[] {
  const [run, chan, wait, timer] = [numbered(), numbered(), numbered(), numbered()];
  const inOneRun = new Set(events.map((event) => event.run)).size === 1;
  const who = (at: { run: number; g: number }): string => `${inOneRun ? "" : `r${run(at.run)}.`}g${at.g}`;

  const rest = (event: RuntimeEvent): string => {
    switch (event.kind) {
      case "run-start":
      case "run-end":
        return event.name;
      case "go-create":
        return `${event.name} by g${event.by}`;
      case "go-panic":
        return String(event.error);
      case "go-park": {
        const what = (at: { reason: string; chan: number }): string =>
          at.chan === 0 ? at.reason : `${at.reason} c${chan(at.chan)}`;
        const cases = event.cases === undefined ? "" : `: ${event.cases.map(what).join(", ")}`;
        return `${event.wait === 0 ? "" : `await ${wait(event.wait)} `}${what(event)}${cases}`;
      }
      case "go-ready":
        return `${event.wait === 0 ? "" : `await ${wait(event.wait)} `}by ${who({ run: event.byRun, g: event.by })}`;
      case "chan-make":
        return `c${chan(event.chan)} ${event.capacity}${event.name === undefined ? "" : ` ${event.name}`}`;
      case "chan-send":
      case "chan-recv":
        return `c${chan(event.chan)} ${String(event.value)} length ${event.length}${event.direct ? " direct" : ""}${event.ok ? "" : " closed"}`;
      case "chan-close":
        return `c${chan(event.chan)}`;
      case "select":
        return String(event.case);
      case "timer-start":
      case "timer-stop":
      case "timer-fire":
        return `t${timer(event.timer)}`;
      case "lock":
      case "unlock":
        return event.lock.replace(/\d+$/, "N");
      case "release":
      case "acquire":
        return event.what.replace(/\d+\.(\d+)$/, "g$1").replace(/(?<=\s)\d+$/, "N");
      default:
        return "";
    }
  };

  return events.map((event) =>
    [event.kind, "g" in event ? who(event) : inOneRun ? "" : `r${run(event.run)}`, rest(event)]
      .filter((part) => part !== "")
      .join(" "),
  );
}
