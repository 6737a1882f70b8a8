/** All channels: how full each is, who waits at it, what has gone through. The drawing of one is in the detail. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { ChannelRow, Questions } from "../../protocol.ts";
import { useAsk } from "../ask/use-ask.ts";
import { Column } from "../ui/column.tsx";
import { Filter } from "../ui/filter.tsx";
import { count, several } from "../ui/format.ts";
import { ListPanel } from "../ui/list-panel.tsx";
import { usePart } from "../ui/paged.ts";
import type { PanelProps } from "./panel.ts";

type Sort = NonNullable<Questions["channels"]["ask"]["sort"]>;
const COLUMNS = "5.2rem minmax(6rem, 1.4fr) minmax(9rem, 1fr) 5rem 4.6rem 5.2rem 5.6rem";

export function Channels({ source, selected, onSelect }: PanelProps): JSX.Element {
  const [filter, setFilter] = useState("");
  const [sort, setSort] = useState<Sort>("id");
  const [part, onRange] = usePart();
  const reply = useAsk(source, "channels", { ...part, sort, ...(filter === "" ? {} : { filter }) });
  const head = { sort: { by: sort, descending: sort !== "id" && sort !== "name" }, onSort: sortBy };
  function sortBy({ by }: { readonly by: Sort }): void {
    setSort(by);
  }
  return (
    <ListPanel
      label="Channels"
      tools={<Filter value={filter} onChange={setFilter} hint="name or id" />}
      reply={reply}
      tally={({ matching }) => several(matching, "channel")}
      contents={({ rows, matching, total }) => ({
        rows,
        count: matching,
        none:
          total === 0
            ? ["No channels", "The program has made none yet."]
            : ["Nothing matches", "No channel matches the filter."],
      })}
      columns={COLUMNS}
      header={
        <>
          <Column title="Id" by="id" {...head} />
          <Column title="Name" by="name" {...head} />
          <Column title="Buffer" by="length" {...head} />
          <span role="columnheader" class="cell">
            State
          </span>
          <Column title="Senders" by="waiting" class="is-number" {...head} />
          <span role="columnheader" class="cell is-number">
            Receivers
          </span>
          <Column title="Received" by="traffic" class="is-number" {...head} />
        </>
      }
      row={(channel) => <Row channel={channel} />}
      selected={selected}
      onSelect={onSelect}
      onRange={onRange}
    />
  );
}

function Row({ channel }: { readonly channel: ChannelRow }): JSX.Element {
  return (
    <>
      <span class="cell mono" role="gridcell">
        {channel.id}
      </span>
      <span class="cell strong" role="gridcell" title={channel.name}>
        {channel.name}
      </span>
      <span class="cell" role="gridcell">
        <Fill length={channel.length} capacity={channel.capacity} />
      </span>
      <span class="cell" role="gridcell">
        {channel.closed ? <span class="tag is-closed">closed</span> : null}
        {channel.shared ? <span class="tag is-shared">shared</span> : null}
      </span>
      <span class={`cell is-number${channel.senders > 0 ? " is-waiting" : ""}`} role="gridcell">
        {channel.senders === 0 ? "" : count(channel.senders)}
      </span>
      <span class={`cell is-number${channel.receivers > 0 ? " is-waiting" : ""}`} role="gridcell">
        {channel.receivers === 0 ? "" : count(channel.receivers)}
      </span>
      <span class="cell is-number" role="gridcell">
        {count(channel.received)}
      </span>
    </>
  );
}

export function Fill({ length, capacity }: { readonly length: number; readonly capacity: number }): JSX.Element {
  if (capacity === 0) return <span class="muted">unbuffered</span>;
  return (
    <span class="fill">
      <span class={`fill-bar${length === capacity ? " is-full" : ""}`} aria-hidden="true">
        <span style={{ width: `${(100 * length) / capacity}%` }} />
      </span>
      <span class="number">
        {count(length)} / {count(capacity)}
      </span>
    </span>
  );
}
