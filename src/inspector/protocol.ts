/**
 * What a viewer asks about a program, and what it is told: the one seam between what knows (a model fed by the runtime's
 * events, live, out of a recorded trace, or under the stepper) and what draws.
 *
 * The viewer pulls. It asks for what it shows, at the resolution at which it shows it, and asks again when it has drawn
 * that; so a slow viewer asks less often, a closed one not at all, and neither can make the program wait. Rejected: to
 * push events to the page. A program makes a million of them a second, and each page would hold the whole history.
 *
 * Everything here is plain JSON. Times are milliseconds since the model's beginning, unless they say otherwise.
 */

/** A goroutine: `RUN/G`, or `RUN/G@THREAD` on another thread. */
export type GoroutineId = string;
/** A thing that goroutines wait for: `chan/7`, `lock/mu#2`, `timer/9`; `chan/7@2` on another thread. */
export type ThingId = string;

export type GoroutineState = "running" | "runnable" | "waiting" | "ended" | "panicked";

export interface GoroutineRow {
  readonly id: GoroutineId;
  readonly name: string;
  readonly state: GoroutineState;
  /** The wait reason in the runtime's words, "chan receive" and so on; empty unless it waits. */
  readonly reason: string;
  /** What it waits for, where that has a number. */
  readonly on: readonly ThingId[];
  /** When it came into this state. */
  readonly since: number;
  readonly created: number;
  /** Who said `go`; empty for the first goroutine of a run. */
  readonly by: GoroutineId;
  /** 0 is the program's own. */
  readonly thread: number;
  /** Where `go` was said, FILE:LINE; empty where nobody knows, which is so in a recorded trace. */
  readonly origin: string;
}

export interface GoroutineDetail extends GoroutineRow {
  /** Its frames, innermost first; empty where nobody knows. */
  readonly stack: readonly string[];
  readonly originStack: readonly string[];
  readonly holds: readonly ThingId[];
  /** What it did last, newest last. */
  readonly recent: readonly LoggedEvent[];
}

export interface ChannelRow {
  readonly id: ThingId;
  readonly name: string;
  readonly capacity: number;
  readonly length: number;
  readonly closed: boolean;
  readonly senders: number;
  readonly receivers: number;
  readonly sent: number;
  readonly received: number;
  /** It works between threads. */
  readonly shared: boolean;
}

/** A goroutine in a queue. */
export interface Queued {
  readonly g: GoroutineId;
  readonly name: string;
  /** What it wants to send, as text; empty for a receiver. */
  readonly value: string;
  /** It waits in a select. */
  readonly select: boolean;
}

/** The drawing of an `hchan`. */
export interface ChannelDetail extends ChannelRow {
  readonly sendx: number;
  readonly recvx: number;
  /** The first slots of the ring, as text, null for an empty one; at most 256. Empty where values are unknown. */
  readonly slots: readonly (string | null)[];
  /** At most 256 each; the row has the numbers. */
  readonly sendq: readonly Queued[];
  readonly recvq: readonly Queued[];
  /** Where it was made. */
  readonly origin: string;
}

/** A lock, a wait group, a condition, a semaphore, a timer. */
export interface ThingRow {
  readonly id: ThingId;
  readonly kind: "mutex" | "rwmutex" | "waitgroup" | "cond" | "semaphore" | "timer" | "other";
  readonly name: string;
  /** Who holds it, and since when. */
  readonly holders: readonly { readonly g: GoroutineId; readonly since: number }[];
  readonly waiting: readonly GoroutineId[];
  /** For a timer, when it is due; for a wait group, its counter; else 0. */
  readonly value: number;
}

export interface ThreadRow {
  readonly thread: number;
  readonly goroutines: number;
  readonly runnable: number;
  /** Share of the last second in which it ran goroutines, from 0 to 1. */
  readonly busy: number;
  /** Goroutines resumed a second, over the last second. */
  readonly switches: number;
  /** The longest stretch without yielding so far, and who had it. */
  readonly longest: number;
  readonly longestBy: GoroutineId;
}

export interface Status {
  readonly mode: "live" | "trace" | "step";
  /** The program's file, or the trace's. */
  readonly program: string;
  readonly now: number;
  /** The program is over: "" when main returned, else what ended it. */
  readonly ended: string | null;
  readonly runs: readonly { readonly run: number; readonly name: string; readonly ended: string | null }[];
  readonly counts: Readonly<Record<GoroutineState, number>>;
  readonly channels: number;
  readonly threads: readonly ThreadRow[];
  readonly events: number;
  /** Events that the model has forgotten, oldest first, to stay within its memory. */
  readonly forgotten: number;
}

export interface Finding {
  /** The rule's name, for a link to what it means. */
  readonly rule: string;
  readonly severity: "error" | "warning" | "note";
  /** One sentence: "goroutine 7 (worker) has held mu for 2.3 s while 40 wait". */
  readonly text: string;
  readonly about: readonly (GoroutineId | ThingId)[];
  readonly since: number;
}

export interface Graph {
  readonly nodes: readonly {
    readonly id: GoroutineId | ThingId;
    readonly kind: "goroutine" | "channel" | ThingRow["kind"];
    readonly label: string;
    /** Goroutines that one node stands for: those of one name that wait for the same things. */
    readonly count: number;
  }[];
  readonly edges: readonly {
    readonly from: string;
    readonly to: string;
    /** "sends to", "receives from", "wants", "held by", "only sender is" ... */
    readonly label: string;
    readonly cycle: boolean;
  }[];
  /** Goroutines left out, because a drawing of more says nothing. */
  readonly more: number;
}

export interface Track {
  readonly id: GoroutineId;
  readonly name: string;
  /**
   * Stretches, in order, as start, end, kind (0 running, 1 runnable, 2 blocked, 3 a mixture too fine for the resolution)
   * and the place of its label in `labels`: four numbers each.
   */
  readonly spans: readonly number[];
}

export interface TimelinePart {
  /** The whole of what is known. */
  readonly begin: number;
  readonly end: number;
  readonly tracksInAll: number;
  readonly tracks: readonly Track[];
  readonly labels: readonly string[];
  readonly arrows: readonly {
    readonly label: string;
    readonly from: GoroutineId;
    readonly at: number;
    readonly to: GoroutineId;
    readonly until: number;
  }[];
  readonly marks: readonly {
    readonly g: GoroutineId;
    readonly at: number;
    readonly kind: string;
    readonly label: string;
  }[];
  /** Arrows and marks were left out, because more would not be seen. */
  readonly thinned: boolean;
}

export interface LoggedEvent {
  /** Counts from 1. */
  readonly n: number;
  readonly at: number;
  readonly g: GoroutineId;
  readonly kind: string;
  /** In words: "sends 42 to jobs". */
  readonly text: string;
}

/** What the stepper waits for: somebody's choice of what happens next. */
export interface StepState {
  /** It holds the program; false while it runs to a breakpoint. */
  readonly paused: boolean;
  readonly step: number;
  /** Goroutines that can go next; which of the ready cases a select takes; what else chance would decide. */
  readonly kind: "goroutine" | "case" | "other" | "none";
  readonly choices: readonly { readonly choice: number; readonly label: string; readonly id: string }[];
  /** The choices so far, as a schedule that `replay` understands. */
  readonly schedule: string;
  readonly breakpoints: readonly Breakpoint[];
  /** The breakpoint that stopped it, if one did. */
  readonly stoppedAt: number | null;
  /** The program is over: "" when main returned. */
  readonly ended: string | null;
  /** What the program has written. */
  readonly output: string;
}

export interface Breakpoint {
  readonly id: number;
  /** Each that is given must fit: an event's kind, a channel's name or id, a goroutine's name or id. */
  readonly kind?: string;
  readonly channel?: string;
  readonly goroutine?: string;
}

export interface Page {
  readonly offset: number;
  readonly limit: number;
}

export interface GoroutineQuery extends Page {
  /** Part of the name, the reason, the origin or the id. */
  readonly filter?: string;
  readonly states?: readonly GoroutineState[];
  readonly sort?: "id" | "name" | "state" | "reason" | "since" | "thread" | "origin";
  readonly descending?: boolean;
  /** The answer counts each group; `in` narrows the rows to one. */
  readonly group?: "name" | "state" | "reason" | "origin" | "thread";
  readonly in?: string;
}

/** Each question, with what it takes and what it gives. */
export interface Questions {
  status: { readonly ask: Record<never, never>; readonly answer: Status };
  goroutines: {
    readonly ask: GoroutineQuery;
    readonly answer: {
      readonly total: number;
      readonly matching: number;
      readonly groups: readonly { readonly key: string; readonly count: number }[];
      readonly rows: readonly GoroutineRow[];
    };
  };
  goroutine: { readonly ask: { readonly id: GoroutineId }; readonly answer: GoroutineDetail | null };
  channels: {
    readonly ask: Page & { readonly filter?: string; readonly sort?: "id" | "name" | "length" | "waiting" | "traffic" };
    readonly answer: { readonly total: number; readonly matching: number; readonly rows: readonly ChannelRow[] };
  };
  channel: { readonly ask: { readonly id: ThingId }; readonly answer: ChannelDetail | null };
  things: {
    readonly ask: Page & { readonly filter?: string };
    readonly answer: { readonly total: number; readonly rows: readonly ThingRow[] };
  };
  graph: { readonly ask: Record<never, never>; readonly answer: Graph };
  timeline: {
    readonly ask: Page & {
      readonly from: number;
      readonly to: number;
      /** Pixels: what is finer than one may be merged. */
      readonly width: number;
      readonly filter?: string;
    };
    readonly answer: TimelinePart;
  };
  events: {
    /** Those after number `after`, at most `limit`; `after: -1` for the newest. */
    readonly ask: { readonly after: number; readonly limit: number };
    readonly answer: readonly LoggedEvent[];
  };
  findings: { readonly ask: Record<never, never>; readonly answer: readonly Finding[] };

  /** The stepper; null where the program is not under it. All but the first also do something. */
  stepper: { readonly ask: Record<never, never>; readonly answer: StepState | null };
  step: { readonly ask: { readonly choice?: number }; readonly answer: StepState | null };
  back: { readonly ask: { readonly steps?: number }; readonly answer: StepState | null };
  resume: { readonly ask: Record<never, never>; readonly answer: StepState | null };
  pause: { readonly ask: Record<never, never>; readonly answer: StepState | null };
  restart: { readonly ask: { readonly schedule?: string }; readonly answer: StepState | null };
  break: { readonly ask: Omit<Breakpoint, "id">; readonly answer: StepState | null };
  unbreak: { readonly ask: { readonly id: number }; readonly answer: StepState | null };
}

/** Answers questions: a model in the same page, behind a worker's messages, or behind HTTP. */
export interface Source {
  ask<Q extends keyof Questions>(question: Q, about: Questions[Q]["ask"]): Promise<Questions[Q]["answer"]>;
}
