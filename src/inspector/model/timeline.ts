/** The part of the timeline that a drawing shows: its tracks at its resolution, and what arrows and marks are on them. */
import type { Questions, TimelinePart, Track } from "../protocol.ts";
import { goroutineId } from "./ids.ts";
import type { Model } from "./model.ts";
import { matcher } from "./query.ts";
import type { Routine } from "./routines.ts";

/** Arrows and marks of one drawing. */
const MOST_ARROWS = 1_000;
const MOST_MARKS = 1_000;

export function timelineOf(model: Model, ask: Questions["timeline"]["ask"]): TimelinePart {
  const { from, to, width, filter = "", offset, limit } = ask;
  const pixel = (to - from) / width;
  const { page, total } = pageOf(model.routines, matcher(filter), filter, offset, limit);
  const round = rounding(pixel);
  const numbers = new Map<string, number>();
  const labels: string[] = [];
  const label = (text: string): number => {
    let number = numbers.get(text);
    if (number === undefined) {
      number = labels.push(text) - 1;
      numbers.set(text, number);
    }
    return number;
  };
  const tracks: Track[] = page.map((routine) => {
    const spans: number[] = [];
    routine.spans.draw(from, to, pixel, (start, end, kind, text) => {
      spans.push(round(start), round(end), kind, label(kind === 3 ? "several" : model.labels.text(text)));
    });
    const open = model.open(routine);
    if (open !== null && open.start < to && open.end > from) {
      spans.push(round(Math.max(open.start, from)), round(Math.min(open.end, to)), open.kind, label(open.label));
    }
    return { id: routine.id, name: routine.name, spans };
  });
  const shown = new Set(page.map(({ key }) => key));
  const has = (key: number): boolean => shown.has(key);
  const arrows = model.marks.arrows(from, to, MOST_ARROWS, has);
  const marks = model.marks.marks(from, to, MOST_MARKS, has);
  return {
    begin: model.begin,
    end: model.now,
    tracksInAll: total,
    tracks,
    labels,
    arrows: arrows.shown.map((arrow) => ({
      label: model.labels.text(arrow.label),
      from: goroutineId(arrow.from),
      at: round(arrow.at),
      to: goroutineId(arrow.to),
      until: round(arrow.until),
    })),
    marks: marks.shown.map((mark) => ({
      g: goroutineId(mark.key),
      at: round(mark.at),
      kind: model.labels.text(mark.kind),
      label: model.labels.text(mark.label),
    })),
    thinned: arrows.thinned || marks.thinned,
  };
}

function pageOf(
  routines: Iterable<Routine> & { readonly size: number },
  fits: (routine: Routine) => boolean,
  filter: string,
  offset: number,
  limit: number,
): { page: Routine[]; total: number } {
  const page: Routine[] = [];
  let total = 0;
  for (const routine of routines) {
    if (!fits(routine)) continue;
    if (total >= offset && page.length < limit) page.push(routine);
    total++;
    if (filter === "" && page.length === limit) return { page, total: routines.size };
  }
  return { page, total };
}

/** Rounds to what is well below a pixel: the answer is text, and digits that nobody sees are most of it. */
function rounding(pixel: number): (time: number) => number {
  const digits = Math.min(9, Math.max(0, Math.ceil(-Math.log10(pixel)) + 1));
  const factor = 10 ** digits;
  return (time) => Math.round(time * factor) / factor;
}
