/**
 * A run drawn with its goroutines side by side: time goes down, each column is a goroutine, each line a step, with the
 * line of code it began with.
 *
 *     main          │ 2 worker      │ 3 closer
 *     ──────────────┼───────────────┼───────────────
 *     go worker     │               │
 *     go closer     │               │
 *                   │               │ close "jobs"       pool.ts:12
 *                   │ send 1 "jobs" │                    pool.ts:7
 *                   │ panic: send on closed channel
 */
import type { RuntimeEvent } from "../../runtime/events.ts";
import { show } from "../../runtime/panic.ts";
import type { Recorded, Step } from "./record.ts";

/** Columns wider than this are cut. */
const WIDTH = 34;
/** Of a long run, the last steps are shown. */
export const STEPS = 60;

interface Row {
  readonly g: number;
  readonly text: string;
  readonly place: string;
}

/** What `g` did, as it reads in its column; undefined for what is not worth a line. */
class Names {
  readonly #chans = new Map<number, string>();
  readonly #locks = new Map<string, string>();
  readonly #goroutines: ReadonlyMap<number, string>;

  constructor(goroutines: ReadonlyMap<number, string>) {
    this.#goroutines = goroutines;
  }

  chan(id: number, name?: string): string {
    let known = this.#chans.get(id);
    if (known === undefined) {
      known = name === undefined || name === "" ? `chan ${this.#chans.size + 1}` : name;
      this.#chans.set(id, known);
    }
    return known;
  }

  /** `Mutex 17`, counted over all runs, by its place in this one. */
  lock(label: string): string {
    let known = this.#locks.get(label);
    if (known === undefined) {
      const kind = label.replace(/ \d+$/, "");
      const nth = 1 + [...this.#locks.values()].filter((each) => each.startsWith(`${kind} `)).length;
      known = `${kind} ${nth}`;
      this.#locks.set(label, known);
    }
    return known;
  }

  goroutine(id: number): string {
    return id === 1 ? "main" : `${id} ${this.#goroutines.get(id) ?? ""}`.trim();
  }
}

function describe(event: RuntimeEvent, names: Names): string | undefined {
  switch (event.kind) {
    case "go-create":
      return event.by === 0 ? undefined : `go ${names.goroutine(event.g)}`;
    case "chan-make":
      names.chan(event.chan, event.name);
      return undefined;
    case "chan-send":
      return `send ${show(event.value)} to ${names.chan(event.chan)}`;
    case "chan-recv":
      return `receive ${event.ok ? show(event.value) : "the end"} from ${names.chan(event.chan)}`;
    case "chan-close":
      return `close ${names.chan(event.chan)}`;
    case "go-park": {
      const what = event.chan === 0 ? "" : ` ${names.chan(event.chan)}`;
      return event.reason === "runtime.Gosched" ? "gosched" : `waits: ${event.reason}${what}`;
    }
    case "lock":
    case "unlock":
      return `${event.kind} ${names.lock(event.lock)}`;
    case "select":
      return `select: ${event.case}`;
    case "go-end":
      return "ends";
    case "go-panic":
      return `panic: ${event.error instanceof Error ? event.error.message.split("\n", 1)[0] : show(event.error)}`;
    case "timer-fire":
      return `${event.when} ms: timer fires`;
    default:
      return undefined;
  }
}

function rowsOf({ g, place, events }: Step, names: Names): Row[] {
  const texts: string[] = [];
  let last = "";
  for (const event of events) {
    // What befalls another goroutine (it was handed a lock) stands in the line of the one that did it.
    const text = describe(event, names);
    if (text === undefined) continue;
    const whose = "g" in event && event.g !== g && event.g !== 0 && event.kind !== "go-create" ? event.g : g;
    last = whose === g ? text : `${text} (for ${names.goroutine(whose)})`;
    texts.push(last);
  }
  if (texts.length === 0) texts.push(events.some(({ kind }) => kind === "go-start") ? "starts" : "goes on");
  return texts.map((text, at) => ({ g, text: cut(text), place: at === 0 ? shorten(place) : "" }));
}

function shorten(place: string): string {
  return /([^/\\]+:\d+):\d+$/.exec(place)?.[1] ?? place;
}

function cut(text: string): string {
  return text.length > WIDTH ? `${text.slice(0, WIDTH - 1)}…` : text;
}

/** Draws it. */
export function timeline({ steps, names: goroutines, execution }: Recorded): string {
  const names = new Names(goroutines);
  // Once main has returned it waits for the others, which is not the program's doing.
  const all = steps
    .flatMap((step) => rowsOf(step, names))
    .filter(({ g, text }) => !(g === 1 && text === "waits: join" && execution.rested));
  const rows = all.slice(-STEPS);
  const shown = new Set([1, ...rows.map(({ g }) => g)]);
  const columns = [...shown].sort((a, b) => (a || Number.POSITIVE_INFINITY) - (b || Number.POSITIVE_INFINITY));
  const titles = columns.map((g) => (g === 0 ? "clock" : names.goroutine(g)));
  const widths = columns.map((g, at) => {
    const texts = rows.filter((row) => row.g === g).map(({ text }) => text.length);
    return Math.max((titles[at] as string).length, ...texts);
  });
  const line = (cells: readonly string[], place = ""): string => {
    const padded = cells.map((cell, at) => cell.padEnd(widths[at] as number));
    return `${padded.join(" │ ")}   ${place}`.trimEnd();
  };
  const out = [line(titles), widths.map((width) => "─".repeat(width)).join("─┼─")];
  if (rows.length < all.length) out.push(`… ${all.length - rows.length} lines before these`);
  for (const { g, text, place } of rows) {
    out.push(
      line(
        columns.map((each) => (each === g ? text : "")),
        place,
      ),
    );
  }
  return out.join("\n");
}
