/** Traces of programs, read back. */

export interface TraceEvent {
  readonly ph: string;
  readonly pid: number;
  readonly tid?: number;
  readonly ts?: number;
  readonly dur?: number;
  readonly cat?: string;
  readonly id?: number;
  readonly name: string;
  readonly args?: { readonly name?: string; readonly value?: number; readonly note?: string };
}

export class Trace {
  readonly events: readonly TraceEvent[];

  constructor(text: string) {
    this.events = JSON.parse(text) as TraceEvent[];
  }

  /** The name of a track. */
  track({ pid, tid }: { readonly pid: number; readonly tid?: number | undefined }): string {
    const named = this.events.find((each) => each.name === "thread_name" && each.pid === pid && each.tid === tid);
    return named?.args?.name?.replace(/^\d+ /, "") ?? `g${tid}`;
  }

  /** What a goroutine did, one name after another; the times it only waited for its turn left out. */
  spans(goroutine: string): string[] {
    return this.#spans()
      .filter((each) => this.track(each) === goroutine && each.cat !== "runnable")
      .map((each) => each.name);
  }

  #spans(): TraceEvent[] {
    return this.events.filter((each) => each.ph === "X").sort((a, b) => (a.ts ?? 0) - (b.ts ?? 0));
  }

  /** Arrows of one kind, as "from → to name". */
  arrows(kind: "chan" | "wake"): string[] {
    const ends = this.events.filter((each) => each.ph === "f" && each.cat === kind);
    const starts = new Map(this.events.filter((each) => each.ph === "s").map((each) => [each.id, each]));
    return ends.map((end) => {
      const start = starts.get(end.id) as TraceEvent;
      return `${this.track(start)} → ${this.track(end)} ${end.name}`;
    });
  }

  /** Overlays, as "goroutine: name". */
  overlays(kind: string): string[] {
    return this.events
      .filter((each) => each.ph === "e" && each.cat === kind)
      .map((each) => `${this.track(each)}: ${each.name}`);
  }

  instants(kind: string): string[] {
    return this.events.filter((each) => each.ph === "i" && each.cat === kind).map((each) => each.name);
  }

  values(counter: string): (number | undefined)[] {
    return this.events.filter((each) => each.ph === "C" && each.name === counter).map((each) => each.args?.value);
  }

  get note(): string | undefined {
    return this.events.find((each) => each.name === "millrace")?.args?.note;
  }

  /** Pairs of spans that overlap though they are of one track, or though both are of goroutines that run. */
  overlaps(): string[] {
    const found: string[] = [];
    const until = new Map<string, TraceEvent>();
    for (const span of this.#spans()) {
      for (const lane of [`${span.pid} ${span.tid}`, ...(span.cat === "running" ? ["the thread"] : [])]) {
        const before = until.get(lane);
        // Rounded to a nanosecond each.
        if (before !== undefined && (before.ts ?? 0) + (before.dur ?? 0) > (span.ts ?? 0) + 0.003) {
          found.push(`${lane}: ${JSON.stringify(before)} and ${JSON.stringify(span)}`);
        }
        until.set(lane, span);
      }
    }
    return found;
  }
}
