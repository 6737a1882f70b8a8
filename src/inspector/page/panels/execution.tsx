/**
 * The execution so far as a table: steps down, goroutines across, in each cell what that goroutine did. It is the
 * execution timeline of textbooks, made of what really happened.
 */
import type { JSX } from "preact";
import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import type { LoggedEvent } from "../../protocol.ts";
import { useAsk } from "../ask/use-ask.ts";
import { shortId } from "../ui/ids.ts";
import { Answered, Notice } from "../ui/notice.tsx";
import type { PanelProps } from "./panel.ts";

const MOST = 400;

export function Execution({ source, selected, onSelect }: PanelProps): JSX.Element {
  const reply = useAsk(source, "events", { after: -1, limit: MOST });
  const names = useAsk(source, "goroutines", { offset: 0, limit: 200, sort: "id" }).data?.rows;
  return (
    <section class="execution" aria-label="Execution timeline">
      <Answered reply={reply}>
        {(events) =>
          events.length === 0 ? (
            <Notice title="Nothing has happened yet">Each step adds rows here.</Notice>
          ) : (
            <Table
              events={events}
              names={new Map(names?.map((row) => [row.id, row.name]))}
              selected={selected}
              onSelect={onSelect}
            />
          )
        }
      </Answered>
    </section>
  );
}

function Table(
  props: { readonly events: readonly LoggedEvent[]; readonly names: ReadonlyMap<string, string> } & Omit<
    PanelProps,
    "source"
  >,
): JSX.Element {
  const { events, names, selected, onSelect } = props;
  const box = useRef<HTMLDivElement>(null);
  const newest = events.at(-1)?.n ?? 0;
  const columns = useMemo(() => columnsOf(events), [newest, events.length]);
  useLayoutEffect(() => {
    if (box.current !== null) box.current.scrollTop = box.current.scrollHeight;
  }, [newest]);
  return (
    <div ref={box} class="execution-box">
      <table>
        <thead>
          <tr>
            <th scope="col" class="is-number">
              Step
            </th>
            {columns.map((g) => (
              <th scope="col" key={g} aria-current={g === selected && g !== ""}>
                {g === "" ? (
                  <span class="muted">outside</span>
                ) : (
                  <button type="button" title={g} onClick={() => onSelect(g)}>
                    <span class="mono">{shortId(g)}</span> {names.get(g) ?? ""}
                  </button>
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {events.map((event) => (
            <tr key={event.n} class={event.n === newest ? "is-newest" : ""}>
              <th scope="row" class="is-number">
                {event.n}
              </th>
              {columns.map((g) => (
                <td key={g} class={g === selected && g !== "" ? "is-selected" : ""}>
                  {g === event.g ? <span class={`deed is-${deed(event.kind)}`}>{event.text}</span> : null}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The goroutines in question, those that were started first on the left; what none of them did is on the right. */
function columnsOf(events: readonly LoggedEvent[]): string[] {
  const numbers = (g: string): number[] => (g.match(/\d+/g) ?? [Number.POSITIVE_INFINITY]).map(Number);
  return [...new Set(events.map((event) => event.g))].sort((a, b) => {
    const [x, y] = [numbers(a), numbers(b)];
    return (x[0] ?? 0) - (y[0] ?? 0) || (x[1] ?? 0) - (y[1] ?? 0);
  });
}

/** What sort of thing an event is, for its colour. */
function deed(kind: string): string {
  if (/park|block/.test(kind)) return "waiting";
  if (/ready|yield/.test(kind)) return "runnable";
  if (/panic|deadlock/.test(kind)) return "panicked";
  if (/^chan|select|lock/.test(kind)) return "operation";
  if (/end/.test(kind)) return "ended";
  return "running";
}
