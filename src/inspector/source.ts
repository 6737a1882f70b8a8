/**
 * Answers questions out of a model, after asking the program for what its events don't tell, where the question is about
 * that. A program that does not answer in time is in a loop: then the answer is what is known.
 */
import { answer, type Known, type Steps } from "./model/answer.ts";
import { keyOfId } from "./model/ids.ts";
import type { Model } from "./model/model.ts";
import type { Note } from "./model/notes.ts";
import type { Questions, Source, ThingId } from "./protocol.ts";
import { checkQuestion } from "./validate.ts";

/** What to look at. */
export type Look =
  | { readonly at: "goroutine"; readonly key: number }
  | { readonly at: "channel"; readonly id: ThingId }
  | { readonly at: "groups"; readonly ids: readonly ThingId[] };

/** The program's own thread, which can look into goroutines and channels. */
export interface Program {
  /** What there is to see; nothing when it does not answer in time. */
  look(look: Look): readonly Note[] | Promise<readonly Note[]>;
}

/** Answers the questions of the stepper, where a program is under one. */
export interface Stepper {
  ask<Q extends Steps>(
    question: Q,
    about: Questions[Q]["ask"],
  ): Questions[Q]["answer"] | Promise<Questions[Q]["answer"]>;
}

export interface SourceParts {
  /** Null where there is none any more, or never was. */
  readonly program?: Program | null;
  readonly stepper?: Stepper | null;
  /** Called before each answer: brings the model up to date. */
  readonly refresh?: () => void;
}

const STEPS: ReadonlySet<string> = new Set<Steps>([
  "stepper",
  "step",
  "back",
  "resume",
  "pause",
  "restart",
  "break",
  "unbreak",
]);
/** Wait groups whose counters are asked for at a time. */
const MOST_GROUPS = 256;

export class ModelSource implements Source {
  readonly model: Model;
  readonly #parts: SourceParts;

  constructor(model: Model, parts: SourceParts = {}) {
    this.model = model;
    this.#parts = parts;
  }

  /** @throws ArgumentError for what is no question */
  async ask<Q extends keyof Questions>(question: Q, about: Questions[Q]["ask"]): Promise<Questions[Q]["answer"]> {
    checkQuestion(question, about);
    const { program, stepper, refresh } = this.#parts;
    if (STEPS.has(question)) {
      const asked = await stepper?.ask(question as Steps, about as never);
      return (asked ?? null) as Questions[Q]["answer"];
    }
    refresh?.();
    const look = this.#lookFor(question as Known, about);
    if (look !== null && program !== undefined && program !== null) {
      const notes = program.look(look);
      for (const note of Array.isArray(notes) ? notes : await notes) this.model.note(note);
    }
    return answer(this.model, question as Known, about as never) as Questions[Q]["answer"];
  }

  #lookFor(question: Known, about: unknown): Look | null {
    const { things, channels, routines } = this.model;
    if (question === "things") {
      const ids: ThingId[] = [];
      for (const { id, kind } of things) if (kind === "waitgroup" && ids.length < MOST_GROUPS) ids.push(id);
      return ids.length === 0 ? null : { at: "groups", ids };
    }
    const { id } = about as { readonly id: string };
    if (question === "channel") return channels.get(id) === undefined ? null : { at: "channel", id };
    if (question !== "goroutine") return null;
    const routine = routines.get(keyOfId(id) ?? -1);
    return routine?.live === true ? { at: "goroutine", key: routine.key } : null;
  }
}
