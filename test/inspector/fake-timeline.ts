/** A timeline made by rule: span `i` of track `t` is known without being kept, so that there can be millions. */
import type { GoroutineRow, Questions, Track } from "../../src/inspector/protocol.ts";

const LABELS = ["", "chan receive jobs", "sync.Mutex.Lock mu", "select"];

export function timelineOf(
  goroutines: readonly GoroutineRow[],
  spans: number,
  end: number,
  { offset, limit, from, to, width, filter = "" }: Questions["timeline"]["ask"],
): Questions["timeline"]["answer"] {
  const all = goroutines.filter((g) => `${g.id} ${g.name}`.includes(filter));
  const shown = all.slice(offset, offset + limit);
  const length = end / spans;
  const pixel = (to - from) / width;
  const tracks = shown.map((g, t): Track => {
    const list: number[] = [];
    // What is finer than a pixel is merged.
    const step = Math.max(1, Math.ceil(pixel / length));
    const first = Math.max(0, Math.floor(from / length / step) * step);
    const last = Math.min(spans, Math.ceil(to / length));
    for (let i = first; i < last; i += step) {
      const kind = step > 1 ? 3 : kindOf(offset + t, i);
      list.push(i * length, Math.min(spans, i + step) * length, kind, kind === 2 ? 1 + ((offset + t + i) % 3) : 0);
    }
    return { id: g.id, name: g.name, spans: list };
  });
  const arrows: Questions["timeline"]["answer"]["arrows"][number][] = [];
  if (length > pixel * 8) {
    for (let t = 0; t + 1 < shown.length; t++) {
      for (let i = Math.max(0, Math.floor(from / length)); i < Math.min(spans, to / length); i++) {
        if ((i + t) % 7 !== 0) continue;
        const at = i * length;
        arrows.push({
          label: "jobs",
          from: shown[t]?.id ?? "",
          at,
          to: shown[t + 1]?.id ?? "",
          until: at + length * 0.8,
        });
      }
    }
  }
  const marks = shown
    .slice(0, 2)
    .map((g, i) => ({ g: g.id, at: end / (3 - i), kind: i === 0 ? "log" : "panic", label: "order: shipping 7" }));
  return {
    begin: 0,
    end,
    tracksInAll: all.length,
    tracks,
    labels: LABELS,
    arrows,
    marks,
    thinned: length <= pixel * 8,
  };
}

function kindOf(track: number, i: number): number {
  const x = (track * 7 + i * 5) % 11;
  return x < 4 ? 0 : x < 6 ? 1 : 2;
}
