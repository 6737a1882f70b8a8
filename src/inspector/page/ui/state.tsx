/** A goroutine's state, by colour, by shape and in words: never by colour alone. */
import type { JSX } from "preact";
import type { GoroutineState } from "../../protocol.ts";

export const STATES: readonly GoroutineState[] = ["running", "runnable", "waiting", "ended", "panicked"];

const SHAPE: Record<GoroutineState, JSX.Element> = {
  running: <path d="M2.5 1.2 10 6l-7.5 4.8z" />,
  runnable: <path d="M6 1a5 5 0 1 0 0 10A5 5 0 0 0 6 1m0 1.6a3.4 3.4 0 0 1 0 6.8z" />,
  waiting: <path d="M2.5 1.5h2.4v9H2.5zm4.6 0h2.4v9H7.1z" />,
  ended: <path d="M1.5 6.4 4.6 9.6 10.5 3 9.3 1.9 4.5 7.3 2.6 5.3z" />,
  panicked: <path d="M2.3 1.2 6 4.9l3.7-3.7 1.1 1.1L7.1 6l3.7 3.7-1.1 1.1L6 7.1l-3.7 3.7-1.1-1.1L4.9 6 1.2 2.3z" />,
};

export function StateMark({ state }: { readonly state: GoroutineState }): JSX.Element {
  return (
    <svg class={`state-mark is-${state}`} viewBox="0 0 12 12" width="10" height="10" aria-hidden="true">
      {SHAPE[state]}
    </svg>
  );
}

export function State({
  state,
  reason = "",
}: {
  readonly state: GoroutineState;
  readonly reason?: string;
}): JSX.Element {
  return (
    <span class={`state is-${state}`}>
      <StateMark state={state} />
      {reason === "" ? state : reason}
    </span>
  );
}
