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
import type { Work } from "./slices.ts";

/** Columns of a terminal. A place that is longer than `PLACE` may stick out. */
const WIDTH = 80;
const PLACE = 20;
/** Columns of goroutines are no narrower, and texts no longer. */
const NARROWEST = 12;
const LONGEST = 34;
const BAR = " │ ";
const GAP = "   ";
const INDENT = "  ";
/** Steps after which the host may have its turn. */
const OFTEN = 64;
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
      return event.verb === "yield" ? "gosched" : `waits: ${event.reason}${what}`;
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
  return texts.map((text, at) => ({ g, text: cut(text, LONGEST), place: at === 0 ? shorten(place) : "" }));
}

function shorten(place: string): string {
  return /([^/\\]+:\d+):\d+$/.exec(place)?.[1] ?? place;
}

/** Draws it. */
export function* timeline({ steps, names: goroutines, execution }: Recorded): Work<string> {
  const names = new Names(goroutines);
  const all: Row[] = [];
  for (const [at, step] of steps.entries()) {
    if (at % OFTEN === 0) yield;
    for (const row of rowsOf(step, names)) {
      // Once main has returned it waits for the others, which is not the program's doing.
      if (!(row.g === 1 && row.text === "waits: join" && execution.rested)) all.push(row);
    }
  }
  const rows = all.slice(-STEPS);
  const shown = new Set([1, ...rows.map(({ g }) => g)]);
  const columns = [...shown].sort((a, b) => (a || Number.POSITIVE_INFINITY) - (b || Number.POSITIVE_INFINITY));
  const title = (g: number): string => (g === 0 ? "clock" : names.goroutine(g));
  const places = Math.min(PLACE, Math.max(0, ...rows.map(({ place }) => place.length)));
  const room = WIDTH - places - GAP.length;
  const widths = fitted(
    columns.map((g) => Math.max(title(g).length, ...rows.filter((row) => row.g === g).map(({ text }) => text.length))),
    room,
  );
  const table = widths === null ? list(rows, title, room) : sideBySide(rows, columns, title, widths);
  const [head = "", line = ""] = table;
  const left = all.length - rows.length;
  return [head, line, ...(left > 0 ? [`… ${left} lines before these`] : []), ...table.slice(2)].join("\n");
}

/** The widths of columns that need those, in `room`; null where that is too little for each. */
function fitted(needed: readonly number[], room: number): number[] | null {
  const widths = [...needed];
  let over = widths.reduce((sum, width) => sum + width + BAR.length, -BAR.length) - room;
  for (; over > 0; over--) {
    const widest = widths.indexOf(Math.max(...widths));
    if ((widths[widest] as number) <= NARROWEST) return null;
    widths[widest] = (widths[widest] as number) - 1;
  }
  return widths;
}

/** A column for each goroutine. */
function sideBySide(
  rows: readonly Row[],
  columns: readonly number[],
  title: (g: number) => string,
  widths: readonly number[],
): string[] {
  const line = (cell: (g: number) => string, place: string): string => {
    const cells = columns.map((g, at) => cell(g).padEnd(widths[at] as number));
    return `${cells.join(BAR)}${GAP}${place}`.trimEnd();
  };
  const out = [
    line((g) => cut(title(g), widths[columns.indexOf(g)] as number), ""),
    widths.map((width) => "─".repeat(width)).join("─┼─"),
  ];
  for (const { g, text, place } of rows) {
    wrap(text, widths[columns.indexOf(g)] as number).forEach((part, at) => {
      out.push(line((each) => (each === g ? part : ""), at === 0 ? place : ""));
    });
  }
  return out;
}

/** For more goroutines than there is room for side by side: who, and what. */
function list(rows: readonly Row[], title: (g: number) => string, room: number): string[] {
  const who = Math.min(20, Math.max(9, ...rows.map(({ g }) => title(g).length)));
  const what = room - who - BAR.length;
  const out = [`${"goroutine".padEnd(who)}${BAR}step`, `${"─".repeat(who)}─┼─${"─".repeat(what)}`];
  let last = -1;
  for (const { g, text, place } of rows) {
    wrap(text, what).forEach((part, at) => {
      const name = at === 0 && g !== last ? cut(title(g), who) : "";
      out.push(`${name.padEnd(who)}${BAR}${part.padEnd(what)}${GAP}${at === 0 ? place : ""}`.trimEnd());
    });
    last = g;
  }
  return out;
}

function cut(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text;
}

/** Breaks `text` between words where that is possible. */
function wrap(text: string, width: number): string[] {
  const parts: string[] = [];
  let rest = text;
  while (rest.length > width) {
    const space = rest.lastIndexOf(" ", width);
    const at = space > INDENT.length ? space : width;
    parts.push(rest.slice(0, at));
    rest = `${INDENT}${rest.slice(at).trimStart()}`;
  }
  return [...parts, rest];
}
