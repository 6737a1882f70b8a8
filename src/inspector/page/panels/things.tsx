/** What goroutines wait for besides channels: locks, groups, conditions, semaphores, timers. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { ThingRow } from "../../protocol.ts";
import { useAsk } from "../ask/use-ask.ts";
import { Filter } from "../ui/filter.tsx";
import { count, duration, several } from "../ui/format.ts";
import { Answered, Notice } from "../ui/notice.tsx";
import { type Part, rowAt, usePart } from "../ui/paged.ts";
import { References } from "../ui/reference.tsx";
import { VirtualList } from "../ui/virtual-list.tsx";
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
    <section class="panel" aria-label="Locks, groups and timers">
      <div class="toolbar">
        <Filter value={filter} onChange={setFilter} hint="name, kind or id" />
        <span class="tally" aria-live="polite">
          {reply.data === undefined ? "" : several(reply.data.total, "thing")}
        </span>
      </div>
      <Answered reply={reply}>
        {(data) => (
          <div class="split">
            <VirtualList
              label="Locks, groups and timers"
              count={data.total}
              rowHeight={28}
              columns={COLUMNS}
              item={(index) => rowAt(data.rows, reply.about as Part, index)}
              idOf={(each) => each.id}
              selected={selected}
              onSelect={onSelect}
              onRange={onRange}
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
            />
            {data.total === 0 ? (
              <Notice title={filter === "" ? "No locks, groups or timers" : "Nothing matches"}>
                {filter === "" ? "The program uses none at the moment." : "Nothing matches the filter."}
              </Notice>
            ) : null}
          </div>
        )}
      </Answered>
    </section>
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
