/** What of a timeline is under the pointer. */
import { duration, point } from "../ui/format.ts";
import { ROW, RULER, type Scene, xOf } from "./draw.ts";

export interface Hit {
  readonly id: string;
  readonly title: string;
  readonly lines: readonly string[];
}

const KIND = ["running", "runnable", "blocked", "several things, too fine for this zoom"];

export function hit(scene: Scene, x: number, y: number): Hit | null {
  const { part, offset, stretch, width } = scene;
  if (part === undefined || y < RULER) return null;
  const track = part.tracks[Math.floor((y - RULER + scene.scrolled) / ROW) - offset];
  if (track === undefined) return null;
  const title = `${track.name} (${track.id})`;
  const mark = part.marks.find((each) => each.g === track.id && Math.abs(xOf(each.at, scene) - x) < 6);
  if (mark !== undefined)
    return { id: track.id, title, lines: [`${mark.kind}: ${mark.label}`, `at ${point(mark.at)}`] };
  const at = stretch.from + (x / width) * (stretch.to - stretch.from);
  const i = spanAt(track.spans, at, ((stretch.to - stretch.from) / width) * 1.5);
  if (i < 0) return { id: track.id, title, lines: [] };
  const [start = 0, end = 0, kind = 0, label = -1] = track.spans.slice(i, i + 4);
  const words = part.labels[label] ?? "";
  return {
    id: track.id,
    title,
    lines: [
      words === "" || words === KIND[kind] ? (KIND[kind] ?? "") : `${KIND[kind]}: ${words}`,
      // What reaches beyond the picture is known only as far as that.
      `${start <= stretch.from || end >= stretch.to ? "at least " : ""}${duration(end - start)}, from ${point(start)}`,
    ],
  };
}

/** The place of the span at a point in time, or of one within `near` of it; -1 for none. */
function spanAt(spans: readonly number[], at: number, near: number): number {
  let low = 0;
  let high = spans.length / 4 - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if ((spans[4 * middle + 1] as number) < at) low = middle + 1;
    else if ((spans[4 * middle] as number) > at) high = middle - 1;
    else return 4 * middle;
  }
  for (const i of [low, high]) {
    const start = spans[4 * i];
    const end = spans[4 * i + 1];
    if (start !== undefined && end !== undefined && start - at < near && at - end < near) return 4 * i;
  }
  return -1;
}
