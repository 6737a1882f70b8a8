/** The stretch of time that a timeline shows, in milliseconds. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** A nanosecond across the screen is as near as anybody needs to look. */
const NEAREST = 1e-6;

export function zoomed(stretch: Stretch, by: number, around: number, whole: Stretch): Stretch {
  const length = stretch.to - stretch.from;
  const most = Math.max(NEAREST, (whole.to - whole.from) * 1.1);
  const next = Math.max(NEAREST, Math.min(most, length / by));
  const share = (around - stretch.from) / length;
  return within({ from: around - share * next, to: around + (1 - share) * next }, whole);
}

export function moved(stretch: Stretch, by: number, whole: Stretch): Stretch {
  return within({ from: stretch.from + by, to: stretch.to + by }, whole);
}

/** The same length, moved so that some of the whole stays in sight. */
function within({ from, to }: Stretch, whole: Stretch): Stretch {
  const margin = (to - from) * 0.1;
  const back = Math.max(0, whole.from - margin - from);
  const ahead = Math.max(0, to - (whole.to + margin));
  if (back > 0) return { from: from + back, to: to + back };
  return ahead > 0 ? { from: Math.max(whole.from - margin, from - ahead), to: to - ahead } : { from, to };
}

/** All of it, with a little room at both ends. */
export function around(whole: Stretch): Stretch {
  const length = Math.max(whole.to - whole.from, 0.001);
  return { from: whole.from - length * 0.01, to: whole.from + length * 1.01 };
}

/** Round points in time, at most one every `room` of `width` pixels. */
export function ticks(stretch: Stretch, width: number, room = 110): number[] {
  const least = ((stretch.to - stretch.from) * room) / Math.max(width, 1);
  const power = 10 ** Math.floor(Math.log10(least));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= least) ?? least;
  const list: number[] = [];
  for (let i = Math.ceil(stretch.from / step); i * step <= stretch.to; i++) list.push(i * step);
  return list;
}

/** A tick in the unit that fits the ticks' distance: `1.25 s`, `12.5 ms`. */
export function tickLabel(at: number, stretch: Stretch): string {
  const length = stretch.to - stretch.from;
  const digits = Math.max(0, 2 - Math.floor(Math.log10(length)));
  if (length >= 500) return `${(at / 1000).toFixed(Math.max(0, digits + 1))} s`.replace(/\.?0+ s$/, " s");
  return `${at.toFixed(Math.min(6, digits))} ms`;
}
