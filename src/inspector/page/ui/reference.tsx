/** A goroutine or a thing, named in a text: choosing it selects it in all panels. */
import type { JSX } from "preact";
import { isGoroutine, shortId } from "./ids.ts";

interface Props {
  readonly id: string;
  readonly name?: string;
  readonly selected?: string;
  readonly onSelect: (id: string) => void;
}

export function Reference({ id, name, selected, onSelect }: Props): JSX.Element {
  return (
    <button
      type="button"
      class={`reference ${isGoroutine(id) ? "of-goroutine" : "of-thing"}`}
      aria-pressed={selected === id}
      title={name === undefined ? id : `${id} ${name}`}
      onClick={(event) => {
        event.stopPropagation();
        onSelect(id);
      }}
    >
      <span class="reference-id">{shortId(id)}</span>
      {name ? <span class="reference-name">{name}</span> : null}
    </button>
  );
}

/** Many of them: the first few, and how many more. */
export function References({
  ids,
  most = 8,
  ...rest
}: Omit<Props, "id" | "name"> & { readonly ids: readonly string[]; readonly most?: number }): JSX.Element {
  return (
    <span class="references">
      {ids.slice(0, most).map((id) => (
        <Reference key={id} id={id} {...rest} />
      ))}
      {ids.length > most ? <span class="references-more">+{ids.length - most}</span> : null}
    </span>
  );
}
