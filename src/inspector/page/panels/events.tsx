/** What happened, newest last. It asks for what is new only, and keeps the last few thousand. */
import type { JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import type { LoggedEvent, Source } from "../../protocol.ts";
import { askerOf } from "../ask/asker.ts";
import { Filter } from "../ui/filter.tsx";
import { point, several } from "../ui/format.ts";
import { shortId } from "../ui/ids.ts";
import { Notice } from "../ui/notice.tsx";
import { VirtualList } from "../ui/virtual-list.tsx";
import type { PanelProps } from "./panel.ts";

const KEPT = 5000;
const AT_ONCE = 1000;

export function Events({ source, selected, onSelect }: PanelProps): JSX.Element {
  const [filter, setFilter] = useState("");
  const [following, setFollowing] = useState(true);
  const [mine, setMine] = useState(false);
  const { events, error } = useEvents(source, following);
  const only = mine ? selected : "";
  const shown = useMemo(() => {
    const wanted = filter.toLowerCase();
    return events.filter(
      (event) =>
        (only === "" || event.g === only) &&
        (wanted === "" || `${event.g} ${event.kind} ${event.text}`.toLowerCase().includes(wanted)),
    );
  }, [events, filter, only]);
  return (
    <section class="panel" aria-label="Events">
      <div class="toolbar">
        <Filter value={filter} onChange={setFilter} hint="kind, goroutine or text" />
        <button type="button" class="chip" aria-pressed={following} onClick={() => setFollowing(!following)}>
          Follow
        </button>
        <button
          type="button"
          class="chip"
          aria-pressed={mine}
          disabled={selected === ""}
          onClick={() => setMine(!mine)}
        >
          Selected only
        </button>
        <span class="tally" aria-live="off">
          {several(shown.length, "event")}
        </span>
      </div>
      <div class="split">
        <VirtualList
          label="Events"
          count={shown.length}
          rowHeight={24}
          columns="5.5rem 7rem 6rem 8rem minmax(10rem, 1fr)"
          item={(index) => shown[index]}
          idOf={(event) => event.g}
          selected={selected}
          onSelect={onSelect}
          follow={following}
          header={["No.", "At", "Goroutine", "Kind", "What"].map((title) => (
            <span
              key={title}
              role="columnheader"
              class={`cell${title === "No." || title === "At" ? " is-number" : ""}`}
            >
              {title}
            </span>
          ))}
          row={(event) => <Row event={event} />}
        />
        {shown.length === 0 ? (
          error !== "" ? (
            <Notice title="No answer" kind="error">
              {error}
            </Notice>
          ) : (
            <Notice title={events.length === 0 ? "No events" : "Nothing matches"}>
              {events.length === 0 ? "Nothing has happened yet." : "No event that is known matches."}
            </Notice>
          )
        ) : null}
      </div>
    </section>
  );
}

function Row({ event }: { readonly event: LoggedEvent }): JSX.Element {
  return (
    <>
      <span class="cell is-number muted" role="gridcell">
        {event.n}
      </span>
      <span class="cell is-number mono" role="gridcell">
        {point(event.at)}
      </span>
      <span class="cell mono" role="gridcell">
        {event.g === "" ? "" : shortId(event.g)}
      </span>
      <span class="cell" role="gridcell">
        <span class="tag">{event.kind}</span>
      </span>
      <span class="cell" role="gridcell" title={event.text}>
        {event.text}
      </span>
    </>
  );
}

/** The last events, and those to come while `following`. */
export function useEvents(
  source: Source,
  following: boolean,
): { readonly events: readonly LoggedEvent[]; readonly error: string } {
  const [events, setEvents] = useState<readonly LoggedEvent[]>([]);
  const [error, setError] = useState("");
  useEffect(() => setEvents([]), [source]);
  useEffect(() => {
    if (!following) return;
    let known: readonly LoggedEvent[] = [];
    return askerOf(source).watch({
      question: "events",
      about: () => ({ after: known.at(-1)?.n ?? -1, limit: AT_ONCE }),
      answered: (reply) => {
        setError(reply.error);
        // Who answers next may be the same program started again, which counts from 1.
        if (reply.error !== "") known = [];
        if (reply.error !== "" || reply.data === undefined) return;
        known = joined(known, reply.data, reply.about?.after ?? -1);
        setEvents(known);
        // More happens than can be read: from here on, the newest.
        if (reply.data.length === AT_ONCE) known = [];
      },
    });
  }, [source, following]);
  return { events, error };
}

/** Where there was more than an answer holds, or the program began anew, what was known is left behind. */
function joined(known: readonly LoggedEvent[], more: readonly LoggedEvent[], after: number): readonly LoggedEvent[] {
  const [first] = more;
  if (first === undefined) return known;
  if (after < 0 || first.n !== after + 1) return more;
  return [...known, ...more].slice(-KEPT);
}
