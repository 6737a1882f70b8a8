/** A profile as tables for people, in lines that fit a terminal. */
import type { GoroutineRow, Profile, Times } from "./profile.ts";

/** A cell: text to the left, numbers to the right. */
type Cell = string | { readonly right: string };

const right = (text: string): Cell => ({ right: text });
const textOf = (cell: Cell): string => (typeof cell === "string" ? cell : cell.right);

/** Milliseconds as people write them, in three digits. */
export function duration(ms: number): string {
  if (ms === 0) return "0";
  if (ms < 0.9995) return `${digits(ms * 1000)} µs`;
  if (ms < 999.5) return `${digits(ms)} ms`;
  if (ms < 119_950) return `${digits(ms / 1000)} s`;
  return ms < 7_170_000 ? `${digits(ms / 60_000)} min` : `${digits(ms / 3_600_000)} h`;
}

function digits(n: number): string {
  return n >= 99.95 ? String(Math.round(n)) : n >= 9.995 ? n.toFixed(1) : n.toFixed(2);
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;
const whole = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, ",");
const spread = ({ count, p50, p99 }: Times): Cell[] =>
  count === 0 ? [right("–"), right("–")] : [right(duration(p50)), right(duration(p99))];

/** The last folders of a path are what people look for. */
function short(place: string): string {
  return place.split(/[/\\]/).slice(-2).join("/");
}

function blockedText({ blocked }: GoroutineRow): string {
  const all = blocked.reduce((sum, { ms }) => sum + ms, 0);
  return blocked
    .slice(0, 3)
    .map(({ reason, ms }) => (blocked.length === 1 ? reason : `${reason} ${percent(ms / all)}`))
    .join(", ");
}

/** The tables of a profile, the longest first in each. */
export function tables(
  { elapsed, busy, goroutines, waits, channels, locks }: Profile,
  rows: number,
  width: number,
): string {
  const shares = busy.map(({ thread, share }) => `${thread === 0 ? "" : `thread ${thread} `}busy ${percent(share)}`);
  return [
    [`profile of ${duration(elapsed)}`, ...shares].join(", "),
    table(
      ["goroutines", "started", "now", "running", "longest", "runnable p50", "p99", "blocked", "on"],
      goroutines.map((each) => [
        `${each.name} ${short(each.origin)}`,
        ...[right(whole(each.started)), right(whole(each.live)), right(duration(each.running))],
        ...[right(duration(each.longest)), ...spread(each.runnable)],
        right(duration(each.blocked.reduce((sum, { ms }) => sum + ms, 0))),
        blockedText(each),
      ]),
      ...[rows, width],
    ),
    table(
      ["waits", "where", "times", "in all", "p50", "p99", "longest"],
      waits.map((each) => [
        `${each.reason}${each.on === "" ? "" : ` ${each.on}`}`,
        `${each.goroutine} ${short(each.line)}`,
        ...[right(whole(each.count)), right(duration(each.total)), ...spread(each), right(duration(each.longest))],
      ]),
      ...[rows, width],
    ),
    table(
      ["channels", "buffer", "full", "received", "a second", "senders p50", "p99", "receivers p50", "p99"],
      channels.map((each) => [
        each.name === "" ? `made at ${short(each.made)}` : each.name,
        right(whole(each.capacity)),
        right(each.capacity === 0 ? "–" : percent(each.full)),
        ...[right(whole(each.received)), right(whole(Math.round((each.received / elapsed) * 1000)))],
        ...[...spread(each.senders), ...spread(each.receivers)],
      ]),
      ...[rows, width],
    ),
    table(
      ["locks", "waits", "p50", "p99", "held", "p50", "p99", "held longest by"],
      locks.map((each) => [
        each.name,
        ...[
          right(whole(each.waits.count)),
          ...spread(each.waits),
          right(whole(each.holds.count)),
          ...spread(each.holds),
        ],
        each.holds.count === 0 ? "" : `${each.holder} ${short(each.line)} ${duration(each.holds.longest)}`,
      ]),
      ...[rows, width],
    ),
  ]
    .filter((text) => text !== "")
    .join("\n\n");
}

/** Nothing without rows. A line that is too long is cut at its end. */
function table(heads: readonly string[], cells: readonly (readonly Cell[])[], rows: number, width: number): string {
  if (cells.length === 0) return "";
  const shown = cells.slice(0, rows);
  const widths = heads.map((head, i) => Math.max(head.length, ...shown.map((row) => textOf(row[i] ?? "").length)));
  const line = (row: readonly Cell[]): string => {
    const text = row
      .map((cell, i) => (typeof cell === "string" ? cell.padEnd(widths[i] ?? 0) : cell.right.padStart(widths[i] ?? 0)))
      .join("  ")
      .trimEnd();
    return text.length > width ? `${text.slice(0, width - 1)}…` : text;
  };
  const head = line(heads.map((text, i) => (typeof shown[0]?.[i] === "string" ? text : right(text))));
  const more = cells.length > rows ? [`and ${whole(cells.length - rows)} more`] : [];
  return [head, ...shown.map(line), ...more].join("\n");
}
