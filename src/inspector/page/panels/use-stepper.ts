/** The stepper's state, and what can be done to it. */
import { useState } from "preact/hooks";
import type { Questions, Source, StepState } from "../../protocol.ts";
import { askerOf } from "../ask/asker.ts";
import { useAsk } from "../ask/use-ask.ts";

type Verb = "step" | "back" | "resume" | "pause" | "restart" | "break" | "unbreak";

export interface Stepper {
  /** Null where the program is not under a stepper; undefined until that is known. */
  readonly state: StepState | null | undefined;
  /** Why the last thing could not be done. */
  readonly problem: string;
  perform<V extends Verb>(verb: V, about: Questions[V]["ask"]): void;
}

export function useStepper(source: Source): Stepper {
  const asked = useAsk(source, "stepper", {});
  const [done, setDone] = useState<{ readonly state: StepState | null; readonly at: number } | undefined>();
  const [problem, setProblem] = useState("");
  return {
    state: done !== undefined && done.at > asked.at ? done.state : asked.data,
    problem,
    perform(verb, about) {
      askerOf(source)
        .act(verb, about)
        .then(
          (state) => {
            setProblem("");
            setDone({ state: state as StepState | null, at: performance.now() });
          },
          (error: unknown) => setProblem(error instanceof Error ? error.message : String(error)),
        );
    },
  };
}
