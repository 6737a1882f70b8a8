/** An SVG drawing that can be moved and enlarged: by wheel, by dragging, by keys, by buttons. At first all of it is seen. */
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

interface Props {
  readonly width: number;
  readonly height: number;
  readonly label: string;
  readonly children: ComponentChildren;
}

interface View {
  readonly scale: number;
  /** The drawing's point in the middle of what is seen. */
  readonly x: number;
  readonly y: number;
}

const STEP = 1.25;

export function PanZoom({ width, height, label, children }: Props): JSX.Element {
  const box = useRef<SVGSVGElement>(null);
  const [size, setSize] = useState({ width: 600, height: 400 });
  /** Null: all of it, however large it gets. */
  const [chosen, setChosen] = useState<View | null>(null);
  const drag = useRef<{ x: number; y: number } | null>(null);

  const whole: View = {
    scale: Math.min(1.4, size.width / Math.max(1, width), size.height / Math.max(1, height)),
    x: width / 2,
    y: height / 2,
  };
  const view = chosen ?? whole;
  const now = useRef(view);
  now.current = view;

  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const measure = (): void => setSize({ width: element.clientWidth, height: element.clientHeight });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    // Not through JSX: that would be passive, and the page would scroll too.
    const onWheel = (event: WheelEvent): void => {
      event.preventDefault();
      zoom(
        Math.exp(-event.deltaY * 0.002),
        event.offsetX - element.clientWidth / 2,
        event.offsetY - element.clientHeight / 2,
      );
    };
    element.addEventListener("wheel", onWheel, { passive: false });
    return () => {
      observer.disconnect();
      element.removeEventListener("wheel", onWheel);
    };
  }, []);

  /** Around the point that is `dx`, `dy` pixels off the middle. */
  function zoom(by: number, dx = 0, dy = 0): void {
    const { scale, x, y } = now.current;
    const next = Math.max(0.05, Math.min(4, scale * by));
    setChosen({ scale: next, x: x + dx / scale - dx / next, y: y + dy / scale - dy / next });
  }
  function pan(dx: number, dy: number): void {
    const { scale, x, y } = now.current;
    setChosen({ scale, x: x + dx / scale, y: y + dy / scale });
  }
  const keys: Record<string, () => void> = {
    "+": () => zoom(STEP),
    "=": () => zoom(STEP),
    "-": () => zoom(1 / STEP),
    "0": () => setChosen(null),
    ArrowLeft: () => pan(-60, 0),
    ArrowRight: () => pan(60, 0),
    ArrowUp: () => pan(0, -60),
    ArrowDown: () => pan(0, 60),
  };
  return (
    <div class="pan-zoom">
      <svg
        ref={box}
        role="group"
        aria-label={`${label}: arrows move it, plus and minus enlarge and reduce it, 0 shows all of it`}
        tabIndex={0}
        onKeyDown={(event) => {
          const act = event.ctrlKey || event.metaKey ? undefined : keys[event.key];
          if (act === undefined) return;
          event.preventDefault();
          event.stopPropagation();
          act();
        }}
        onPointerDown={(event) => {
          if ((event.target as Element).closest("[role=button]") !== null) return;
          drag.current = { x: event.clientX, y: event.clientY };
          event.currentTarget.setPointerCapture(event.pointerId);
        }}
        onPointerMove={(event) => {
          if (drag.current === null) return;
          pan(drag.current.x - event.clientX, drag.current.y - event.clientY);
          drag.current = { x: event.clientX, y: event.clientY };
        }}
        onPointerUp={() => {
          drag.current = null;
        }}
      >
        <g
          transform={`translate(${size.width / 2 - view.x * view.scale} ${size.height / 2 - view.y * view.scale}) scale(${view.scale})`}
        >
          {children}
        </g>
      </svg>
      <div class="zoom-buttons">
        <button type="button" aria-label="Enlarge" title="Enlarge (+)" onClick={() => zoom(STEP)}>
          +
        </button>
        <button type="button" aria-label="Reduce" title="Reduce (-)" onClick={() => zoom(1 / STEP)}>
          −
        </button>
        <button type="button" title="Show all of it (0)" onClick={() => setChosen(null)}>
          Fit
        </button>
      </div>
    </div>
  );
}
