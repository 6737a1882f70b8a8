/**
 * What each goroutine did when: a track each, spans of running, of being runnable and of waiting, arrows from who sent,
 * woke or started to whom.
 *
 * The tracks are rows of an ordinary scrolled box whose picture, a canvas, stays in sight; so scrolling is the browser's
 * own, and only the tracks and the stretch of time in sight are asked for.
 */
import type { JSX, TargetedPointerEvent } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { useAsk } from "../ask/use-ask.ts";
import { type Colours, coloursOf, onTheme } from "../timeline/colours.ts";
import { draw, ROW, RULER, type Scene } from "../timeline/draw.ts";
import { type Hit, hit } from "../timeline/hit.ts";
import { type Rows, useTimeline, type View } from "../timeline/use-timeline.ts";
import { Filter } from "../ui/filter.tsx";
import { duration, point, several } from "../ui/format.ts";
import { shortId } from "../ui/ids.ts";
import { Notice } from "../ui/notice.tsx";
import type { PanelProps } from "./panel.ts";

const STEP = 1.5;
/** Rows above and below those in sight that are asked for too. */
const SPARE = 6;

export function Timeline({ source, selected, onSelect }: PanelProps): JSX.Element {
  const status = useAsk(source, "status", {}).data;
  const [filter, setFilter] = useState("");
  const [rows, setRows] = useState<Rows>({ offset: 0, limit: 40 });
  const [width, setWidth] = useState(0);
  const view = useTimeline(source, status?.mode, rows, width, filter);
  return (
    <section class="panel" aria-label="Timeline">
      <div class="toolbar">
        <Filter value={filter} onChange={setFilter} hint="goroutine" />
        <div class="buttons" role="toolbar" aria-label="Zoom">
          <button type="button" aria-label="Zoom in" title="Zoom in (+)" onClick={() => view.zoom(STEP)}>
            +
          </button>
          <button type="button" aria-label="Zoom out" title="Zoom out (-)" onClick={() => view.zoom(1 / STEP)}>
            −
          </button>
          <button
            type="button"
            aria-pressed={view.look === "fit"}
            title="Show all (0)"
            onClick={() => view.setLook("fit")}
          >
            Fit
          </button>
          <button
            type="button"
            aria-pressed={view.look === "follow"}
            title="Stay at the newest (f)"
            onClick={() => view.setLook("follow")}
          >
            Follow
          </button>
        </div>
        <Legend />
        <span class="tally">
          {point(Math.max(0, view.stretch.from))} to {point(view.stretch.to)},{" "}
          {duration(view.stretch.to - view.stretch.from)}
        </span>
      </div>
      <Strip view={view} />
      {view.part === undefined ? (
        view.error === "" ? (
          <Notice title="Asking the program…" kind="loading" />
        ) : (
          <Notice title="No answer" kind="error">
            {view.error}
          </Notice>
        )
      ) : null}
      <Tracks view={view} selected={selected} onSelect={onSelect} onRows={setRows} onWidth={setWidth} />
    </section>
  );
}

function Legend(): JSX.Element {
  return (
    <span class="legend">
      {["running", "runnable", "blocked", "mixed"].map((kind) => (
        <span key={kind}>
          <i class={`swatch is-${kind}`} aria-hidden="true" />
          {kind === "mixed" ? "too fine" : kind}
        </span>
      ))}
    </span>
  );
}

/** Where what is shown lies in the whole. */
function Strip({ view }: { readonly view: View }): JSX.Element {
  const { whole, stretch } = view;
  const length = Math.max(whole.to - whole.from, 1e-9);
  const share = (at: number): number => Math.max(0, Math.min(100, (100 * (at - whole.from)) / length));
  const left = share(stretch.from);
  const go = (event: TargetedPointerEvent<HTMLDivElement>): void => {
    const box = event.currentTarget.getBoundingClientRect();
    const at = whole.from + ((event.clientX - box.left) / box.width) * length;
    view.move(at - (stretch.from + stretch.to) / 2);
  };
  return (
    <div
      class="strip"
      aria-hidden="true"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        go(event);
      }}
      onPointerMove={(event) => {
        if (event.buttons === 1) go(event);
      }}
    >
      <div class="strip-thumb" style={{ left: `${left}%`, width: `${Math.max(0.4, share(stretch.to) - left)}%` }} />
    </div>
  );
}

interface TracksProps extends Omit<PanelProps, "source"> {
  readonly view: View;
  readonly onRows: (rows: Rows) => void;
  readonly onWidth: (width: number) => void;
}

function Tracks({ view, selected, onSelect, onRows, onWidth }: TracksProps): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  const [scrolled, setScrolled] = useState(0);
  const [colours, setColours] = useState<Colours | undefined>();
  const [tip, setTip] = useState<{ hit: Hit; x: number; y: number } | null>(null);
  const drag = useRef<{ x: number; y: number; moved: boolean } | null>(null);
  const { part, offset, stretch } = view;
  const all = part?.tracksInAll ?? 0;
  const scene: Scene | undefined =
    colours === undefined ? undefined : { part, offset, stretch, scrolled, ...size, selected, colours };
  const shown = useRef({ scene, view });
  shown.current = { scene, view };

  useLayoutEffect(() => {
    const [element, picture] = [box.current, canvas.current];
    if (element === null || picture === null) return;
    const measure = (): void => {
      const next = { width: picture.clientWidth, height: element.clientHeight };
      setSize(next);
      onWidth(next.width);
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    const repaint = (): void => setColours(coloursOf(element));
    repaint();
    // Not through JSX: that would be passive, and the page would scroll too.
    const onWheel = (event: WheelEvent): void => {
      const { view } = shown.current;
      const perPixel = (view.stretch.to - view.stretch.from) / picture.clientWidth;
      event.preventDefault();
      if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
        view.move((event.deltaX || event.deltaY) * perPixel);
      } else {
        view.zoom(Math.exp(-event.deltaY * 0.0025), view.stretch.from + event.offsetX * perPixel);
      }
    };
    picture.addEventListener("wheel", onWheel, { passive: false });
    const stop = onTheme(repaint);
    return () => {
      observer.disconnect();
      picture.removeEventListener("wheel", onWheel);
      stop();
    };
  }, []);

  const first = Math.max(0, Math.floor(scrolled / ROW) - SPARE);
  const limit = Math.ceil(size.height / ROW) + 2 * SPARE;
  useEffect(() => onRows({ offset: first, limit }), [first, limit]);

  useLayoutEffect(() => {
    const picture = canvas.current;
    if (picture === null || scene === undefined || size.width === 0) return;
    const frame = requestAnimationFrame(() => paint(picture, scene));
    return () => cancelAnimationFrame(frame);
  });

  /** To the track `by` further down. */
  const step = (by: number): void => {
    if (part === undefined) return;
    const at = part.tracks.findIndex((track) => track.id === selected);
    const next = part.tracks[at < 0 ? 0 : at + by];
    if (next === undefined) return;
    onSelect(next.id);
    const element = box.current;
    const top = (offset + (at < 0 ? 0 : at + by)) * ROW;
    if (element === null) return;
    if (top < element.scrollTop) element.scrollTop = top;
    if (top + ROW + RULER > element.scrollTop + element.clientHeight) {
      element.scrollTop = top + ROW + RULER - element.clientHeight;
    }
  };
  const length = stretch.to - stretch.from;
  const keys: Record<string, () => void> = {
    "+": () => view.zoom(STEP),
    "=": () => view.zoom(STEP),
    "-": () => view.zoom(1 / STEP),
    "0": () => view.setLook("fit"),
    f: () => view.setLook("follow"),
    ArrowLeft: () => view.move(-0.15 * length),
    ArrowRight: () => view.move(0.15 * length),
    Home: () => view.move(view.whole.from - stretch.from),
    End: () => view.move(view.whole.to - stretch.to),
    ArrowUp: () => step(-1),
    ArrowDown: () => step(1),
  };

  return (
    <>
      <div
        ref={box}
        class="tracks"
        role="group"
        tabIndex={0}
        aria-label={`Timeline of ${several(all, "goroutine")}: left and right move it, up and down choose a goroutine, plus and minus zoom, 0 shows all, f follows`}
        onScroll={(event) => {
          setScrolled(event.currentTarget.scrollTop);
          setTip(null);
        }}
        onKeyDown={(event) => {
          const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : keys[event.key];
          if (act === undefined) return;
          event.preventDefault();
          event.stopPropagation();
          act();
        }}
      >
        <div class="tracks-inner" style={{ height: `${Math.max(all * ROW + RULER, size.height)}px` }}>
          <div class="names-corner">{several(all, "goroutine")}</div>
          <canvas
            ref={canvas}
            style={{ height: `${size.height}px` }}
            onPointerDown={(event) => {
              drag.current = { x: event.clientX, y: event.clientY, moved: false };
              event.currentTarget.setPointerCapture(event.pointerId);
            }}
            onPointerMove={(event) => {
              const from = drag.current;
              if (from === null) {
                const found = scene === undefined ? null : hit(scene, event.offsetX, event.offsetY);
                setTip(found === null ? null : { hit: found, x: event.clientX, y: event.clientY });
                return;
              }
              const [dx, dy] = [event.clientX - from.x, event.clientY - from.y];
              if (!from.moved && Math.abs(dx) + Math.abs(dy) < 4) return;
              drag.current = { x: event.clientX, y: event.clientY, moved: true };
              setTip(null);
              if (dx !== 0) view.move((-dx / size.width) * length);
              if (box.current !== null) box.current.scrollTop -= dy;
            }}
            onPointerUp={(event) => {
              const dragged = drag.current?.moved === true;
              drag.current = null;
              const found = dragged || scene === undefined ? null : hit(scene, event.offsetX, event.offsetY);
              if (found !== null) onSelect(found.id);
            }}
            onPointerLeave={() => setTip(null)}
          />
          {(part?.tracks ?? []).map((track, i) => (
            <button
              type="button"
              tabIndex={-1}
              class="track-name"
              key={track.id}
              aria-pressed={track.id === selected}
              title={`${track.id} ${track.name}`}
              style={{ top: `${RULER + (offset + i) * ROW}px`, height: `${ROW}px` }}
              onClick={() => onSelect(track.id)}
            >
              <span class="mono muted">{shortId(track.id)}</span>
              <span>{track.name}</span>
            </button>
          ))}
        </div>
        {part?.thinned === true ? <p class="thinned">Zoom in to see all arrows and marks.</p> : null}
      </div>
      {tip === null ? null : <Tooltip {...tip} />}
    </>
  );
}

function Tooltip({ hit, x, y }: { readonly hit: Hit; readonly x: number; readonly y: number }): JSX.Element {
  const left = x > innerWidth - 320 ? x - 12 : x + 12;
  return (
    <div
      class="tooltip"
      role="tooltip"
      style={{ left: `${left}px`, top: `${y + 14}px`, transform: left < x ? "translateX(-100%)" : "none" }}
    >
      <strong>{hit.title}</strong>
      {hit.lines.map((line) => (
        <span key={line}>{line}</span>
      ))}
    </div>
  );
}

function paint(picture: HTMLCanvasElement, scene: Scene): void {
  const density = devicePixelRatio;
  const [width, height] = [Math.round(scene.width * density), Math.round(scene.height * density)];
  if (picture.width !== width) picture.width = width;
  if (picture.height !== height) picture.height = height;
  const context = picture.getContext("2d", { alpha: false });
  if (context === null) return;
  context.setTransform(density, 0, 0, density, 0, 0);
  draw(context, scene);
}
