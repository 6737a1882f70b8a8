/** The stepper's questions, answered by a stepper; all others go on to whoever knows the program it moves. */
import type { Questions, Source } from "./protocol.ts";
import type { Stepper } from "./stepper.ts";

/** What a stepper is asked and told. */
export type StepQuestion = "stepper" | "step" | "back" | "resume" | "pause" | "restart" | "break" | "unbreak";

type Answers = { [Q in StepQuestion]: (about: Questions[Q]["ask"]) => Promise<Questions[Q]["answer"]> };

export class StepSource implements Source {
  readonly #answers: Answers;
  readonly #others: Source;

  constructor(stepper: Stepper, others: Source) {
    this.#others = others;
    this.#answers = {
      stepper: () => Promise.resolve(stepper.state),
      step: ({ choice }) => stepper.step(choice),
      back: ({ steps }) => stepper.back(steps),
      resume: () => stepper.resume(),
      pause: () => stepper.pause(),
      restart: ({ schedule }) => stepper.restart(schedule),
      break: (breakpoint) => stepper.break(breakpoint),
      unbreak: ({ id }) => stepper.unbreak(id),
    };
  }

  async ask<Q extends keyof Questions>(question: Q, about: Questions[Q]["ask"]): Promise<Questions[Q]["answer"]> {
    const answer = (this.#answers as Partial<Record<keyof Questions, (about: never) => Promise<unknown>>>)[question];
    if (answer === undefined) return this.#others.ask(question, about);
    return (await answer(about as never)) as Questions[Q]["answer"];
  }
}
