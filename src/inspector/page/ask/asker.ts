/**
 * Asks a `Source` what the panels show, again and again.
 *
 * Invariants: one question is under way at a time, so a slow program is never asked faster than it answers; nothing is
 * asked while the page is hidden or when nobody watches; the same question of two panels is asked once; what a person did
 * (a new question, an action) goes before what is only due again.
 *
 * A question is asked again a pause after its answer, and the pause is at least four times what the answer took: a viewer
 * takes no more than a fifth of the time of what answers. Rejected: a timer that fires at a fixed rate, which piles up
 * questions just when the program is busiest.
 */
import type { Questions, Source, Status } from "../../protocol.ts";
import { nameRuns } from "../ui/ids.ts";
import { backoff, type Link, Lost, Refused } from "./link.ts";

export type Question = keyof Questions;

export interface Reply<Q extends Question> {
  readonly data: Questions[Q]["answer"] | undefined;
  /** What `data` answers; undefined while there is none. */
  readonly about: Questions[Q]["ask"] | undefined;
  /** Why there is no newer answer; empty when all is well. */
  readonly error: string;
  /** `performance.now()` of the answer. */
  readonly at: number;
}

export const NOTHING: Reply<never> = { data: undefined, about: undefined, error: "", at: 0 };

/** What somebody wants to know. */
export interface Watch<Q extends Question> {
  readonly question: Q;
  /** Called when it is asked, so that a question can depend on the last answer. */
  about(): Questions[Q]["ask"];
  answered(reply: Reply<Q>): void;
}

interface Standing {
  readonly question: Question;
  readonly watchers: Set<Watch<Question>>;
  last: Reply<Question>;
  due: number;
}

interface Action {
  readonly question: Question;
  readonly about: Questions[Question]["ask"];
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Milliseconds from an answer to the next time, by what is looked at; a trace does not change. */
const PAUSE = { live: 400, step: 400, trace: Number.POSITIVE_INFINITY } as const;
/** The program is over, and somebody may start it again. */
const PAUSE_ENDED = 2000;
const SLOW = 1500;

export class Asker {
  readonly #source: Source;
  readonly #standing = new Map<string, Standing>();
  readonly #actions: Action[] = [];
  readonly #linkWatchers = new Set<(link: Link) => void>();
  #link: Link = { state: "connecting", retryAt: 0, problem: "" };
  #pause: number = PAUSE.live;
  #failures = 0;
  #asking = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #names = 0;

  constructor(source: Source) {
    this.#source = source;
    document.addEventListener("visibilitychange", () => this.#go());
  }

  get link(): Link {
    return this.#link;
  }

  watchLink(fn: (link: Link) => void): () => void {
    this.#linkWatchers.add(fn);
    return () => this.#linkWatchers.delete(fn);
  }

  /** Asks at once and then again and again, until the returned function is called. Watches of one `key` share answers. */
  watch<Q extends Question>(watch: Watch<Q>, key: string = `own ${++this.#names}`): () => void {
    const mine = watch as unknown as Watch<Question>;
    let standing = this.#standing.get(key);
    if (standing === undefined) {
      standing = { question: watch.question, watchers: new Set(), last: NOTHING, due: 0 };
      this.#standing.set(key, standing);
    } else if (standing.last !== NOTHING) {
      mine.answered(standing.last);
    }
    standing.watchers.add(mine);
    this.#go();
    return () => {
      standing.watchers.delete(mine);
      if (standing.watchers.size === 0 && this.#standing.get(key) === standing) this.#standing.delete(key);
    };
  }

  /** Asks what changes something, before anything else; then everything is asked again. */
  async act<Q extends Question>(question: Q, about: Questions[Q]["ask"]): Promise<Questions[Q]["answer"]> {
    if (this.#link.state === "lost" || this.#link.state === "refused") throw new Lost(this.#link.problem);
    const answer = await new Promise<unknown>((resolve, reject) => {
      this.#actions.push({ question, about, resolve, reject });
      this.#go();
    });
    this.refresh();
    return answer as Questions[Q]["answer"];
  }

  /** Asks everything again, at once. */
  refresh(): void {
    for (const standing of this.#standing.values()) standing.due = 0;
    if (this.#link.state === "lost" || this.#link.state === "refused") this.#link = { ...this.#link, retryAt: 0 };
    this.#go();
  }

  #go(): void {
    if (this.#asking) return;
    clearTimeout(this.#timer);
    if (document.hidden) return;
    const wait = this.#waitFor();
    if (wait <= 0) void this.#askAll();
    else if (wait < Number.POSITIVE_INFINITY) this.#timer = setTimeout(() => this.#go(), wait);
  }

  #waitFor(): number {
    const now = performance.now();
    if (this.#link.retryAt > now) return this.#link.retryAt - now;
    if (this.#actions.length > 0) return 0;
    let due = Number.POSITIVE_INFINITY;
    for (const standing of this.#standing.values()) due = Math.min(due, standing.due);
    return due - now;
  }

  async #askAll(): Promise<void> {
    this.#asking = true;
    while (!document.hidden && this.#waitFor() <= 0) {
      const action = this.#actions.shift();
      if (action !== undefined) await this.#perform(action);
      else await this.#ask();
    }
    this.#asking = false;
    this.#go();
  }

  async #perform({ question, about, resolve, reject }: Action): Promise<void> {
    try {
      resolve(await this.#question(question, about));
    } catch (error) {
      reject(error);
    }
  }

  async #ask(): Promise<void> {
    let next: Standing | undefined;
    for (const each of this.#standing.values()) if (next === undefined || each.due < next.due) next = each;
    const [first] = next?.watchers ?? [];
    if (next === undefined || first === undefined) return;
    const began = performance.now();
    let reply: Reply<Question>;
    // Somebody may want it anew while it is under way; that must not be overwritten.
    next.due = Number.POSITIVE_INFINITY;
    try {
      const about = first.about();
      const data = await this.#question(next.question, about);
      if (next.question === "status") {
        this.#pause = pauseFor(data as Status);
        nameRuns((data as Status).runs);
      }
      reply = { data, about, error: "", at: performance.now() };
    } catch (error) {
      reply = { ...next.last, error: error instanceof Error ? error.message : String(error) };
    }
    const now = performance.now();
    const pause = reply.error === "" ? this.#pause : Math.min(this.#pause, PAUSE_ENDED);
    next.due = Math.min(next.due, now + Math.max(pause, 4 * (now - began)));
    next.last = reply;
    for (const watch of [...next.watchers]) watch.answered(reply);
  }

  async #question(question: Question, about: Questions[Question]["ask"]): Promise<Questions[Question]["answer"]> {
    const slow = setTimeout(() => this.#say({ state: "slow", retryAt: 0, problem: "" }), SLOW);
    try {
      const answer = await this.#source.ask(question, about);
      if (this.#failures > 0) for (const standing of this.#standing.values()) standing.due = 0;
      this.#answers();
      return answer;
    } catch (error) {
      if (error instanceof Lost || error instanceof Refused) {
        this.#failures++;
        this.#say({
          state: error instanceof Lost ? "lost" : "refused",
          retryAt: performance.now() + backoff(this.#failures),
          problem: error.message,
        });
      } else {
        this.#answers();
      }
      throw error;
    } finally {
      clearTimeout(slow);
    }
  }

  #answers(): void {
    this.#failures = 0;
    if (this.#link.state !== "open") this.#say({ state: "open", retryAt: 0, problem: "" });
  }

  #say(link: Link): void {
    this.#link = link;
    for (const fn of [...this.#linkWatchers]) fn(link);
  }
}

function pauseFor(status: Status): number {
  if (status.mode === "live" && status.ended !== null) return PAUSE_ENDED;
  return PAUSE[status.mode];
}

const askers = new WeakMap<Source, Asker>();

/** The one that asks `source`, for all panels that show it. */
export function askerOf(source: Source): Asker {
  let asker = askers.get(source);
  if (asker === undefined) {
    asker = new Asker(source);
    askers.set(source, asker);
  }
  return asker;
}
