/** What program this is and how it does, in a line. */
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import type { Source, Status } from "../../protocol.ts";
import { useAsk } from "../ask/use-ask.ts";
import { count, duration } from "../ui/format.ts";
import { STATES, StateMark } from "../ui/state.tsx";
import { LinkSign } from "./link-banner.tsx";
import type { Theme } from "./theme.ts";

interface Props {
  readonly source: Source;
  readonly theme: Theme;
  readonly onTheme: () => void;
  readonly onHelp: () => void;
  readonly onFile: ((file: File) => void) | undefined;
  /** Back from a trace to the program. */
  readonly onClose: (() => void) | undefined;
}

const MODE: Record<Status["mode"], string> = { live: "live", trace: "trace", step: "stepper" };

export function TopBar({ source, theme, onTheme, onHelp, onFile, onClose }: Props): JSX.Element {
  const status = useAsk(source, "status", {}).data;
  return (
    <header class="top">
      <h1>
        <Mark />
        Millrace
      </h1>
      <span class="program" title={status?.program}>
        <bdi>{status?.program ?? ""}</bdi>
      </span>
      {status === undefined ? null : <span class="tag">{MODE[status.mode]}</span>}
      <End status={status} />
      <span class="top-counts">
        {STATES.slice(0, 3).map((state) => (
          <span key={state} title={`${state} goroutines`}>
            <StateMark state={state} /> {count(status?.counts[state] ?? 0)}
          </span>
        ))}
      </span>
      <span class="top-time">{status === undefined ? "" : duration(status.now)}</span>
      <LinkSign source={source} />
      {onClose === undefined ? null : (
        <button type="button" class="quiet" title="Back to the program" onClick={onClose}>
          Close trace
        </button>
      )}
      {onFile === undefined || onClose !== undefined ? null : <FileButton onFile={onFile} />}
      <button type="button" class="quiet" title="Theme (t)" onClick={onTheme}>
        Theme: {theme}
      </button>
      <button type="button" class="quiet" title="Keys (?)" aria-label="Keys" onClick={onHelp}>
        ?
      </button>
    </header>
  );
}

function End({ status }: { readonly status: Status | undefined }): JSX.Element | null {
  if (status === undefined || status.ended === null) return null;
  if (status.ended === "") return <span class="tag is-good">ended</span>;
  const [line = ""] = status.ended.split("\n");
  return (
    <span class="tag is-bad" title={status.ended}>
      {/deadlock/.test(status.ended) ? "deadlock" : line.length > 40 ? "failed" : line}
    </span>
  );
}

/** A wheel in a stream. */
function Mark(): JSX.Element {
  return (
    <svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true" class="mark">
      <circle cx="12" cy="12" r="6.5" />
      <path d="M12 1.5v21M1.5 12h21M4.6 4.6l14.8 14.8M19.4 4.6 4.6 19.4" />
      <circle cx="12" cy="12" r="2" class="hub" />
    </svg>
  );
}

function FileButton({ onFile }: { readonly onFile: (file: File) => void }): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        accept=".json,application/json"
        hidden
        aria-label="Trace file"
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          if (file !== undefined) onFile(file);
          event.currentTarget.value = "";
        }}
      />
      <button
        type="button"
        class="quiet"
        title="Open a recorded trace; or drop the file anywhere"
        onClick={() => input.current?.click()}
      >
        Open trace…
      </button>
    </>
  );
}
