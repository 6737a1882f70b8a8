/**
 * Who decides what happens next while a program is stepped through: the person who does, or, while a part is repeated, the
 * script of what was chosen before.
 *
 * Choices are made before the step that needs them, because a step runs on the caller's stack and waits for nobody.
 */
import type { Chooser, Watcher } from "../../testing/explore/chooser.ts";

export class Hand implements Chooser {
  readonly watcher: Watcher;
  /** Which of the options makes the next step. */
  goroutine = 0;
  /** Which case the next step's select tries first. */
  first = 0;
  /** Choices to repeat, from the run's first one. */
  script: readonly number[] = [];
  /** A choice of the script that the program does not offer: it does not do what it did before. */
  misfit = "";
  #at = 0;

  constructor(watcher: Watcher) {
    this.watcher = watcher;
  }

  /** The run begins. */
  begin(script: readonly number[]): void {
    this.script = script;
    this.misfit = "";
    this.goroutine = this.first = this.#at = 0;
  }

  next(options: readonly number[]): number {
    return options.length === 1 ? 0 : this.#choose(options.length, this.goroutine);
  }

  start(n: number): number {
    const { first } = this;
    this.first = 0; // a select in a select is another one
    return this.#choose(n, first);
  }

  below(n: number): number {
    return this.#choose(n, 0);
  }

  #choose(n: number, otherwise: number): number {
    const at = this.#at++;
    const choice = this.script[at] ?? otherwise;
    if (choice < n) return choice;
    this.misfit ||= `choice ${at + 1} has ${n} options now, and number ${choice + 1} was taken before`;
    return n - 1;
  }
}
