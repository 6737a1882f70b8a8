/**
 * A line of commands to the server: what is added while one is under way goes together with the next. So a single sender
 * waits for nothing, and a thousand share a round trip.
 *
 * Invariants: one batch at most is under way, so the order is kept; a batch that is sent again is the same batch with the
 * same number, which the server knows as done if it is.
 */
import { Alarm } from "./alarm.ts";
import { RemoteError } from "./error.ts";

/** After how many milliseconds without an answer a batch is sent again; each time twice as many. */
const AGAIN = 2000;
const LONGEST = 30_000;

/** What the lines of a process share. */
export interface Lines {
  readonly p: Alarm["p"];
  readonly server: string;
  readonly up: boolean;
  readonly lossy: boolean;
  readonly sendTimeout: number;
  nextNumber(): number;
}

interface Entry<Q, R> {
  readonly what: Q;
  readonly since: number;
  readonly done: (result: R) => void;
  readonly fail: (error: Error) => void;
}

export class Line<Q, R> {
  readonly #lines: Lines;
  readonly #most: number;
  readonly #call: (no: number, batch: readonly Q[], done: (results: readonly R[]) => void) => void;
  #waiting: Entry<Q, R>[] = [];
  #flying: readonly Entry<Q, R>[] = [];
  #no = 0;
  #pause = AGAIN;
  readonly #alarm: Alarm;

  constructor(
    lines: Lines,
    most: number,
    call: (no: number, batch: readonly Q[], done: (results: readonly R[]) => void) => void,
  ) {
    this.#lines = lines;
    this.#most = most;
    this.#call = call;
    this.#alarm = new Alarm(lines.p, () => this.#rang());
  }

  /** Called once when nothing waits and nothing is under way any more. */
  onIdle: (() => void) | null = null;

  /** Whether one of those that wait or are under way is such. */
  some(test: (what: Q) => boolean): boolean {
    return [...this.#flying, ...this.#waiting].some(({ what }) => test(what));
  }

  /** Nothing waits, and nothing is under way. */
  get idle(): boolean {
    return this.#flying.length === 0 && this.#waiting.length === 0;
  }

  add(what: Q, done: (result: R) => void, fail: (error: Error) => void): void {
    this.#waiting.push({ what, since: this.#lines.p.clock.now(), done, fail });
    this.go();
  }

  /** Sends the next batch, if none is under way. */
  go(): void {
    if (this.#flying.length > 0 || this.#waiting.length === 0) return;
    if (!this.#lines.up) {
      this.#watch();
      return;
    }
    this.#flying = this.#waiting.splice(0, this.#most);
    this.#no = this.#lines.nextNumber();
    this.#pause = AGAIN;
    this.#fly();
  }

  /** Sends what is under way again: the connection is back. */
  again(): void {
    if (this.#flying.length > 0) this.#fly();
    else this.go();
  }

  #fly(): void {
    const no = this.#no;
    this.#watch();
    this.#call(
      no,
      this.#flying.map(({ what }) => what),
      (results) => {
        if (no !== this.#no || this.#flying.length === 0) return; // the answer to one of several askings
        const flown = this.#flying;
        this.#flying = [];
        this.#alarm.stop();
        for (let i = 0; i < flown.length; i++) (flown[i] as Entry<Q, R>).done(results[i] as R);
        this.go();
        if (this.idle) this.#rest();
      },
    );
  }

  #rest(): void {
    const { onIdle } = this;
    this.onIdle = null;
    onIdle?.();
  }

  #watch(): void {
    if (!this.#lines.lossy || (this.#flying.length === 0 && this.#waiting.length === 0)) return;
    const oldest = (this.#flying[0] ?? (this.#waiting[0] as Entry<Q, R>)).since;
    const now = this.#lines.p.clock.now();
    this.#alarm.at(Math.min(now + this.#pause, Math.max(now, oldest + this.#lines.sendTimeout)));
  }

  #rang(): void {
    const limit = this.#lines.p.clock.now() - this.#lines.sendTimeout;
    const late = (entry: Entry<Q, R>): boolean => entry.since <= limit;
    if (this.#flying.some(late)) {
      const flown = this.#flying;
      this.#flying = [];
      this.#no = 0; // an answer that still comes is none of the next batch's
      for (const { fail } of flown) fail(this.#unreachable("maybe"));
    }
    const gone = this.#waiting.filter(late);
    if (gone.length > 0) this.#waiting = this.#waiting.filter((entry) => !late(entry));
    for (const { fail } of gone) fail(this.#unreachable("no"));
    this.#pause = Math.min(this.#pause * 2, LONGEST);
    if (this.#flying.length > 0 && this.#lines.up) this.#fly();
    else {
      this.go();
      this.#watch();
    }
  }

  #unreachable(sent: "no" | "maybe"): RemoteError {
    const { server, sendTimeout } = this.#lines;
    const done =
      sent === "no" ? "it was not sent" : "it was sent and may have been done; with the same id it can be sent again";
    return new RemoteError("UNREACHABLE", `${server}: no answer for ${sendTimeout} ms; ${done}`, { sent });
  }

  /** The fleet is over: what waits fails. */
  fail(error: Error): void {
    const all = [...this.#flying, ...this.#waiting];
    this.#flying = [];
    this.#waiting = [];
    this.#no = 0;
    this.#alarm.stop();
    for (const entry of all) entry.fail(error);
  }
}
