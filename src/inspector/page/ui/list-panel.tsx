/**
 * A panel that is one long list: what chooses among its rows above it, how many there are, and what is said in their place
 * where there are none. Only the part in sight is asked for (paged.ts).
 */
import type { ComponentChildren, JSX } from "preact";
import type { Question, Reply } from "../ask/asker.ts";
import { Answered, Notice } from "./notice.tsx";
import { type Part, rowAt } from "./paged.ts";
import { VirtualList } from "./virtual-list.tsx";

type Answer<Q extends Question> = NonNullable<Reply<Q>["data"]>;

interface Contents<Row> {
  /** How many rows there are, with those that are not in this answer. */
  readonly count: number;
  readonly rows: readonly Row[];
  /** What is said where there are none: a title and a sentence. */
  readonly none: readonly [title: string, text: string];
  /** What stands beside the list. */
  readonly beside?: ComponentChildren;
}

interface Props<Q extends Question, Row> {
  readonly label: string;
  /** What chooses among the rows. */
  readonly tools: ComponentChildren;
  readonly reply: Reply<Q>;
  /** How much there is, in words. */
  readonly tally: (answer: Answer<Q>) => string;
  readonly contents: (answer: Answer<Q>) => Contents<Row>;
  readonly columns: string;
  readonly header: ComponentChildren;
  readonly row: (row: Row) => ComponentChildren;
  /** What `row` depends on besides the row. */
  readonly version?: unknown;
  readonly selected: string;
  readonly onSelect: (id: string) => void;
  readonly onRange: (first: number, end: number) => void;
}

export function ListPanel<Q extends Question, Row extends { readonly id: string }>(props: Props<Q, Row>): JSX.Element {
  const { label, tools, reply, tally, contents, ...list } = props;
  const { data } = reply;
  return (
    <section class="panel" aria-label={label}>
      <div class="toolbar">
        {tools}
        <span class="tally" aria-live="polite">
          {data === undefined || data === null ? "" : tally(data)}
        </span>
      </div>
      <Answered reply={reply}>
        {(answer) => {
          const { count, rows, none, beside } = contents(answer);
          return (
            <div class="split">
              {beside}
              <VirtualList
                label={label}
                count={count}
                rowHeight={28}
                item={(index) => rowAt(rows, reply.about as Part | undefined, index)}
                idOf={(each) => each.id}
                {...list}
              />
              {count === 0 ? <Notice title={none[0]}>{none[1]}</Notice> : null}
            </div>
          );
        }}
      </Answered>
    </section>
  );
}
