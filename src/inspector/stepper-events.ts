/**
 * The events of a program that is run again and again, as if it were one run: numbers that the runtime counts over all runs
 * (of runs, channels, locks, timers) begin anew each time, in the order in which they are first seen. So the channel that
 * somebody looks at is the same one after a step back.
 */
import type { RuntimeEvent } from "../runtime/events.ts";

/** The number of the run, each time. */
export const RUN = 1;

export class Renumbered {
  readonly #numbers = new Map<string, number>();
  readonly #goroutines = new Map<number, string>([[1, "main"]]);
  readonly #channels = new Map<number, string>();

  /** The number of a channel, by the one that the runtime gave it. */
  channel(chan: number): number {
    return chan === 0 ? 0 : this.#number("chan", chan);
  }

  /** What a channel is called, by its number here. */
  channelNames(chan: number): readonly string[] {
    const name = this.#channels.get(chan);
    return [...(name === undefined ? [] : [name]), `chan/${chan}`, `chan ${chan}`, String(chan)];
  }

  goroutineNames(g: number): readonly string[] {
    const name = this.#goroutines.get(g);
    return [...(name === undefined ? [] : [name]), `${RUN}/${g}`, String(g)];
  }

  /** `event` of the run `run`, with the numbers that things have here. */
  event(event: RuntimeEvent): RuntimeEvent {
    const own: Record<string, unknown> = { ...event, run: RUN };
    if ("chan" in event) own.chan = this.channel(event.chan);
    if ("byRun" in event && event.byRun === event.run) own.byRun = RUN;
    if ("timer" in event) own.timer = this.#number("timer", event.timer);
    if ("wait" in event && event.wait !== 0) own.wait = this.#number("wait", event.wait);
    if ("lock" in event) own.lock = this.#label(event.lock);
    if ("what" in event) own.what = this.#label(event.what);
    if (event.kind === "go-park" && event.cases !== undefined) {
      own.cases = event.cases.map((each) => ({ ...each, chan: this.channel(each.chan) }));
    }
    if (event.kind === "go-create") this.#goroutines.set(event.g, event.name);
    if (event.kind === "chan-make" && event.name !== undefined && event.name !== "") {
      this.#channels.set(own.chan as number, event.name);
    }
    return own as unknown as RuntimeEvent;
  }

  /** `Mutex 17` by its place among the mutexes of this run. */
  #label(label: string): string {
    const [, kind, number, rest = ""] = /^(.*?) ([\d.]+)(.*)$/.exec(label) ?? [];
    if (kind === undefined || number === undefined) return label;
    if (kind === "goroutine") return `${kind} ${RUN}.${number.replace(/^\d+\./, "")}${rest}`;
    return `${kind} ${this.#number(kind, number)}${rest}`;
  }

  #number(kind: string, given: number | string): number {
    const key = `${kind} ${given}`;
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = (this.#numbers.get(kind) ?? 0) + 1;
      this.#numbers.set(kind, number);
      this.#numbers.set(key, number);
    }
    return number;
  }
}
