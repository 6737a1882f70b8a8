/** The head of a column, which sorts by it. */
import type { JSX } from "preact";

interface Props<Key extends string> {
  readonly title: string;
  readonly by: Key;
  readonly sort: { readonly by: Key; readonly descending: boolean };
  readonly onSort: (sort: { by: Key; descending: boolean }) => void;
  readonly class?: string;
}

export function Column<Key extends string>({ title, by, sort, onSort, ...rest }: Props<Key>): JSX.Element {
  const mine = sort.by === by;
  const order = mine ? (sort.descending ? "descending" : "ascending") : "none";
  return (
    <span role="columnheader" aria-sort={order} class={`cell ${rest.class ?? ""}`}>
      <button type="button" onClick={() => onSort({ by, descending: mine && !sort.descending })}>
        {title}
        <span class="sort-mark" aria-hidden="true">
          {mine ? (sort.descending ? "▾" : "▴") : ""}
        </span>
      </button>
    </span>
  );
}
