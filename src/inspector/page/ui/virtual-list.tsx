/**
 * A list of which only the rows in sight exist, so that 100,000 are as fast as 100.
 *
 * All rows have one height, so where a row stands is a multiplication; a library that measures rows has nothing to do
 * here. A row that leaves at one end is used again for the one that comes at the other. Rows that are not known yet are
 * drawn as empty ones of the same height: nothing moves when they come. The list is one stop for the Tab key; the arrows
 * move within it, and to move is to select.
 */
import { Component, type ComponentChildren, type JSX } from "preact";
import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";

interface Props<Item> {
  readonly label: string;
  readonly count: number;
  readonly rowHeight: number;
  /** What a row shows; undefined where that is not known yet. An item that is the same object is not drawn again. */
  readonly item: (index: number) => Item | undefined;
  readonly idOf: (item: Item) => string;
  readonly row: (item: Item) => ComponentChildren;
  /** What `row` depends on besides the item: when it changes, rows are drawn again. */
  readonly version?: unknown;
  readonly selected: string;
  readonly onSelect: (id: string) => void;
  /** The rows in sight. */
  readonly onRange?: (first: number, end: number) => void;
  /** Stay at the end when rows are added there. */
  readonly follow?: boolean;
  readonly columns?: string;
  readonly header?: ComponentChildren;
}

/** Rows above and below that exist though they are out of sight, so that a fast scroll does not show holes. */
const OVERSCAN = 8;

export function VirtualList<Item>(props: Props<Item>): JSX.Element {
  const { label, count, rowHeight, item, row, version, selected, onSelect, onRange, follow, columns, header } = props;
  const box = useRef<HTMLDivElement>(null);
  const [first, setFirst] = useState(0);
  const [shown, setShown] = useState(40);
  const [active, setActive] = useState(-1);
  const name = useId();
  const idAt = (index: number): string | undefined => {
    const found = item(index);
    return found === undefined ? undefined : props.idOf(found);
  };

  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const measure = (): void => setShown(Math.ceil(element.clientHeight / rowHeight) + 1);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [rowHeight]);

  const from = Math.max(0, Math.min(first, count - shown + 1) - OVERSCAN);
  const end = Math.min(count, first + shown + OVERSCAN);
  useEffect(() => onRange?.(from, end), [from, end]);
  useLayoutEffect(() => {
    if (follow === true && box.current !== null) box.current.scrollTop = count * rowHeight;
  });
  // Rows move in a list that lives; the selected one stays the active one, wherever it is now.
  useEffect(() => {
    if (selected === "" || idAt(active) === selected) return;
    for (let i = from; i < end; i++) if (idAt(i) === selected) setActive(i);
  });

  const headerHeight = (): number => box.current?.querySelector<HTMLElement>(".list-header")?.offsetHeight ?? 0;
  const move = (to: number): void => {
    const element = box.current;
    if (element === null || count === 0) return;
    const index = Math.max(0, Math.min(count - 1, to));
    setActive(index);
    const top = index * rowHeight;
    const room = element.clientHeight - headerHeight();
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + rowHeight > element.scrollTop + room) element.scrollTop = top + rowHeight - room;
    const id = idAt(index);
    if (id !== undefined) onSelect(id);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target !== box.current || event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, shown - 3);
    const steps: Record<string, number> = {
      ArrowDown: active + 1,
      ArrowUp: Math.max(0, active - 1),
      PageDown: active + page,
      PageUp: active - page,
      Home: 0,
      End: count - 1,
    };
    const to = steps[event.key];
    if (to === undefined) return;
    event.preventDefault();
    move(to);
  };

  const rows: JSX.Element[] = [];
  for (let index = from; index < end; index++) {
    const id = idAt(index);
    rows.push(
      // The list has the focus and handles the keys for its rows.
      // biome-ignore lint/a11y/useKeyWithClickEvents: see above
      <div
        key={index % (shown + 2 * OVERSCAN)}
        id={`${name}-${index}`}
        role="row"
        aria-rowindex={index + 1}
        aria-selected={selected !== "" && id === selected}
        class={`list-row${index === active ? " is-active" : ""}`}
        style={{ transform: `translateY(${index * rowHeight}px)`, height: `${rowHeight}px` }}
        onClick={() => {
          setActive(index);
          if (id !== undefined) onSelect(id);
        }}
      >
        <Cells item={item(index)} version={version} row={row} />
      </div>,
    );
  }
  return (
    <div
      ref={box}
      class="list"
      role="grid"
      aria-label={label}
      aria-rowcount={count}
      aria-activedescendant={active >= from && active < end ? `${name}-${active}` : undefined}
      tabIndex={0}
      style={columns === undefined ? undefined : { "--columns": columns }}
      onKeyDown={onKeyDown}
      onScroll={(event) => setFirst(Math.floor(event.currentTarget.scrollTop / rowHeight))}
    >
      {header === undefined ? null : (
        <div class="list-header" role="row">
          {header}
        </div>
      )}
      <div class="list-body" role="rowgroup" style={{ height: `${count * rowHeight}px` }}>
        {rows}
      </div>
    </div>
  );
}

interface CellsProps<Item> {
  readonly item: Item | undefined;
  readonly version: unknown;
  readonly row: (item: Item) => ComponentChildren;
}

/** Drawn again only when its item or the version is another one: most rows stay as they are while a list scrolls. */
class Cells<Item> extends Component<CellsProps<Item>> {
  override shouldComponentUpdate(next: CellsProps<Item>): boolean {
    return next.item !== this.props.item || next.version !== this.props.version;
  }

  override render(): ComponentChildren {
    const { item, row } = this.props;
    return item === undefined ? null : row(item);
  }
}
