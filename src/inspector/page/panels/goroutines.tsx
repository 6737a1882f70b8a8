/** All goroutines: filtered, sorted, grouped; only those in sight are asked for. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { GoroutineQuery, GoroutineRow, GoroutineState, Questions } from "../../protocol.ts";
import { useAsk } from "../ask/use-ask.ts";
import { Column } from "../ui/column.tsx";
import { Filter } from "../ui/filter.tsx";
import { count, duration, several } from "../ui/format.ts";
import { shortId } from "../ui/ids.ts";
import { ListPanel } from "../ui/list-panel.tsx";
import { usePart } from "../ui/paged.ts";
import { References } from "../ui/reference.tsx";
import { STATES, State, StateMark } from "../ui/state.tsx";
import type { PanelProps } from "./panel.ts";

type Sort = NonNullable<GoroutineQuery["sort"]>;
type Group = NonNullable<GoroutineQuery["group"]>;
type Answer = Questions["goroutines"]["answer"];

const GROUPS: readonly Group[] = ["name", "state", "reason", "origin", "thread"];
const COLUMNS =
  "4.6rem minmax(6.4rem, 1.3fr) minmax(8.2rem, 1.1fr) minmax(5.2rem, 1fr) 5rem 3.8rem minmax(5.6rem, 1.3fr)";

export function Goroutines({ source, selected, onSelect }: PanelProps): JSX.Element {
  const [filter, setFilter] = useState("");
  const [states, setStates] = useState<readonly GoroutineState[]>([]);
  const [sort, setSort] = useState<{ by: Sort; descending: boolean }>({ by: "id", descending: false });
  const [group, setGroup] = useState<Group | "">("");
  const [within, setWithin] = useState<string | null>(null);
  const [part, onRange] = usePart();
  const reply = useAsk(source, "goroutines", {
    ...part,
    sort: sort.by,
    descending: sort.descending,
    ...(filter === "" ? {} : { filter }),
    ...(states.length === 0 ? {} : { states }),
    ...(group === "" ? {} : { group, ...(within === null ? {} : { in: within }) }),
  });
  const status = useAsk(source, "status", {}).data;
  const chooseGroup = (next: Group | ""): void => {
    setGroup(next);
    setWithin(null);
  };
  const toggle = (state: GoroutineState): void =>
    setStates(states.includes(state) ? states.filter((each) => each !== state) : [...states, state]);

  return (
    <ListPanel
      label="Goroutines"
      tools={
        <>
          <Filter value={filter} onChange={setFilter} hint="name, reason, origin or id" />
          <fieldset class="chips" aria-label="States">
            {STATES.map((state) => (
              <button
                type="button"
                class="chip"
                key={state}
                aria-pressed={states.includes(state)}
                onClick={() => toggle(state)}
              >
                <StateMark state={state} />
                {state}
                <span class="number">{count(status?.counts[state] ?? 0)}</span>
              </button>
            ))}
          </fieldset>
          <label class="choice">
            Group by
            <select value={group} onChange={(event) => chooseGroup(event.currentTarget.value as Group | "")}>
              <option value="">nothing</option>
              {GROUPS.map((each) => (
                <option key={each} value={each}>
                  {each}
                </option>
              ))}
            </select>
          </label>
        </>
      }
      reply={reply}
      tally={tally}
      contents={({ rows, matching, total, groups }) => ({
        rows,
        count: matching,
        none:
          total === 0
            ? ["No goroutines", "None has been started yet."]
            : ["Nothing matches", "No goroutine matches the filter and the states chosen."],
        beside: group === "" ? null : <Groups groups={groups} within={within} onChoose={setWithin} />,
      })}
      columns={COLUMNS}
      header={<Header sort={sort} onSort={setSort} />}
      version={status?.now}
      row={(g) => <Row g={g} now={status?.now} onSelect={onSelect} />}
      selected={selected}
      onSelect={onSelect}
      onRange={onRange}
    />
  );
}

function tally({ matching, total }: Answer): string {
  return matching === total ? several(total, "goroutine") : `${count(matching)} of ${several(total, "goroutine")}`;
}

function Header({
  sort,
  onSort,
}: {
  readonly sort: { by: Sort; descending: boolean };
  readonly onSort: (sort: { by: Sort; descending: boolean }) => void;
}): JSX.Element {
  const rest = { sort, onSort };
  return (
    <>
      <Column title="Id" by="id" {...rest} />
      <Column title="Name" by="name" {...rest} />
      <Column title="State" by="reason" {...rest} />
      <span role="columnheader" class="cell">
        Waits for
      </span>
      <Column title="Since" by="since" class="is-number" {...rest} />
      <Column title="Thread" by="thread" class="is-number" {...rest} />
      <Column title="Started at" by="origin" {...rest} />
    </>
  );
}

function Row({
  g,
  now,
  onSelect,
}: {
  readonly g: GoroutineRow;
  readonly now: number | undefined;
  readonly onSelect: (id: string) => void;
}): JSX.Element {
  return (
    <>
      <span class="cell mono" role="gridcell" title={g.id}>
        {shortId(g.id)}
      </span>
      <span class="cell strong" role="gridcell" title={g.name}>
        {g.name}
      </span>
      <span class="cell" role="gridcell">
        <State state={g.state} reason={g.reason} />
      </span>
      <span class="cell" role="gridcell">
        <References ids={g.on} most={1} onSelect={onSelect} />
      </span>
      <span class="cell is-number" role="gridcell">
        {now === undefined ? "" : duration(now - g.since)}
      </span>
      <span class="cell is-number" role="gridcell">
        {g.thread}
      </span>
      <span class="cell mono muted is-path" role="gridcell" title={g.origin}>
        <bdi>{g.origin}</bdi>
      </span>
    </>
  );
}

function Groups({
  groups,
  within,
  onChoose,
}: {
  readonly groups: Answer["groups"];
  readonly within: string | null;
  readonly onChoose: (key: string | null) => void;
}): JSX.Element {
  const most = Math.max(1, ...groups.map((group) => group.count));
  return (
    <ul class="groups" aria-label="Groups">
      <li>
        <button type="button" aria-pressed={within === null} onClick={() => onChoose(null)}>
          <span class="group-key">All</span>
          <span class="number">{count(groups.reduce((sum, group) => sum + group.count, 0))}</span>
        </button>
      </li>
      {groups.slice(0, 500).map(({ key, count: n }) => (
        <li key={key}>
          <button
            type="button"
            aria-pressed={within === key}
            style={{ "--share": `${(100 * n) / most}%` }}
            title={key}
            onClick={() => onChoose(within === key ? null : key)}
          >
            <span class="group-key">{key === "" ? "(none)" : key}</span>
            <span class="number">{count(n)}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
