/**
 * Draws the part of a timeline that is in sight into a canvas.
 *
 * Spans come in four numbers each, and at most about one a pixel, since who answers merges what is finer; so a frame is
 * some ten thousand rectangles at most, however many spans there are. They are drawn kind by kind, because to change a
 * canvas's colour costs more than a rectangle.
 */
import type { TimelinePart, Track } from "../../protocol.ts";
import type { Colours } from "./colours.ts";
import { type Stretch, tickLabel, ticks } from "./span.ts";

export const ROW = 24;
export const RULER = 26;
const BAR = 16;

export interface Scene {
  readonly part: TimelinePart | undefined;
  /** The row of the first track of `part`. */
  readonly offset: number;
  readonly stretch: Stretch;
  /** Pixels that are scrolled away at the top. */
  readonly scrolled: number;
  readonly width: number;
  readonly height: number;
  readonly selected: string;
  readonly colours: Colours;
}

type Context = CanvasRenderingContext2D;

export function draw(context: Context, scene: Scene): void {
  const { colours, width, height, part } = scene;
  context.fillStyle = colours.bg;
  context.fillRect(0, 0, width, height);
  context.font = `11px ${getComputedStyle(context.canvas).fontFamily}`;
  drawGrid(context, scene);
  if (part !== undefined) {
    context.save();
    context.beginPath();
    context.rect(0, RULER, width, height - RULER);
    context.clip();
    drawSelection(context, scene, part);
    drawSpans(context, scene, part);
    drawArrows(context, scene, part);
    drawMarks(context, scene, part);
    context.restore();
  }
  drawRuler(context, scene);
}

export function xOf(at: number, { stretch, width }: Pick<Scene, "stretch" | "width">): number {
  return ((at - stretch.from) / (stretch.to - stretch.from)) * width;
}

/** The top of a row. */
function yOf(row: number, scene: Scene): number {
  return RULER + row * ROW - scene.scrolled;
}

function drawGrid(context: Context, scene: Scene): void {
  context.fillStyle = scene.colours.line;
  context.globalAlpha = 0.5;
  for (const tick of ticks(scene.stretch, scene.width)) {
    context.fillRect(Math.round(xOf(tick, scene)), RULER, 1, scene.height);
  }
  context.globalAlpha = 1;
}

function drawRuler(context: Context, scene: Scene): void {
  const { colours, width } = scene;
  context.fillStyle = colours.surface;
  context.fillRect(0, 0, width, RULER);
  context.fillStyle = colours.line;
  context.fillRect(0, RULER - 1, width, 1);
  context.textBaseline = "middle";
  for (const tick of ticks(scene.stretch, width)) {
    const x = Math.round(xOf(tick, scene));
    context.fillStyle = colours.line;
    context.fillRect(x, RULER - 6, 1, 6);
    context.fillStyle = colours.muted;
    context.fillText(tickLabel(tick, scene.stretch), x + 4, RULER / 2);
  }
}

function drawSelection(context: Context, scene: Scene, part: TimelinePart): void {
  const at = part.tracks.findIndex((track) => track.id === scene.selected);
  if (at < 0) return;
  context.fillStyle = scene.colours.selected;
  context.fillRect(0, yOf(scene.offset + at, scene), scene.width, ROW);
}

const KINDS = ["span-running", "span-runnable", "span-blocked", "span-mixed"] as const;

function drawSpans(context: Context, scene: Scene, part: TimelinePart): void {
  const { width, colours } = scene;
  for (let kind = 0; kind < KINDS.length; kind++) {
    context.fillStyle = kind === 3 ? hatching(context, colours) : colours[KINDS[kind] as (typeof KINDS)[number]];
    eachTrack(scene, part, (track, y) => {
      const { spans } = track;
      for (let i = 0; i < spans.length; i += 4) {
        if (spans[i + 2] !== kind) continue;
        const left = Math.max(0, xOf(spans[i] as number, scene));
        const right = Math.min(width, xOf(spans[i + 1] as number, scene));
        if (right < 0 || left > width) continue;
        // A wait is lower than work: a row of waits with a little work in it shows where the work is.
        const inset = kind === 2 ? 3 : 0;
        context.fillRect(
          left,
          y + (ROW - BAR) / 2 + inset,
          Math.max(right - left - (right - left > 3 ? 1 : 0), 1),
          BAR - 2 * inset,
        );
      }
    });
  }
  context.textBaseline = "middle";
  context.fillStyle = colours["on-span"];
  eachTrack(scene, part, (track, y) => drawLabels(context, scene, part, track, y));
}

function drawLabels(context: Context, scene: Scene, part: TimelinePart, track: Track, y: number): void {
  const { spans } = track;
  for (let i = 0; i < spans.length; i += 4) {
    const left = Math.max(0, xOf(spans[i] as number, scene));
    const room = Math.min(scene.width, xOf(spans[i + 1] as number, scene)) - left - 8;
    if (room < 22 || spans[i + 2] === 3) continue;
    const label = part.labels[spans[i + 3] as number] ?? "";
    const text = fitting(label, room);
    if (text !== "") context.fillText(text, left + 4, y + ROW / 2 + 0.5);
  }
}

/** As much of `text` as has room; nothing where that says nothing. Characters are about 5.8 pixels wide. */
function fitting(text: string, room: number): string {
  const most = Math.floor(room / 5.8);
  if (text.length <= most) return text;
  return most < 4 ? "" : `${text.slice(0, most - 1)}…`;
}

function eachTrack(scene: Scene, part: TimelinePart, fn: (track: Track, y: number) => void): void {
  part.tracks.forEach((track, i) => {
    const y = yOf(scene.offset + i, scene);
    if (y > RULER - ROW && y < scene.height) fn(track, y);
  });
}

function drawArrows(context: Context, scene: Scene, part: TimelinePart): void {
  const rows = new Map(part.tracks.map((track, i) => [track.id, scene.offset + i]));
  for (const arrow of part.arrows) {
    const from = rows.get(arrow.from);
    const to = rows.get(arrow.to);
    if (from === undefined || to === undefined) continue;
    const mine = arrow.from === scene.selected || arrow.to === scene.selected;
    context.globalAlpha = mine ? 1 : scene.selected === "" ? 0.55 : 0.2;
    context.strokeStyle = context.fillStyle = mine ? scene.colours.accent : scene.colours.text;
    context.lineWidth = mine ? 1.5 : 1;
    const [x1, y1] = [xOf(arrow.at, scene), yOf(from, scene) + ROW / 2];
    const [x2, y2] = [xOf(arrow.until, scene), yOf(to, scene) + ROW / 2 + (to > from ? -BAR / 2 : BAR / 2)];
    const bend = Math.max(6, Math.min(40, (x2 - x1) / 2));
    context.beginPath();
    context.moveTo(x1, y1);
    context.bezierCurveTo(x1 + bend, y1, x2 - bend / 2, y2 + (to > from ? -10 : 10), x2, y2);
    context.stroke();
    const tip = to > from ? -6 : 6;
    context.beginPath();
    context.moveTo(x2, y2);
    context.lineTo(x2 - 3.5, y2 + tip);
    context.lineTo(x2 + 3.5, y2 + tip);
    context.fill();
  }
  context.globalAlpha = 1;
}

function drawMarks(context: Context, scene: Scene, part: TimelinePart): void {
  const rows = new Map(part.tracks.map((track, i) => [track.id, scene.offset + i]));
  for (const mark of part.marks) {
    const row = rows.get(mark.g);
    if (row === undefined) continue;
    const x = xOf(mark.at, scene);
    const y = yOf(row, scene) + 4;
    context.fillStyle = /panic|error|deadlock/.test(mark.kind) ? scene.colours.error : scene.colours.accent;
    context.strokeStyle = scene.colours.bg;
    context.lineWidth = 1.5;
    context.beginPath();
    context.moveTo(x, y - 4);
    context.lineTo(x + 4, y);
    context.lineTo(x, y + 4);
    context.lineTo(x - 4, y);
    context.closePath();
    context.stroke();
    context.fill();
  }
}

/** Stripes: more than one thing went on, too fine to be drawn here. */
function hatching(context: Context, colours: Colours): CanvasPattern | string {
  const tile = document.createElement("canvas");
  tile.width = tile.height = 6;
  const pen = tile.getContext("2d");
  if (pen === null) return colours["span-mixed"];
  pen.fillStyle = colours["span-mixed"];
  pen.fillRect(0, 0, 6, 6);
  pen.strokeStyle = colours.bg;
  pen.globalAlpha = 0.55;
  pen.beginPath();
  for (const shift of [-6, 0, 6]) {
    pen.moveTo(shift, 6);
    pen.lineTo(shift + 6, 0);
  }
  pen.stroke();
  return context.createPattern(tile, "repeat") ?? colours["span-mixed"];
}
