/** The stepper's bar: what happens next is chosen here. */
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Source, StepState } from "../../protocol.ts";
import { isTyping } from "../ui/keys.ts";
import { type Stepper, useStepper } from "./use-stepper.ts";

interface Props {
  readonly source: Source;
  readonly onSelect: (id: string) => void;
  /** Keys work wherever the focus is: `n` step, `b` back, `r` run, `p` pause. */
  readonly keys?: boolean;
}

/** Nothing where the program is not under a stepper. */
export function StepControls({ source, onSelect, keys = false }: Props): JSX.Element | null {
  const stepper = useStepper(source);
  const now = useRef(stepper);
  now.current = stepper;
  useEffect(() => {
    if (!keys) return;
    const onKey = (event: KeyboardEvent): void => {
      if (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey) return;
      const act = actionOf(event.key, now.current);
      if (act === undefined) return;
      event.preventDefault();
      act();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [keys]);
  const { state, perform, problem } = stepper;
  if (state === null || state === undefined) return null;
  const over = state.ended !== null;
  return (
    <section class="step-controls" aria-label="Stepper">
      <div class="buttons" role="toolbar" aria-label="Steps">
        <button type="button" title="Begin anew" onClick={() => perform("restart", {})}>
          <Icon d="M8 3a5 5 0 1 1-4.6 3H5A3.6 3.6 0 1 0 8 4.4V6.5L4.5 3.7 8 1z" /> Restart
        </button>
        <button type="button" title="One step back (b)" disabled={state.step === 0} onClick={() => perform("back", {})}>
          <Icon d="M10.5 3v10L4 8zM2.5 3H4v10H2.5z" /> Back
        </button>
        <button
          type="button"
          class="is-primary"
          title="One step on (n)"
          disabled={over || !state.paused}
          onClick={() => perform("step", {})}
        >
          <Icon d="M5.5 3v10L12 8zM12 3h1.5v10H12z" /> Step
        </button>
        {state.paused ? (
          <button
            type="button"
            title="Run to the next breakpoint (r)"
            disabled={over}
            onClick={() => perform("resume", {})}
          >
            <Icon d="M4 2.5v11L13 8z" /> Run
          </button>
        ) : (
          <button type="button" title="Pause (p)" disabled={over} onClick={() => perform("pause", {})}>
            <Icon d="M4 3h3v10H4zm5 0h3v10H9z" /> Pause
          </button>
        )}
      </div>
      <p class="step-state" role="status">
        <strong>Step {state.step}</strong> {saying(state)}
      </p>
      <Choices state={state} onChoose={(choice) => perform("step", { choice })} onSelect={onSelect} />
      {problem === "" ? null : (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
    </section>
  );
}

function actionOf(key: string, { state, perform }: Stepper): (() => void) | undefined {
  if (state === null || state === undefined) return undefined;
  const over = state.ended !== null;
  if (key === "b" && state.step > 0) return () => perform("back", {});
  if (key === "n" && state.paused && !over) return () => perform("step", {});
  if (key === "r" && state.paused && !over) return () => perform("resume", {});
  if (key === "p" && !state.paused && !over) return () => perform("pause", {});
  return undefined;
}

function saying(state: StepState): string {
  if (state.ended === "") return "main returned";
  if (state.ended !== null) return state.ended.split("\n")[0] ?? "";
  if (!state.paused) return "running to a breakpoint";
  if (state.stoppedAt !== null) return `stopped at breakpoint ${state.stoppedAt}`;
  if (state.kind === "goroutine") return "who goes next?";
  if (state.kind === "case") return "which case is taken?";
  return "paused";
}

function Choices(props: {
  readonly state: StepState;
  readonly onChoose: (choice: number) => void;
  readonly onSelect: (id: string) => void;
}): JSX.Element | null {
  const { state, onChoose, onSelect } = props;
  if (!state.paused || state.ended !== null || state.choices.length === 0) return null;
  return (
    <fieldset class="choices">
      <legend>{state.kind === "case" ? "Case" : state.kind === "goroutine" ? "Next" : "Choice"}</legend>
      {state.choices.map(({ choice, label, id }) => (
        <button
          type="button"
          class="choice-button"
          key={choice}
          onClick={() => onChoose(choice)}
          onMouseEnter={() => {
            if (id !== "") onSelect(id);
          }}
        >
          {label}
        </button>
      ))}
    </fieldset>
  );
}

function Icon({ d }: { readonly d: string }): JSX.Element {
  return (
    <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
      <path d={d} />
    </svg>
  );
}
