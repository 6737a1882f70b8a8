/**
 * A program under the stepper, as a source: the stepper answers what is its own, and a model all that a viewer asks about a
 * program. Each start has a model of its own, which a step back fills again.
 *
 * Time is counted in steps, one a millisecond: in the program's own time nearly everything happens at the same moment.
 */
import type { Questions, Source } from "../protocol.ts";
import type { Stepper as Steps } from "../source.ts";
import { type Watch, watch } from "../watch.ts";
import { Stepper, type StepperOptions } from "./stepper.ts";

export interface HeldOptions extends Pick<StepperOptions, "load" | "capture" | "seed"> {
  /** What the program is called. */
  readonly program: string;
}

type StepQuestion = "stepper" | "step" | "back" | "resume" | "pause" | "restart" | "break" | "unbreak";

export class Held implements Source {
  readonly stepper: Stepper;
  #watch: Watch;
  /** Moments within the step that is made. */
  #moments = 0;
  #step = 0;

  constructor({ program, ...options }: HeldOptions) {
    this.stepper = new Stepper({
      ...options,
      begin: () => {
        this.#watch.stop();
        this.#watch = this.#follow(program);
      },
      over: (text) => this.#watch.stop(text),
    });
    this.#watch = this.#follow(program);
  }

  /** Puts the program at its beginning. To be called first. */
  async start(): Promise<this> {
    await this.stepper.start();
    return this;
  }

  ask<Q extends keyof Questions>(question: Q, about: Questions[Q]["ask"]): Promise<Questions[Q]["answer"]> {
    return this.#watch.ask(question, about);
  }

  /** Gives the program up. */
  close(): void {
    this.stepper.close();
    this.#watch.stop();
  }

  #follow(program: string): Watch {
    this.#step = this.#moments = 0;
    return watch({ program, mode: "step", clock: () => this.#now(), stepper: this.#answers });
  }

  /** The step that is made, and a part of it: the first event of a step comes at its beginning, all before the next one. */
  #now(): number {
    const { steps } = this.stepper;
    if (steps !== this.#step) {
      this.#step = steps;
      this.#moments = 0;
    }
    return steps + 1 - 1 / ++this.#moments;
  }

  readonly #answers: Steps = {
    ask: async (question, about) => (await this.#perform[question](about as never)) as never,
  };

  readonly #perform: { [Q in StepQuestion]: (about: Questions[Q]["ask"]) => unknown } = {
    stepper: () => this.stepper.state,
    step: ({ choice }) => this.stepper.step(choice),
    back: ({ steps }) => this.stepper.back(steps),
    resume: () => this.stepper.resume(),
    pause: () => this.stepper.pause(),
    restart: ({ schedule }) => this.stepper.restart(schedule),
    break: (breakpoint) => this.stepper.break(breakpoint),
    unbreak: ({ id }) => this.stepper.unbreak(id),
  };
}
