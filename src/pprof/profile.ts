/**
 * What a profiler has seen: tables for people, rows for programs, and the formats of `go tool pprof`.
 */
import { checkOptions, oneOf, whole } from "../runtime/args.ts";
import type { GoroutineInfo } from "../runtime/types.ts";
import { framesOf, lineOf, type Place, type Places } from "../trace/places.ts";
import type { CpuProfile } from "./cpu.ts";
import { encode, type Weighed } from "./encode.ts";
import type { Bar, Spread } from "./spread.ts";
import { tables } from "./table.ts";
import type { Channels, Group, Tally } from "./tally.ts";

/** How long things took, in milliseconds. */
export interface Times {
  /** How many there were. */
  readonly count: number;
  /** The sum. */
  readonly total: number;
  /** What half of them did not exceed, to ten per cent. */
  readonly p50: number;
  /** What 99 of a hundred did not exceed. */
  readonly p99: number;
  /** The longest. */
  readonly longest: number;
}

/** Goroutines of one function, started at one line. */
export interface GoroutineRow {
  /** The name of the function. */
  readonly name: string;
  /** Where they were started: FILE:LINE; "" if that is not known. */
  readonly origin: string;
  /** How many were started meanwhile. */
  readonly started: number;
  /** How many there are now. */
  readonly live: number;
  /** Milliseconds that they ran. */
  readonly running: number;
  /** The longest stretch in which one ran and others could not, in milliseconds. */
  readonly longest: number;
  /** From when one could run until it ran: the delay of the scheduler. */
  readonly runnable: Times;
  /** Milliseconds that they waited, by reason, the longest first. */
  readonly blocked: readonly { readonly reason: string; readonly ms: number }[];
}

/** Waits of one goroutine function at one line for one thing. */
export interface WaitRow extends Times {
  /** The name of the function. */
  readonly goroutine: string;
  /** FILE:LINE where they wait; "" if that is not known. */
  readonly line: string;
  /** Why, as dumps say it. */
  readonly reason: string;
  /** The name of what they wait for; "" where it has none. */
  readonly on: string;
  /** From the shortest to the longest. */
  readonly histogram: readonly Bar[];
}

/** A channel, or all that have its name or were made at its line. */
export interface ChannelRow {
  /** The name that the program gave it; "" for none. */
  readonly name: string;
  /** FILE:LINE where it was made; "" if that is not known. */
  readonly made: string;
  /** Values that its buffer holds. */
  readonly capacity: number;
  /** How many channels this row is of. */
  readonly count: number;
  /** Values that were sent. */
  readonly sent: number;
  /** Values that were received. */
  readonly received: number;
  /** The share of the time in which its buffer was full. */
  readonly full: number;
  /** The mean share of its buffer that was. */
  readonly fill: number;
  /** Waits of senders. */
  readonly senders: Times;
  /** Waits of receivers. */
  readonly receivers: Times;
}

/** A lock. */
export interface LockRow {
  /** What dumps call it: `Mutex 1 "cache"`. */
  readonly name: string;
  /** Waits for it. */
  readonly waits: Times;
  /** From when it was taken until it was given back. */
  readonly holds: Times;
  /** The goroutine function that held it longest; "" if that is not known. */
  readonly holder: string;
  /** FILE:LINE where that one took it; "" if that is not known. */
  readonly line: string;
}

/** The profiles there are, by Go's names. */
export type ProfileName = "goroutine" | "block" | "mutex" | "cpu";
export const PROFILES: readonly ProfileName[] = ["goroutine", "block", "mutex", "cpu"];

export interface Seen {
  readonly elapsed: number;
  readonly goroutines: readonly GoroutineInfo[];
  readonly cpu: CpuProfile | null;
  readonly places: Places;
}

/**
 * What a `Profiler` saw.
 *
 * @example
 * ```ts
 * import { run } from "millrace";
 * import { Profiler } from "millrace/pprof";
 * import { sleep } from "millrace/time";
 * const profiler = new Profiler();
 * profiler.start();
 * await run(function* main() {
 *   yield* sleep(3);
 * });
 * const profile = profiler.stop();
 * console.log(profile.waits[0]?.reason); // sleep
 * console.log(profile.table().split("\n")[0]?.startsWith("profile of ")); // true
 * ```
 */
export interface Profile {
  /** How long the program was watched, in milliseconds. */
  readonly elapsed: number;
  /** The share of that time in which goroutines ran, by thread. */
  readonly busy: readonly { readonly thread: number; readonly share: number }[];
  /** Goroutine functions, what ran longest first. */
  readonly goroutines: readonly GoroutineRow[];
  /** Waits by function, line and thing, the longest in all first. */
  readonly waits: readonly WaitRow[];
  /** Channels, what was waited for longest first. */
  readonly channels: readonly ChannelRow[];
  /** Locks, what was waited for longest first. */
  readonly locks: readonly LockRow[];
  /**
   * The tables as text: where goroutines spend their time, what they wait for, channels and locks.
   *
   * @param options `rows`, how many of each table (10); `width`, of a line in characters (100)
   * @throws ArgumentError when one of them is not a whole number that makes sense
   */
  table(options?: { readonly rows?: number | undefined; readonly width?: number | undefined }): string;
  /**
   * One of Go's profiles, in the format that `go tool pprof` and speedscope open.
   *
   * @param name `"goroutine"`, where goroutines stand now; `"block"`, how long they waited, by line; `"mutex"`, the same
   * of locks alone; `"cpu"`, of a profiler that was made with `cpu`
   * @throws ArgumentError for another name; Error for `"cpu"` where nothing was sampled
   */
  pprof(name: ProfileName): Uint8Array<ArrayBuffer>;
}

export class TallyProfile implements Profile {
  readonly elapsed: number;
  readonly busy: Profile["busy"];
  readonly goroutines: readonly GoroutineRow[];
  readonly waits: readonly WaitRow[];
  readonly channels: readonly ChannelRow[];
  readonly locks: readonly LockRow[];
  readonly #seen: Seen;
  readonly #groups: readonly Group[];

  constructor(tally: Tally, seen: Seen) {
    this.#seen = seen;
    this.#groups = [...tally.groups.values()];
    this.elapsed = seen.elapsed;
    this.busy = [...tally.busy].map(([thread, ms]) => ({ thread, share: share(ms, seen.elapsed) }));
    this.goroutines = [...tally.families.values()]
      .map((family) => ({
        ...{ name: family.name, origin: placed(family.origin), started: family.started, live: family.live },
        ...{ running: family.running, longest: family.longest, runnable: times(family.runnable) },
        blocked: [...family.blocked].map(([reason, ms]) => ({ reason, ms })).sort((a, b) => b.ms - a.ms),
      }))
      .filter(({ started, live, running, blocked }) => started + live + running + blocked.length > 0)
      .sort((a, b) => b.running - a.running);
    this.waits = this.#groups.flatMap(linesOf).sort((a, b) => b.total - a.total);
    this.channels = [...tally.channels.values()].map(channelRow).sort((a, b) => waited(b) - waited(a));
    this.locks = [...tally.locks.values()]
      .map(({ name, waits, holds, holder, taken }) => ({
        ...{ name, waits: times(waits), holds: times(holds), holder: holder?.name ?? "", line: placed(taken) },
      }))
      .sort((a, b) => b.waits.total - a.waits.total);
  }

  table(options: { readonly rows?: number | undefined; readonly width?: number | undefined } = {}): string {
    checkOptions("Profile.table", options, "rows, width");
    const { rows = 10, width = 100 } = options;
    return tables(this, whole("Profile.table: rows", rows, 1), whole("Profile.table: width", width, 20));
  }

  pprof(name: ProfileName): Uint8Array<ArrayBuffer> {
    const { cpu, goroutines, places } = this.#seen;
    const { elapsed } = this;
    switch (oneOf("Profile.pprof", name, PROFILES)) {
      case "goroutine":
        return encode(
          [["goroutine", "count"]],
          goroutines.map((info) => standing(info, places)),
          elapsed,
        );
      case "block":
      case "mutex": {
        const groups = name === "block" ? this.#groups : this.#groups.filter(({ lock }) => lock);
        const types = [["contentions", "count"] as const, ["delay", "nanoseconds"] as const];
        return encode(types, groups.flatMap(weighed), elapsed);
      }
      case "cpu":
        if (cpu === null) throw new Error("Profile.pprof: nothing was sampled; make the Profiler with { cpu: true }");
        return encode(
          [["samples", "count"] as const, ["cpu", "nanoseconds"] as const],
          cpu.samples.map(({ stack, goroutine, count, time }) => ({
            ...{ stack, values: [count, time * 1e6], labels: goroutine === "" ? {} : { goroutine } },
          })),
          elapsed,
          cpu.interval * 1e6,
        );
    }
  }
}

const share = (part: number, whole: number): number => (whole > 0 ? Math.min(1, part / whole) : 0);

function times(spread: Spread): Times {
  const { count, total, longest } = spread;
  return { count, total, p50: spread.quantile(0.5), p99: spread.quantile(0.99), longest };
}

/** FILE:LINE of a place; "" if it is not known. */
const placed = ({ frames: [frame = ""] }: Place): string => lineOf(frame);

/** What a line has of the waits of its group: as much as of those whose line is known. */
function shares({
  all,
  lines,
}: Group): { readonly place: Place | null; readonly spread: Spread; readonly of: number }[] {
  if (lines.size === 0) return [{ place: null, spread: all, of: 1 }];
  let known = 0;
  for (const { count } of lines.values()) known += count;
  return [...lines].map(([place, spread]) => ({ place, spread, of: all.count / known }));
}

function linesOf(group: Group): WaitRow[] {
  const { family, reason, on } = group;
  return shares(group).map(({ place, spread, of }) => ({
    ...{ goroutine: family.name, line: place === null ? "" : placed(place), reason, on },
    ...{ ...times(spread), count: Math.round(spread.count * of), total: spread.total * of, histogram: spread.bars() },
  }));
}

const waited = ({ senders, receivers }: ChannelRow): number => senders.total + receivers.total;

function channelRow(all: Channels): ChannelRow {
  const { name, made, capacity, count, sent, received, watched, full, filled } = all;
  return {
    ...{ name, made: placed(made), capacity, count, sent, received },
    ...{ full: share(full, watched), fill: capacity === 0 ? 0 : share(filled, watched * capacity) },
    ...{ senders: times(all.senders), receivers: times(all.receivers) },
  };
}

/** FUNCTION (FILE:LINE:COLUMN), or FILE:LINE:COLUMN. */
function frameOf(text: string): { name: string; file: string; line: number } {
  const [, name = "func", place = text] = /^(.*) \((.*)\)$/.exec(text) ?? [];
  const [, file = place, line = "0"] = /^(.*?):(\d+)(?::\d+)?$/.exec(place) ?? [];
  return { name, file, line: Number(line) };
}

function weighed(group: Group): Weighed[] {
  const { family, reason, on } = group;
  return shares(group).map(({ place, spread, of }) => {
    const stack = (place?.frames ?? []).map(frameOf);
    return {
      stack: stack.length > 0 ? stack : [{ name: family.name, file: "", line: 0 }],
      values: [Math.round(spread.count * of), spread.total * of * 1e6],
      labels: { goroutine: family.name, reason, ...(on !== "" && { on }) },
    };
  });
}

/** Where a goroutine stands. */
function standing({ name, state, reason, stack }: GoroutineInfo, places: Places): Weighed {
  const frames = framesOf(stack, places).map(frameOf);
  return {
    stack: frames.length > 0 ? frames : [{ name, file: "", line: 0 }],
    values: [1],
    labels: { goroutine: name, state: reason ?? state },
  };
}
