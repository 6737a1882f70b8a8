/** The field that narrows a list. */
import type { JSX } from "preact";

interface Props {
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** What it looks at. */
  readonly hint: string;
}

export function Filter({ value, onChange, hint }: Props): JSX.Element {
  return (
    <label class="filter">
      <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
        <path d="M7 2a5 5 0 1 0 3.1 8.9l3 3 .9-.9-3-3A5 5 0 0 0 7 2m0 1.3a3.7 3.7 0 1 1 0 7.4 3.7 3.7 0 0 1 0-7.4" />
      </svg>
      <input
        type="search"
        data-filter
        value={value}
        placeholder={`Filter by ${hint}`}
        aria-label={`Filter by ${hint}`}
        spellcheck={false}
        onInput={(event) => onChange(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          if (value === "") event.currentTarget.blur();
          else onChange("");
          event.stopPropagation();
        }}
      />
      <span class="key" aria-hidden="true">
        /
      </span>
    </label>
  );
}
