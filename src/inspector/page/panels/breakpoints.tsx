/** Where a run stops: the breakpoints, and a form for a new one. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Breakpoint, Source } from "../../protocol.ts";
import { Problem } from "../ui/notice.tsx";
import { useStepper } from "./use-stepper.ts";

const EMPTY = { kind: "", channel: "", goroutine: "" };
/** Offered, and not all there are. */
const KINDS = ["chan-send", "chan-recv", "chan-close", "go-create", "go-park", "go-ready", "go-end", "select", "lock"];

export function Breakpoints({ source }: { readonly source: Source }): JSX.Element | null {
  const { state, perform, problem } = useStepper(source);
  const [draft, setDraft] = useState(EMPTY);
  if (state === null || state === undefined) return null;
  const given = Object.fromEntries(Object.entries(draft).filter(([, value]) => value.trim() !== ""));
  const field = (name: keyof typeof EMPTY, hint: string): JSX.Element => (
    <label>
      <span>{name}</span>
      <input
        type="text"
        list={name === "kind" ? "event-kinds" : undefined}
        placeholder={hint}
        value={draft[name]}
        spellcheck={false}
        onInput={(event) => setDraft({ ...draft, [name]: event.currentTarget.value })}
      />
    </label>
  );
  return (
    <section class="card breakpoints">
      <h2>Breakpoints</h2>
      {state.breakpoints.length === 0 ? <p class="muted">None: Run goes to the end.</p> : null}
      <ul class="lines">
        {state.breakpoints.map((each) => (
          <li key={each.id} class={state.stoppedAt === each.id ? "is-stopped" : ""}>
            <span>
              <strong>{each.id}</strong> {words(each)}
            </span>
            <button
              type="button"
              class="quiet"
              aria-label={`Remove breakpoint ${each.id}`}
              onClick={() => perform("unbreak", { id: each.id })}
            >
              Remove
            </button>
          </li>
        ))}
      </ul>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (Object.keys(given).length === 0) return;
          perform("break", given);
          setDraft(EMPTY);
        }}
      >
        {field("kind", "any event")}
        {field("channel", "any channel")}
        {field("goroutine", "any goroutine")}
        <datalist id="event-kinds">
          {KINDS.map((kind) => (
            <option key={kind} value={kind} />
          ))}
        </datalist>
        <button type="submit" disabled={Object.keys(given).length === 0}>
          Add
        </button>
      </form>
      <Problem text={problem} />
    </section>
  );
}

function words({ kind, channel, goroutine }: Breakpoint): string {
  return [
    kind === undefined ? "any event" : kind,
    channel === undefined ? "" : `on channel ${channel}`,
    goroutine === undefined ? "" : `by goroutine ${goroutine}`,
  ]
    .filter((part) => part !== "")
    .join(" ");
}
