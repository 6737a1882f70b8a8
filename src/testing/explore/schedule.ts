/**
 * A schedule as a string: `mr1:i:4.1-9.2~k3`.
 *
 * The version; what timers do (`i`: they fire when nothing else can happen, `a`: at any time), with `n` if leaks are not
 * looked for, `o` for the older rules of timer channels, and the most steps where that is not the default; then each choice that was
 * not the first option, as its place among the choices of the run and which option it was; after `~` a check sum of what
 * stands before it. The first option is what needs no switch: the goroutine goes on, the first ready case is taken. So a
 * schedule is short when little happens in it, and what it says holds on every machine.
 */
import { unexpected } from "../../runtime/args.ts";
import { ArgumentError, show } from "../../runtime/panic.ts";
import type { Chooser, Watcher } from "./chooser.ts";
import { MAX_STEPS, type Settings } from "./execution.ts";
import { mix } from "./trace.ts";

const VERSION = "mr1";

export interface Schedule {
  readonly settings: Settings;
  /** Which option to take, by the place of the choice; the first where nothing is said. */
  readonly choices: ReadonlyMap<number, number>;
}

/** The schedule that consists of `choices`. */
export function scheduleOf(choices: readonly number[], settings: Settings): Schedule {
  const map = new Map<number, number>();
  choices.forEach((choice, at) => {
    if (choice !== 0) map.set(at, choice);
  });
  return { settings, choices: map };
}

export function encode({ settings, choices }: Schedule): string {
  const { anytime, leaks, asyncTimerChan, maxSteps } = settings;
  const steps = maxSteps === MAX_STEPS ? "" : String(maxSteps);
  const flags = `${anytime ? "a" : "i"}${leaks ? "" : "n"}${asyncTimerChan ? "o" : ""}${steps}`;
  const said = [...choices]
    .sort(([a], [b]) => a - b)
    .map(([at, choice]) => `${at.toString(36)}.${choice.toString(36)}`);
  const text = `${VERSION}:${flags}:${said.join("-")}`;
  return `${text}~${checksum(text)}`;
}

function checksum(text: string): string {
  let sum = 0;
  for (const char of text) sum = mix(sum, char.charCodeAt(0));
  return ((sum >>> 0) % 36 ** 2).toString(36).padStart(2, "0");
}

export function decode(text: unknown): Schedule {
  const wrong = (why: string): ArgumentError => new ArgumentError(`replay: ${show(text)} is no schedule: ${why}`);
  if (typeof text !== "string") throw unexpected("replay", "a schedule (a string)", text);
  const match = /^mr(\d+):/.exec(text);
  if (match === null) throw wrong(`it does not begin with "${VERSION}:"`);
  if (match[1] !== "1") throw wrong(`its version is ${match[1]}, and this version of millrace reads 1`);
  const parts =
    /^mr1:([ia])(n?)(o?)([1-9]\d*)?:((?:[0-9a-z]+\.[0-9a-z]+(?:-[0-9a-z]+\.[0-9a-z]+)*)?)~([0-9a-z]{2})$/.exec(text);
  if (parts === null) throw wrong(`expected ${VERSION}:i:4.1-9.2~k3 or the like; part of it is missing or was changed`);
  const [, timers, leaks, old, steps, said = "", sum] = parts;
  if (checksum(text.slice(0, -3)) !== sum) throw wrong("its check sum is wrong, so something in it was changed");
  const choices = new Map<number, number>();
  for (const each of said.matchAll(/([0-9a-z]+)\.([0-9a-z]+)/g)) {
    const [, at = "", choice = ""] = each;
    choices.set(Number.parseInt(at, 36), Number.parseInt(choice, 36));
  }
  const maxSteps = steps === undefined ? MAX_STEPS : Number(steps);
  if (![maxSteps, ...[...choices].flat()].every(Number.isSafeInteger)) throw wrong("a number in it is too large");
  return {
    settings: { anytime: timers === "a", leaks: leaks === "", asyncTimerChan: old !== "", maxSteps },
    choices,
  };
}

/** Follows a schedule. */
export class Follow implements Chooser {
  readonly watcher?: Watcher;
  /** What does not fit the program, if anything. */
  misfit = "";
  readonly #schedule: Schedule;
  #at = 0;

  constructor(schedule: Schedule, watcher?: Watcher) {
    this.#schedule = schedule;
    if (watcher !== undefined) this.watcher = watcher;
  }

  next(options: readonly number[]): number {
    return options.length === 1 ? 0 : this.below(options.length);
  }

  start(n: number): number {
    return this.below(n);
  }

  below(n: number): number {
    const at = this.#at++;
    const choice = this.#schedule.choices.get(at) ?? 0;
    if (choice < n) return choice;
    if (this.misfit === "") this.misfit = `choice ${at} has ${n} options, and the schedule takes number ${choice + 1}`;
    return n - 1;
  }

  /** What is left of the schedule when the run has ended, in words. */
  leftOver(): string {
    for (const at of this.#schedule.choices.keys()) {
      if (at >= this.#at) return `there are ${this.#at} choices, and the schedule has one for number ${at + 1}`;
    }
    return "";
  }
}
