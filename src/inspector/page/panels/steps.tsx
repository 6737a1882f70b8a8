/** The stepper's panel: the execution so far, breakpoints, what the program has printed, and the schedule to replay it. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Source } from "../../protocol.ts";
import { Notice, Problem } from "../ui/notice.tsx";
import { Breakpoints } from "./breakpoints.tsx";
import { Execution } from "./execution.tsx";
import type { PanelProps } from "./panel.ts";
import { useStepper } from "./use-stepper.ts";

export function Steps(props: PanelProps): JSX.Element {
  const { state } = useStepper(props.source);
  if (state === null) {
    return (
      <section class="panel" aria-label="Steps">
        <Notice title="Not under the stepper">This program runs by itself.</Notice>
      </section>
    );
  }
  if (state === undefined) return <Notice title="Asking the program…" kind="loading" />;
  return (
    <section class="panel" aria-label="Steps">
      <div class="steps-box">
        <div class="steps">
          <Execution {...props} />
          <div class="steps-side">
            <Output source={props.source} />
            <Breakpoints source={props.source} />
            <Schedule source={props.source} />
          </div>
        </div>
      </div>
    </section>
  );
}

export function Output({ source }: { readonly source: Source }): JSX.Element | null {
  const { state } = useStepper(source);
  if (state === null || state === undefined) return null;
  return (
    <section class="card output">
      <h2>Output</h2>
      {state.output === "" ? (
        <p class="muted">The program has printed nothing yet.</p>
      ) : (
        <pre tabIndex={0}>{state.output}</pre>
      )}
    </section>
  );
}

/** The choices so far, to take elsewhere; and one from elsewhere, to begin with. */
export function Schedule({ source }: { readonly source: Source }): JSX.Element | null {
  const { state, perform, problem } = useStepper(source);
  const [draft, setDraft] = useState("");
  const [copied, setCopied] = useState(false);
  if (state === null || state === undefined) return null;
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(state.schedule);
    setCopied(true);
  };
  return (
    <section class="card schedule">
      <h2>Schedule</h2>
      <p class="schedule-text">
        <code>{state.schedule === "" ? "nothing chosen yet" : state.schedule}</code>
        <button type="button" class="quiet" disabled={state.schedule === ""} onClick={() => void copy()}>
          {copied ? "Copied" : "Copy"}
        </button>
      </p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          perform("restart", { schedule: draft.trim() });
          setDraft("");
        }}
      >
        <label>
          <span>replay</span>
          <input
            type="text"
            placeholder="a schedule"
            value={draft}
            spellcheck={false}
            onInput={(event) => setDraft(event.currentTarget.value)}
          />
        </label>
        <button type="submit" disabled={draft.trim() === ""}>
          Restart with it
        </button>
      </form>
      <Problem text={problem} />
    </section>
  );
}
