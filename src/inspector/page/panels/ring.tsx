/**
 * A channel's buffer as the runtime has it: a ring of slots, with `sendx` where the next value goes in and `recvx` where
 * the next one comes out. Up to 24 slots are drawn as a ring, more as rows of cells; no slots, as a place to meet.
 */
import type { JSX } from "preact";
import type { ChannelDetail } from "../../protocol.ts";

const CENTRE = 130;
const OUTER = 94;
const INNER = 42;
const MIDDLE = (OUTER + INNER) / 2;
const MOST_IN_A_RING = 24;
/** Cells of a row, and their size. */
const ROW = 16;
const CELL = 16;

type Ring = Pick<ChannelDetail, "capacity" | "length" | "sendx" | "recvx" | "slots" | "closed">;

export function RingDrawing({ channel }: { readonly channel: Ring }): JSX.Element {
  const { capacity, length, closed } = channel;
  const title = `${capacity === 0 ? "No buffer" : `Ring of ${capacity} slots, ${length} full, sendx ${channel.sendx}, recvx ${channel.recvx}`}${closed ? ", closed" : ""}`;
  if (capacity > MOST_IN_A_RING) return <Cells channel={channel} title={title} />;
  return (
    <svg class={`ring${closed ? " is-closed" : ""}`} viewBox="-34 2 328 256" role="img" aria-label={title}>
      {capacity === 0 ? <circle class="ring-meeting" cx={CENTRE} cy={CENTRE} r={MIDDLE} /> : null}
      {Array.from({ length: capacity }, (_, i) => (
        <Slot key={i} index={i} channel={channel} />
      ))}
      {capacity === 0 ? null : (
        <>
          <Pointer name="recvx" at={channel.recvx} apart={channel.recvx === channel.sendx ? -1 : 0} of={capacity} />
          <Pointer name="sendx" at={channel.sendx} apart={channel.recvx === channel.sendx ? 1 : 0} of={capacity} />
        </>
      )}
      <text class="ring-count" x={CENTRE} y={CENTRE + (closed ? -4 : 6)}>
        {capacity === 0 ? "unbuffered" : `${length} / ${capacity}`}
      </text>
      {closed ? (
        <text class="ring-closed" x={CENTRE} y={CENTRE + 18}>
          closed
        </text>
      ) : null}
    </svg>
  );
}

/** Clockwise, from the top; an angle in radians. */
function angle(slot: number, capacity: number): number {
  return (2 * Math.PI * slot) / capacity - Math.PI / 2;
}

function at(radius: number, radians: number): [number, number] {
  return [CENTRE + radius * Math.cos(radians), CENTRE + radius * Math.sin(radians)];
}

/** Whether slot `index` has a value: `length` slots from `recvx` on do. */
function isFull({ capacity, length, recvx }: Ring, index: number): boolean {
  return (index - recvx + capacity) % capacity < length;
}

function Slot({ index, channel }: { readonly index: number; readonly channel: Ring }): JSX.Element {
  const { capacity, slots } = channel;
  const gap = capacity === 1 ? 0.0005 : 0.012 + 0.1 / capacity;
  const from = angle(index, capacity) + gap;
  const to = angle(index + 1, capacity) - gap;
  const large = to - from > Math.PI ? 1 : 0;
  const outline = [
    `M${at(OUTER, from)}A${OUTER} ${OUTER} 0 ${large} 1 ${at(OUTER, to)}`,
    `L${at(INNER, to)}A${INNER} ${INNER} 0 ${large} 0 ${at(INNER, from)}Z`,
  ].join("");
  const full = isFull(channel, index);
  const value = full ? (slots[index] ?? null) : null;
  const [x, y] = at(MIDDLE, angle(index + 0.5, capacity));
  const room = capacity <= 4 ? 9 : capacity <= 8 ? 6 : capacity <= 12 ? 4 : 0;
  return (
    <g class={full ? "slot is-full" : "slot"}>
      <title>{`[${index}] ${full ? (value ?? "a value") : "empty"}`}</title>
      <path d={outline} />
      <text x={x} y={y + 4} class={value !== null && room > 0 ? "slot-value" : "slot-index"}>
        {value !== null && room > 0 ? shorten(value, room) : index}
      </text>
    </g>
  );
}

export function shorten(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

/** An arrow from outside to a slot. Where both point to one slot, they stand side by side. */
function Pointer(props: {
  readonly name: "sendx" | "recvx";
  readonly at: number;
  readonly apart: number;
  readonly of: number;
}): JSX.Element {
  const radians = angle(props.at + 0.5, props.of) + props.apart * Math.min(0.3, 1.6 / props.of + 0.1);
  const [x, y] = at(OUTER + 3, radians);
  const turned = (radians * 180) / Math.PI;
  const [labelX, labelY] = at(OUTER + 24, radians);
  const side = Math.cos(radians);
  return (
    <g class={`pointer is-${props.name}`}>
      <path d="M0 0 11-5.5V5.5z" transform={`translate(${x} ${y}) rotate(${turned})`} />
      <text
        x={labelX - (Math.abs(side) > 0.5 ? Math.sign(side) * 8 : 0)}
        y={labelY + 4}
        text-anchor={
          Math.abs(side) > 0.5
            ? side > 0
              ? "start"
              : "end"
            : props.apart === 0
              ? "middle"
              : anchorApart(radians, props.apart)
        }
      >
        {props.name}
      </text>
    </g>
  );
}

/** Labels that stand side by side, above or below the ring, grow away from each other. */
function anchorApart(radians: number, apart: number): "start" | "end" {
  return apart > 0 === Math.sin(radians) < 0 ? "start" : "end";
}

function Cells({ channel, title }: { readonly channel: Ring; readonly title: string }): JSX.Element {
  const shown = Math.min(channel.capacity, 256);
  const rows = Math.ceil(shown / ROW);
  const place = (index: number): { x: number; y: number } => ({
    x: 2 + (index % ROW) * CELL,
    y: 24 + Math.floor(index / ROW) * CELL,
  });
  return (
    <svg class="ring" viewBox={`0 0 ${ROW * CELL + 4} ${rows * CELL + 48}`} role="img" aria-label={title}>
      {Array.from({ length: shown }, (_, i) => {
        const full = isFull(channel, i);
        return (
          <g key={i} class={full ? "slot is-full" : "slot"}>
            <title>{`[${i}] ${full ? (channel.slots[i] ?? "a value") : "empty"}`}</title>
            <rect {...place(i)} width={CELL - 2} height={CELL - 2} rx="2" />
          </g>
        );
      })}
      {(["recvx", "sendx"] as const).map((name) =>
        channel[name] < shown ? (
          <rect
            key={name}
            class={`pointer-cell is-${name}`}
            {...place(channel[name])}
            width={CELL - 2}
            height={CELL - 2}
            rx="2"
          />
        ) : null,
      )}
      <text class="cells-legend" x="2" y="14">
        {`${channel.length} / ${channel.capacity}${channel.closed ? " closed" : ""}`}
      </text>
      <text class="cells-legend is-recvx" x={ROW * CELL - 62} y="14" text-anchor="end">
        {`recvx ${channel.recvx}`}
      </text>
      <text class="cells-legend is-sendx" x={ROW * CELL} y="14" text-anchor="end">
        {`sendx ${channel.sendx}`}
      </text>
      {shown < channel.capacity ? (
        <text class="cells-legend" x="2" y={rows * CELL + 42}>
          {`the first ${shown} slots`}
        </text>
      ) : null}
    </svg>
  );
}
