/** What goroutines wait for besides channels: locks, groups, conditions, semaphores, timers. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { ThingRow } from "../../protocol.ts";
import { useAsk } from "../ask/use-ask.ts";
import { Filter } from "../ui/filter.tsx";
import { count, duration, several } from "../ui/format.ts";
import { ListPanel } from "../ui/list-panel.tsx";
import { usePart } from "../ui/paged.ts";
import { References } from "../ui/reference.tsx";
import type { PanelProps } from "./panel.ts";

const COLUMNS = "6rem minmax(6rem, 1fr) minmax(7rem, 1.2fr) 4.6rem minmax(8rem, 1.4fr) 6.4rem";

export const KIND: Record<ThingRow["kind"], string> = {
  mutex: "Mutex",
  rwmutex: "RWMutex",
  waitgroup: "WaitGroup",
  cond: "Cond",
  semaphore: "Semaphore",
  timer: "Timer",
  other: "Other",
};

export function Things({ source, selected, onSelect }: PanelProps): JSX.Element {
  const [filter, setFilter] = useState("");
  const [part, onRange] = usePart();
  const reply = useAsk(source, "things", { ...part, ...(filter === "" ? {} : { filter }) });
  const status = useAsk(source, "status", {}).data;
  return (
    <ListPanel
      label="Locks, groups and timers"
      tools={<Filter value={filter} onChange={setFilter} hint="name, kind or id" />}
      reply={reply}
      tally={({ total }) => several(total, "thing")}
      contents={({ rows, total }) => ({
        rows,
        count: total,
        none:
          filter === ""
            ? ["No locks, groups or timers", "The program uses none at the moment."]
            : ["Nothing matches", "Nothing matches the filter."],
      })}
      columns={COLUMNS}
      header={["Kind", "Name", "Held by", "Waiting", "First in line", "Value"].map((title) => (
        <span
          key={title}
          role="columnheader"
          class={`cell${title === "Waiting" || title === "Value" ? " is-number" : ""}`}
        >
          {title}
        </span>
      ))}
      version={status?.now}
      row={(thing) => <Row thing={thing} now={status?.now ?? 0} onSelect={onSelect} />}
      selected={selected}
      onSelect={onSelect}
      onRange={onRange}
    />
  );
}

function Row({
  thing,
  now,
  onSelect,
}: {
  readonly thing: ThingRow;
  readonly now: number;
  readonly onSelect: (id: string) => void;
}): JSX.Element {
  return (
    <>
      <span class="cell" role="gridcell">
        {KIND[thing.kind]}
      </span>
      <span class="cell strong" role="gridcell" title={thing.id}>
        {thing.name === "" ? <span class="mono">{thing.id}</span> : thing.name}
      </span>
      <span class="cell" role="gridcell">
        <References ids={thing.holders.map((holder) => holder.g)} most={2} onSelect={onSelect} />
      </span>
      <span class={`cell is-number${thing.waiting.length > 0 ? " is-waiting" : ""}`} role="gridcell">
        {thing.waiting.length === 0 ? "" : count(thing.waiting.length)}
      </span>
      <span class="cell" role="gridcell">
        <References ids={thing.waiting.slice(0, 3)} most={3} onSelect={onSelect} />
      </span>
      <span class="cell is-number" role="gridcell">
        {valueInWords(thing, now)}
      </span>
    </>
  );
}

/** What its number means, in words. */
export function valueInWords(thing: ThingRow, now: number): string {
  if (thing.kind === "timer") return thing.value > now ? `in ${duration(thing.value - now)}` : "due";
  if (thing.kind === "waitgroup") return `counter ${count(thing.value)}`;
  return thing.value === 0 ? "" : count(thing.value);
}
