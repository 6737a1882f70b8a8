/**
 * A stretch of recorded events, as numbers: an event is 64 bytes and holds nothing of the program alive.
 *
 * Invariants: record `i` is the numbers from `i * STRIDE` on; strings, and what is waited for, are kept once a chunk, and
 * a record has their number in it, so that dropping a chunk drops these with it.
 *
 * It can go to another thread, as its parts: the numbers are handed over rather than copied.
 *
 * Rejected: keeping the events themselves. They are twice as large, they are work for the garbage collector, and a sent
 * value would live as long as the recording.
 */

import type { RuntimeEvent } from "../runtime/events.ts";
import type { AwaitedThing } from "../runtime/types.ts";

/** Numbers a record: kind, time, run, goroutine, a string, three more that depend on the kind. */
const STRIDE = 8;
/** Records a chunk. Small, because a chunk is written out in one go, while the program waits. */
const LENGTH = 2048;

type Kind = RuntimeEvent["kind"];

const KINDS: readonly Kind[] = [
  "run-start",
  "run-end",
  "go-create",
  "go-start",
  "go-resume",
  "go-yield",
  "go-end",
  "go-panic",
  "go-park",
  "go-ready",
  "chan-make",
  "chan-send",
  "chan-recv",
  "chan-close",
  "select",
  "timer-start",
  "timer-stop",
  "timer-fire",
  "lock",
  "unlock",
  "release",
  "acquire",
  "region-start",
  "region-end",
  "log",
];

/** The number of each kind. */
const NUMBER = Object.fromEntries(KINDS.map((kind, at) => [kind, at])) as Readonly<Record<Kind, number>>;

/** What is waited for, a lock that is taken, the cases of a select. */
export interface Told extends AwaitedThing {
  readonly cases?: readonly (AwaitedThing & { readonly case?: string | number })[];
}

/** One record, read. The same object serves all records of a chunk, one after another. */
export interface Entry {
  kind: Kind;
  /** Milliseconds of the monotonic clock. */
  time: number;
  run: number;
  g: number;
  /** A name, a reason, a message. */
  text: string;
  /** What it is about, where there is more to it than a number: of `go-park`, `lock`, `unlock`, and a `select` with its cases. */
  told: Told | null;
  /** The code of the error, of `go-panic` and `run-end`; empty where it has none. */
  code: string;
  /** The channel; for `go-create` and `go-ready` who did it; of a timer its number; for `log` unused. */
  chan: number;
  by: number;
  byRun: number;
  /** The number of an `await`, 0 for a goroutine's own wait. */
  wait: number;
  /** Values in a channel's buffer; of a new channel its capacity; when a timer is due. */
  length: number;
  /** Of a new channel: it is for all threads. */
  direct: boolean;
  ok: boolean;
}

/** What a chunk is made of. */
export interface ChunkParts {
  readonly data: Float64Array;
  readonly strings: readonly string[];
  readonly told: readonly Told[];
}

export class Chunk {
  #data: Float64Array;
  /** What stands for a value that goes through a channel. */
  readonly #valueText: ((value: unknown) => string) | null;
  #strings: string[];
  #numbers = new Map<string, number>();
  #told: Told[];
  #toldNumbers = new Map<string, number>();
  #used: number;

  /**
   * @param valueText gives what is kept of a value that goes through a channel; without it, nothing is
   * @param parts those of a chunk that was made elsewhere, to be read
   */
  constructor(valueText: ((value: unknown) => string) | null = null, parts: ChunkParts | null = null) {
    this.#valueText = valueText;
    this.#data = parts?.data ?? new Float64Array(STRIDE * LENGTH);
    this.#strings = [...(parts?.strings ?? [])];
    this.#told = [...(parts?.told ?? [])];
    this.#used = parts === null ? 0 : parts.data.length / STRIDE;
  }

  /** Gives away what is in it, in no more memory than that takes, and is empty. */
  take(): ChunkParts {
    const end = this.#used * STRIDE;
    const most = end > this.#data.length / 2;
    const data = most ? this.#data.subarray(0, end) : this.#data.slice(0, end);
    const parts = { data, strings: this.#strings, told: this.#told };
    if (most) this.#data = new Float64Array(STRIDE * LENGTH);
    this.clear();
    return parts;
  }

  get length(): number {
    return this.#used;
  }

  static readonly bytes: number = STRIDE * LENGTH * Float64Array.BYTES_PER_ELEMENT;

  get full(): boolean {
    return this.#used * STRIDE >= this.#data.length;
  }

  get empty(): boolean {
    return this.#used === 0;
  }

  /** When its last record was made. */
  get end(): number {
    return this.#used === 0 ? 0 : (this.#data[(this.#used - 1) * STRIDE + 1] as number);
  }

  clear(): void {
    this.#used = 0;
    this.#strings = [];
    this.#numbers = new Map();
    this.#told = [];
    this.#toldNumbers = new Map();
  }

  /** Adds `event`, which happened at `time`. The chunk must not be full. */
  push(event: RuntimeEvent, time: number): void {
    const data = this.#data;
    const at = this.#used++ * STRIDE;
    data[at] = NUMBER[event.kind];
    data[at + 1] = time;
    data[at + 2] = event.run;
    switch (event.kind) {
      case "run-start":
        this.#rest(at, 0, event.name, 0, 0, 0);
        break;
      case "run-end":
        this.#rest(at, 0, brief(event.error), this.#number(codeOf(event.error)), 0, 0);
        break;
      case "go-create":
        this.#rest(at, event.g, event.name, event.by, 0, 0);
        break;
      case "go-park":
        this.#rest(at, event.g, waitOf(event), event.chan, event.wait, this.#tell(event));
        break;
      case "go-ready":
        this.#rest(at, event.g, "", event.by, event.wait, event.byRun);
        break;
      case "go-panic":
        this.#rest(at, event.g, brief(event.error), this.#number(event.code ?? codeOf(event.error)), 0, 0);
        break;
      case "chan-make":
        this.#rest(at, event.g, event.name ?? "", event.chan, event.capacity, event.shared === true ? 1 : 0);
        break;
      case "chan-send":
      case "chan-recv":
        this.#rest(
          at,
          event.g,
          this.#valueText === null || !event.ok ? "" : this.#valueText(event.value),
          event.chan,
          event.length,
          (event.direct ? 1 : 0) | (event.ok ? 2 : 0),
        );
        break;
      case "chan-close":
        this.#rest(at, event.g, "", event.chan, 0, 0);
        break;
      case "select":
        this.#rest(
          at,
          event.g,
          String(event.case),
          0,
          0,
          event.cases === undefined ? 0 : this.#tell({ ...SELECT, ...event }),
        );
        break;
      case "lock":
      case "unlock":
        this.#rest(at, event.g, event.lock, 0, 0, this.#tell({ ...LOCK, on: event.on, what: event.lock }));
        break;
      case "release":
      case "acquire":
        this.#rest(at, event.g, event.what, 0, 0, 0);
        break;
      case "region-start":
      case "region-end":
        this.#rest(at, event.g, event.name, 0, 0, 0);
        break;
      case "log":
        this.#rest(at, event.g, event.category === "" ? event.message : `${event.category}: ${event.message}`, 0, 0, 0);
        break;
      case "timer-start":
      case "timer-stop":
      case "timer-fire":
        this.#rest(at, event.g, "", event.timer, event.when, 0);
        break;
      default:
        this.#rest(at, event.g, "", 0, 0, 0);
    }
  }

  #rest(at: number, g: number, text: string, x: number, y: number, z: number): void {
    const data = this.#data;
    data[at + 3] = g;
    data[at + 4] = this.#number(text);
    data[at + 5] = x;
    data[at + 6] = y;
    data[at + 7] = z;
  }

  #number(text: string): number {
    if (text === "") return 0;
    let number = this.#numbers.get(text);
    if (number === undefined) {
      number = this.#strings.push(text);
      this.#numbers.set(text, number);
    }
    return number;
  }

  #tell({ verb, on, reason, chan, what, cases }: Told): number {
    const told = {
      ...{ verb, on, reason, chan },
      ...(what !== undefined && { what }),
      ...(cases !== undefined && { cases }),
    };
    const key = keyOf(told);
    let number = this.#toldNumbers.get(key);
    if (number === undefined) {
      number = this.#told.push(told);
      this.#toldNumbers.set(key, number);
    }
    return number;
  }

  #text(number: number): string {
    return number === 0 ? "" : (this.#strings[number - 1] as string);
  }

  /** Calls `take` with each record from number `from` up to before `to`, in order. */
  read(take: (entry: Entry) => void, from = 0, to: number = this.#used): void {
    const data = this.#data;
    const entry = {} as Entry;
    const end = Math.min(to, this.#used);
    for (let i = from; i < end; i++) {
      const at = i * STRIDE;
      const [x, y, z] = [data[at + 5] as number, data[at + 6] as number, data[at + 7] as number];
      entry.kind = KINDS[data[at] as number] as Kind;
      entry.time = data[at + 1] as number;
      entry.run = data[at + 2] as number;
      entry.g = data[at + 3] as number;
      entry.text = this.#text(data[at + 4] as number);
      entry.told = z > 0 && TELLING.has(entry.kind) ? (this.#told[z - 1] as Told) : null;
      entry.code = entry.kind === "go-panic" || entry.kind === "run-end" ? this.#text(x) : "";
      entry.chan = entry.by = x;
      entry.wait = entry.length = y;
      entry.byRun = z;
      entry.direct = (z & 1) !== 0;
      entry.ok = (z & 2) !== 0;
      take(entry);
    }
  }
}

/** What a goroutine waits for, without the channel of a plain wait, which has a number of its own in the record. */
function waitOf({ reason, what, cases }: AwaitedThing & { readonly cases?: readonly AwaitedThing[] }): string {
  const named = what === undefined ? reason : `${reason} ${what}`;
  return cases === undefined || cases.length === 0 ? named : `${named}: ${cases.map(caseOf).join(", ")}`;
}

const SELECT: Told = { verb: "select", on: null, reason: "select", chan: 0 };
const LOCK: Told = { verb: "lock", on: null, reason: "", chan: 0 };

/** The kinds of which a record says more than a number. */
const TELLING: ReadonlySet<Kind> = new Set<Kind>(["go-park", "select", "lock", "unlock"]);

/** A text that is the same for what is the same. */
function keyOf({ verb, on, reason, chan, what, cases }: Told & { readonly case?: string | number }): string {
  const own = `${verb}\n${reason}\n${on?.kind} ${on?.id} ${on?.run} ${chan}\n${what}`;
  return cases === undefined ? own : cases.reduce((text, each) => `${text}\n${each.case}\n${keyOf(each)}`, own);
}

function caseOf({ reason, chan, what }: AwaitedThing): string {
  if (what !== undefined) return `${reason} ${what}`;
  return chan === 0 ? reason : `${reason} #${chan}`;
}

/** The `code` that an error has, where it is a text. */
function codeOf(error: unknown): string {
  try {
    const code = (error as { readonly code?: unknown } | null | undefined)?.code;
    return typeof code === "string" ? code : "";
  } catch {
    return "";
  }
}

/** One line that says what `error` is; nothing for none. */
function brief(error: unknown): string {
  if (error === undefined) return "";
  try {
    return String(error).split("\n", 1)[0] || "error";
  } catch {
    return "error";
  }
}
